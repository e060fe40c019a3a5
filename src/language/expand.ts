/**
 * Replaces compound elements by their members, and variables by their values. What remains of a compound is a tunnel, which
 * {@link resolveTunnels} takes out.
 */
import { splitArguments } from "./argumentText.ts";
import { assignArguments } from "./assign.ts";
import { type Budget, CONNECTION_COST, ELEMENT_COST } from "./budget.ts";
import type { ClassNames } from "./classes.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { FaultReporter } from "./faults.ts";
import {
  type CompoundClass,
  type ElementClass,
  ERROR_CLASS,
  hasDigitsOnlyComponent,
  type Scope,
  TUNNEL,
  type TunnelEnds,
} from "./scope.ts";
import type { Landmark } from "./tree.ts";
import { Environment, substitute } from "./variables.ts";

/** Elements of which the compounds among them are still to be expanded, in order. */
interface Pending {
  readonly indices: readonly number[];
  next: number;
  readonly environment: Environment;
}

/** Expands the compounds of a file in place. Members of a compound follow all elements that are there before. */
export class Expander {
  readonly #scope: Scope;
  readonly #classes: ClassNames;
  readonly #faults: FaultReporter;
  readonly #diagnostics: Diagnostics;
  readonly #budget: Budget;
  /** The end of the file, where Click reports what does not fit. */
  readonly #end: Landmark;
  /** The compounds and groups in use whose ends belong together. */
  readonly tunnels: TunnelEnds[];

  constructor(
    scope: Scope,
    classes: ClassNames,
    faults: FaultReporter,
    diagnostics: Diagnostics,
    budget: Budget,
    end: Landmark,
  ) {
    this.#scope = scope;
    this.#classes = classes;
    this.#faults = faults;
    this.#diagnostics = diagnostics;
    this.#budget = budget;
    this.#end = end;
    this.tunnels = [...scope.groups];
  }

  /** @param parameters  values from the command line; they win over `define` */
  expand(parameters: ReadonlyMap<string, string>): void {
    const environment = new Environment();
    for (const [name, value] of [...this.#scope.variables, ...parameters]) environment.set(name, value);
    // A stack instead of recursion: classes that wrap each other may be thousands deep.
    const stack: Pending[] = [{ indices: [...this.#scope.elements.keys()], next: 0, environment }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const index = top.indices[top.next++];
      if (index === undefined) stack.pop();
      else {
        const members = this.#expandElement(index, top.environment);
        if (members) stack.push(members);
      }
      if (this.#budget.exhausted) return;
    }
  }

  /** Settles one element. @returns its members, if it is a compound */
  #expandElement(index: number, environment: Environment): Pending | undefined {
    this.#scope.settleName(index);
    const element = this.#scope.elements[index]!;
    if (element.class.kind === "tunnel") return undefined;
    element.configuration = substitute(element.configuration, environment, this.#budget);
    if (element.class.kind !== "compound") return undefined;
    const { chosen, values } = this.#choose(element.class, index, splitArguments(element.configuration));
    if (chosen.kind !== "compound") {
      element.class = chosen;
      return undefined;
    }
    const inner = this.#environment(chosen, values, environment);
    return { indices: this.#putInMembers(chosen.scope, index, inner), next: 0, environment: inner };
  }

  /** The variables inside a compound: its formals and definitions, and those of the scopes written around it. */
  #environment({ scope }: CompoundClass, values: readonly string[], use: Environment): Environment {
    const environment = new Environment(use.outside(scope.depth));
    for (const [position, { name }] of scope.formals.entries()) environment.set(name, values[position] ?? "");
    const formals = new Set(scope.formals.map(({ name }) => name));
    for (const [name, value] of scope.variables) {
      if (!formals.has(name)) environment.set(name, substitute(value, environment, this.#budget));
    }
    return environment;
  }

  /**
   * The overload that fits an element's ports and arguments, and the values of its formals.
   *
   * A single body whose arguments fit is taken even if the ports do not: that gives clearer errors.
   */
  #choose(
    first: CompoundClass,
    index: number,
    args: readonly string[],
  ): { readonly chosen: ElementClass; readonly values: readonly string[] } {
    const { input, output } = this.#scope.elements[index]!.portCount;
    let closest: { chosen: CompoundClass; values: readonly string[] } | undefined;
    for (const candidate of overloads(first)) {
      if (candidate.kind !== "compound") return { chosen: candidate, values: [] };
      const keywords = candidate.scope.formals.map((formal) => formal.keyword);
      const values = assignArguments(args, keywords);
      if (!values) continue;
      closest = { chosen: candidate, values };
      if (candidate.inputs === input && candidate.outputs === output) return closest;
    }
    if (!closest || isCompound(first.overload)) this.#reportNoMatch(first, args.length, input, output);
    return closest ?? { chosen: ERROR_CLASS, values: [] };
  }

  #reportNoMatch(first: CompoundClass, argumentCount: number, inputs: number, outputs: number): void {
    const use = portsText(inputs, outputs);
    const args = argumentCount > 0 ? `${countText(argumentCount, "argument")}, ` : "";
    this.#faults.errorAt(this.#end, `no match for '${first.name || "<anonymous>"}[${args}${use}]'`);
    if (this.#faults.tooMany) return;
    const candidates = this.#diagnostics.within("", "candidates are:");
    for (const candidate of overloads(first)) {
      if (candidate.kind === "compound") candidates.message(candidate.landmark, signature(candidate));
    }
  }

  /** Adds the members of a compound. @returns their indices */
  #putInMembers(body: Scope, index: number, environment: Environment): number[] {
    const element = this.#scope.elements[index]!;
    const { name, landmark } = element;
    element.class = TUNNEL;
    const ends = this.#addTunnel(name, index);
    /** Where each element of the body is now; undefined for one that could not be added. */
    const places: (number | undefined)[] = [ends.input, ends.output];
    const groups = new Map(body.groups.map((group) => [group.whole, group]));
    for (let member = 2; member < body.elements.length; member++) {
      if (this.#budget.exhausted) break;
      const memberName = `${name}/${body.elements[member]!.name}`;
      const group = groups.get(member);
      if (group) {
        const inner = this.#addTunnel(memberName, undefined);
        places.push(inner.whole, inner.input, inner.output);
        member += 2;
      } else places.push(this.#addMember(memberName, body.elements[member]!, environment, landmark));
    }
    for (const connection of body.connections) {
      const from = places[connection.from];
      const to = places[connection.to];
      if (from === undefined || to === undefined) continue;
      if (!this.#budget.spend(CONNECTION_COST)) break;
      this.#scope.connect({ ...connection, from, to });
    }
    return places.slice(2).filter((place) => place !== undefined);
  }

  #addMember(
    name: string,
    member: Scope["elements"][number],
    environment: Environment,
    use: Landmark,
  ): number | undefined {
    const taken = this.#scope.byName.get(name);
    if (taken !== undefined) {
      this.#faults.redeclaration(`element '${name}'`, use, this.#scope.elements[taken]!.landmark);
      return undefined;
    }
    if (this.#classes.get(name)) this.#faults.errorAt(use, `'${name}' is an element class`);
    return this.#add(name, member.class, substitute(member.configuration, environment, this.#budget), member.landmark);
  }

  #add(name: string, elementClass: ElementClass, configuration: string, landmark: Landmark): number {
    if (hasDigitsOnlyComponent(name)) {
      this.#faults.errorAt(this.#end, `element name '${name}' has all-digit component`);
    }
    this.#budget.spend(ELEMENT_COST + name.length + configuration.length);
    return this.#scope.add(name, elementClass, configuration, landmark);
  }

  /**
   * Adds the elements of a tunnel.
   *
   * @param whole  the compound element itself, where there is one
   */
  #addTunnel(name: string, whole: number | undefined): TunnelEnds {
    const faults = this.#faults;
    let intact = true;
    const end = (endName: string): number => {
      const taken = this.#scope.byName.get(endName);
      if (taken === undefined) return this.#add(endName, TUNNEL, "", this.#end);
      intact = false;
      faults.redeclaration(`element '${endName}'`, this.#end, this.#scope.elements[taken]!.landmark);
      return taken;
    };
    const ends = { whole: whole ?? end(name), input: end(`${name}/input`), output: end(`${name}/output`) };
    if (intact) this.tunnels.push(ends);
    return ends;
  }
}

/** The bodies to try in turn; the last may be a class that is no compound, which fits always. */
function* overloads(first: CompoundClass): Generator<ElementClass> {
  let candidate: ElementClass | undefined = first;
  while (candidate) {
    yield candidate;
    candidate = candidate.kind === "compound" ? candidate.overload : undefined;
  }
}

function isCompound(elementClass: ElementClass | undefined): boolean {
  return elementClass?.kind === "compound";
}

function signature({ name, scope, inputs, outputs }: CompoundClass): string {
  const formals = [...scope.variables.keys()].map((variable, position) => {
    const keyword = position < scope.formals.length ? scope.formals[position]!.keyword : scope.variables.get(variable)!;
    if (keyword === "") return "<arg>";
    return keyword === "__REST__" ? "..." : keyword;
  });
  const parameters = formals.length > 0 ? `(${formals.join(", ")})` : "";
  return `${name || "<anonymous>"}${parameters}[${portsText(inputs, outputs)}]`;
}

function portsText(inputs: number, outputs: number): string {
  return `${countText(inputs, "input")}, ${countText(outputs, "output")}`;
}

function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
