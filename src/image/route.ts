/**
 * Links `route(packet): port`, the method of simple elements. Whatever returns a constant port jumps straight to the code behind that port, so
 * that no port number is ever computed only to be compared.
 */

import { constantOf, discard, sequence } from "./expressions.ts";
import type { GraphElement } from "./graph.ts";
import { LinkedFunction } from "./linkedFunction.ts";
import { Specialiser, type Surroundings } from "./specialise.ts";
import type { LibraryFunction } from "./wasm/decode.ts";
import { OPCODE } from "./wasm/opcodes.ts";
import {
  assignedVariables,
  block,
  branch,
  type Expression,
  I32,
  i32,
  ifElse,
  Label,
  localGet,
  localSet,
  localTee,
  operation,
  rebuild,
  returns,
} from "./wasm/tree.ts";

/** What `route` returns instead of a port (elements/kernel/packet.ts). */
const HELD = -2;

/** How code behind the ports is reached. */
export interface Exits extends Surroundings {
  pushOut(element: GraphElement, port: number, packet: Expression): Expression;
  pullIn(element: GraphElement, port: number): Expression;
  kill(packet: Expression): Expression;
}

/** Defines `made` as the element's push (packet -> nothing) or pull (nothing -> packet or 0). */
export function linkRoute(
  made: LinkedFunction,
  direction: "push" | "pull",
  route: LibraryFunction,
  element: GraphElement,
  exits: Exits,
): void {
  const linking = new RouteLinking(direction, route, element, exits);
  const body = linking.body();
  made.define(linking.locals, body);
}

class RouteLinking {
  readonly #direction: "push" | "pull";
  readonly #element: GraphElement;
  readonly #exits: Exits;
  readonly #copy: Specialiser;
  /** The packet as it came in: `route` may use its parameter as a variable. */
  readonly #packet: number;
  /** A port that is not constant. */
  #port: number | undefined;
  readonly #labels = new Map<number, Label>();
  readonly #dropped = new Label();
  readonly #finished = new Label();
  #drops = false;
  #finishes = false;
  readonly #parameter: number;

  constructor(direction: "push" | "pull", route: LibraryFunction, element: GraphElement, exits: Exits) {
    this.#direction = direction;
    this.#element = element;
    this.#exits = exits;
    this.#copy = new Specialiser(route, [i32(element.address)], exits, (value) => this.#leave(value));
    this.#parameter = 0;
    this.#packet = assignsItsPacket(route) ? this.#copy.newLocal(I32) : this.#parameter;
  }

  /** Variables behind the parameters. A pull takes none: what `route` has as its parameter becomes a variable. */
  get locals(): readonly (typeof I32)[] {
    const own = this.#copy.locals as readonly (typeof I32)[]; // any value types; the caller only passes them on
    return this.#direction === "push" ? own : [I32, ...own];
  }

  body(): Expression[] {
    const code = this.#copy.specialise();
    let body: Expression[] = [...this.#entry(), ...code];
    for (const [port, label] of this.#portsInnermostFirst()) body = [block(label, body), ...this.#exit(port)];
    if (this.#drops) body = [block(this.#dropped, body), this.#exits.kill(localGet(this.#packet))];
    if (this.#finishes) body = [block(this.#finished, body)];
    return this.#direction === "push" ? body : [...body, i32(0)];
  }

  #entry(): Expression[] {
    const keep = this.#packet === this.#parameter ? [] : [localSet(this.#packet, localGet(this.#parameter))];
    if (this.#direction === "push") return keep;
    const fetched = localTee(this.#parameter, this.#exits.pullIn(this.#element, 0));
    return [ifElse(operation(OPCODE.i32Eqz, fetched), [returns(i32(0))]), ...keep];
  }

  #portsInnermostFirst(): [number, Label][] {
    return [...this.#labels].toSorted(([a], [b]) => a - b);
  }

  #exit(port: number): Expression[] {
    const packet = localGet(this.#packet);
    if (this.#direction === "pull" && port === 0) return [returns(packet)];
    return [this.#exits.pushOut(this.#element, port, packet), this.#finish()];
  }

  #finish(): Expression {
    this.#finishes = true;
    return branch(this.#finished);
  }

  /** Goes where a returned value leads. */
  #leave(value: Expression): Expression {
    const constant = constantOf(value);
    if (constant) return sequence([discard(value), this.#goTo(Number(constant.value))]);
    if (value.kind === "select" && constantOf(value.ifTrue) && constantOf(value.ifFalse)) {
      return ifElse(value.condition, [this.#leave(value.ifTrue)], [this.#leave(value.ifFalse)]);
    }
    if (value.kind === "call" && value.target instanceof LinkedFunction && value.target.decidesOutput)
      return this.#leaveByDecision(value.target, value.operands);
    return this.#leaveByVariable(value);
  }

  /** Puts a function in place of the call whose result is returned: where it returns, this leaves. */
  #leaveByDecision(decision: LinkedFunction, operands: readonly Expression[]): Expression {
    const variables = [...decision.type.parameters, ...decision.locals].map((type) => this.#copy.newLocal(type));
    const parameters = operands.map((operand, index) => localSet(variables[index] ?? 0, operand));
    const moved = (expression: Expression): Expression => {
      const copy = rebuild(expression, moved);
      if (copy.kind === "localGet" || copy.kind === "localSet")
        return { ...copy, index: variables[copy.index] ?? copy.index };
      return copy.kind === "return" && copy.value ? this.#leave(copy.value) : copy;
    };
    return {
      kind: "block",
      label: new Label(),
      body: [...parameters, ...decision.body.map(moved)],
      result: undefined,
      place: decision.name,
    };
  }

  #goTo(port: number): Expression {
    if (port === HELD) return this.#finish();
    if (port >= 0 && (this.#element.pushesTo[port] || this.#isPulled(port))) return branch(this.#label(port));
    this.#drops = true;
    return branch(this.#dropped);
  }

  #isPulled(port: number): boolean {
    return this.#direction === "pull" && port === 0;
  }

  #label(port: number): Label {
    const label = this.#labels.get(port) ?? new Label();
    this.#labels.set(port, label);
    return label;
  }

  /** Compares a port that only the running guest knows. */
  #leaveByVariable(value: Expression): Expression {
    this.#port ??= this.#copy.newLocal(I32);
    const port = this.#port;
    const { pushesTo } = this.#element;
    const ports = new Set([...pushesTo.keys()].filter((each) => pushesTo[each]));
    if (this.#direction === "pull") ports.add(0);
    const last = Math.max(-1, ...ports);
    const labels = Array.from({ length: last + 1 }, (_, each) => (ports.has(each) ? this.#label(each) : this.#dropped));
    this.#drops = true;
    this.#finishes = true;
    return sequence([
      localSet(port, value),
      branch(this.#finished, operation(OPCODE.i32Eq, localGet(port), i32(HELD))),
      { kind: "branchTable", labels: [...labels, this.#dropped], value: undefined, index: localGet(port) },
    ]);
  }
}

/** The packet is the second parameter, behind the element. */
const PACKET_PARAMETER = 1;

function assignsItsPacket(route: LibraryFunction): boolean {
  return assignedVariables(route.code().body).has(PACKET_PARAMETER);
}
