/**
 * The linker: from the compiled library and a description of a configured guest to code of its own for every element. Each method is
 * specialised for each instance and input port; calls along the graph's edges become direct calls; what has a single caller is inlined.
 */

import { choose } from "./choose.ts";
import { CodeBuilder } from "./codeBuilder.ts";
import { ConstantMemory } from "./constantMemory.ts";
import type { LinkDescription } from "./description.ts";
import { after, constantOf } from "./expressions.ts";
import { buildGraph, type GraphElement, type Port } from "./graph.ts";
import { inlineCalls } from "./inline.ts";
import { reaches, shortName, sizeOf, unwrapped } from "./libraryFacts.ts";
import { LinkedFunction } from "./linkedFunction.ts";
import { type JudgedPattern, judgePatterns } from "./patternTables.ts";
import { linkRoute } from "./route.ts";
import { Specialiser, type Surroundings } from "./specialise.ts";
import type { ImportedFunction, LibraryFunction, WasmModule } from "./wasm/decode.ts";
import { OPCODE } from "./wasm/opcodes.ts";
import {
  type Callable,
  type Const,
  call,
  type Expression,
  type FunctionType,
  I32,
  i32,
  i64,
  ifElse,
  localGet,
  localTee,
  operation,
  returns,
  UNREACHABLE,
} from "./wasm/tree.ts";

/** Kernel functions that make a guest work. */
const WORKING_EXPORTS = ["run", "nextExpiry", "wakeTask"] as const;

/** Kernel functions that elements' host halves call besides. */
const HOST_HALF_EXPORTS = ["allocate", "release"] as const;

/** Methods that run before packets do, or that the linked code reaches by itself: the host does not call them on a linked guest. */
const NOT_EXPORTED: ReadonlySet<string> = new Set([
  "new",
  "route",
  "push",
  "pull",
  "runTask",
  "onTimer",
  "initialize",
  "packetsHeld",
  "longestPacket",
  "takeState",
  "cleanup",
]);

/** What was linked, before it is written. */
export interface LinkedProgram {
  /** All functions, each after those it calls where there is no cycle. */
  readonly functions: readonly LinkedFunction[];
  readonly exports: ReadonlyMap<string, LinkedFunction>;
}

/** What is not said is found out. */
export interface LinkOptions {
  readonly patterns?: ReadonlyMap<number, JudgedPattern> | undefined;
  /** Methods `CLASS$METHOD` that the host will call: all that elements' host halves may call unless they are listed. */
  readonly hostMethods?: ReadonlySet<string>;
}

/** @throws Error when the library and the description do not fit each other */
export function linkProgram(
  library: WasmModule,
  description: LinkDescription,
  { patterns = judgePatterns(description), hostMethods }: LinkOptions = {},
): LinkedProgram {
  return new Linking(library, description, patterns).link(hostMethods);
}

/** Expressions of a function from which on it is shared; see `#isShared`. */
const LARGE_FUNCTION = 100;
const LARGE_EMITTING_FUNCTION = 250;

const PUSH_TYPE: FunctionType = { parameters: [I32], result: undefined };
const PULL_TYPE: FunctionType = { parameters: [], result: I32 };

/** One run of the linker. */
export class Linking implements Surroundings {
  readonly memory: ConstantMemory;
  readonly #library: WasmModule;
  readonly #description: LinkDescription;
  readonly #graph: readonly GraphElement[];
  readonly #byAddress: ReadonlyMap<number, GraphElement>;
  /** What was made, by what it was made from. */
  readonly #made = new Map<string, LinkedFunction>();
  readonly #numbers = new Map<Callable, number>();
  /** Bodies still to be made: not by recursion, since chains of elements may be long. */
  readonly #pending: (() => void)[] = [];
  readonly #dispatchers = new Set<() => void>();
  /** Classes with shared functions that emit or fetch. */
  readonly #dispatched = new Set<string>();
  readonly #knownToReach = { emit: new Map<Callable, boolean>(), fetch: new Map<Callable, boolean>() };
  /** What the host calls, by class. */
  readonly #hostMethods = new Map<string, LibraryFunction[]>();
  /** By address of their tables. */
  readonly #patterns: ReadonlyMap<number, JudgedPattern>;
  readonly #population = new Map<string, number>();

  constructor(library: WasmModule, description: LinkDescription, patterns: ReadonlyMap<number, JudgedPattern>) {
    this.#library = library;
    this.#description = description;
    this.#patterns = patterns;
    this.memory = new ConstantMemory(description.constants);
    this.#graph = buildGraph(description);
    this.#byAddress = new Map(this.#graph.map((element) => [element.address, element]));
    for (const { className } of this.#graph)
      this.#population.set(className, (this.#population.get(className) ?? 0) + 1);
  }

  link(hostMethods: ReadonlySet<string> | undefined): LinkedProgram {
    const exports = new Map<string, LinkedFunction>();
    const kernel = hostMethods ? WORKING_EXPORTS : [...WORKING_EXPORTS, ...HOST_HALF_EXPORTS];
    for (const name of kernel) exports.set(name, this.#general(this.libraryFunction(name)));
    for (const [name, target] of this.#library.exports) {
      const className = this.#classOfHostMethod(name);
      if (className === undefined || !("code" in target) || hostMethods?.has(name) === false) continue;
      this.#hostMethods.set(className, [...(this.#hostMethods.get(className) ?? []), target]);
      exports.set(name, this.#general(target));
    }
    this.#makePending();
    return { functions: inlineCalls(exports), exports };
  }

  /** Dispatchers come last, and again when making them has added to what they must reach. */
  #makePending(): void {
    for (let made = -1, dispatched = -1; made !== this.#made.size || dispatched !== this.#dispatched.size; ) {
      made = this.#made.size;
      dispatched = this.#dispatched.size;
      for (let make = this.#pending.shift(); make; make = this.#pending.shift()) make();
      for (const define of [...this.#dispatchers]) define();
    }
  }

  /** The library's function behind an export. */
  libraryFunction(name: string): LibraryFunction {
    const found = this.#library.exports.get(name);
    if (!found || !("code" in found)) throw new Error(`the library does not export ${name}`);
    return found;
  }

  /** The class whose method an export is, if the host may call it while the guest runs. */
  #classOfHostMethod(name: string): string | undefined {
    const [className = "", method] = name.split("$");
    const serves = method !== undefined && className in this.#description.methods && !NOT_EXPORTED.has(method);
    return serves ? className : undefined;
  }

  // Calls, as specialised code makes them.

  call(target: Callable, operands: readonly Expression[]): Expression {
    const [first, ...others] = operands;
    const self = constantOf(first);
    // What is known may also be put into a variable on the way.
    if (first && self && first.kind !== "const") return after([first], this.call(target, [self, ...others]));
    if ("module" in target) return this.#importedCall(target as ImportedFunction, operands); // imports alone name a module
    if (!("code" in target)) throw new Error(`linked code calls ${target.name}`);
    const source = target as LibraryFunction; // what has code is the library's
    const element = self && this.#byAddress.get(Number(self.value) >>> 0);
    if (!self || !element || this.#isShared(source, element)) return call(this.#general(source), operands);
    return call(this.#bound(source, element, self), others);
  }

  /**
   * Large functions serve all elements of a class that has several: copies would cost more room than they save time. Where they emit, they then
   * have to look up where to: only the largest may, whose work is long enough to hide that.
   */
  #isShared(source: LibraryFunction, { className }: GraphElement): boolean {
    if ((this.#population.get(className) ?? 0) < 2) return false;
    if (!this.#reaches(source, "emit") && !this.#reaches(source, "fetch")) return sizeOf(source) > LARGE_FUNCTION;
    if (sizeOf(source) <= LARGE_EMITTING_FUNCTION) return false;
    this.#dispatched.add(className);
    return true;
  }

  #importedCall({ module, base }: ImportedFunction, operands: readonly Expression[]): Expression {
    const [first = UNREACHABLE, second = UNREACHABLE, third = UNREACHABLE] = operands;
    if (module === "env" && base === "abort") return UNREACHABLE;
    switch (base) {
      case "emit":
        return this.#emit(first, second, third);
      case "fetch":
        return this.#fetch(first, second);
      case "runTask":
        return call(this.#taskDispatcher(), [first]);
      case "onTimer":
        return call(this.#timerDispatcher(), [first, second]);
      case "match":
        return this.#match(first, second);
      default:
        throw new Error(`the library imports ${module}.${base}, which the linker does not know`);
    }
  }

  #elementOf(operand: Expression): GraphElement | undefined {
    return operand.kind === "const" ? this.#byAddress.get(Number(operand.value) >>> 0) : undefined;
  }

  #emit(self: Expression, port: Expression, packet: Expression): Expression {
    const element = this.#elementOf(self);
    if (!element) return call(this.#emitDispatcher(port), [self, port, packet]);
    if (port.kind === "const") return this.pushOut(element, Number(port.value), packet);
    return call(this.#variableEmit(element), [port, packet]);
  }

  #fetch(self: Expression, port: Expression): Expression {
    const element = this.#elementOf(self);
    if (!element) return call(this.#fetchDispatcher(), [self, port]);
    if (port.kind === "const") return this.pullIn(element, Number(port.value));
    return call(this.#variableFetch(element), [port]);
  }

  /** Decides by rules: by code made for them, if they have a table that the linker knows and code is their best form. */
  #match(table: Expression, packet: Expression): Expression {
    const known = table.kind === "const" ? this.#patterns.get(Number(table.value) >>> 0) : undefined;
    if (known?.form === "code") return call(this.#matcher(known), [packet]);
    return call(this.#general(this.libraryFunction("dispatchMatch")), [table, packet]);
  }

  #matcher({ table: { element, address }, pattern }: JudgedPattern): LinkedFunction {
    return this.#once(`match:${address}`, () => {
      const builder = new CodeBuilder();
      const name = `${element}/match`;
      pattern.emitMatcher(builder.asBinaryen, name);
      const matcher = builder.function(name);
      matcher.decidesOutput = true;
      return matcher;
    });
  }

  /** Hands a packet to what is behind an output: it is dropped where nothing is. */
  pushOut(element: GraphElement, port: number, packet: Expression): Expression {
    const target = element.pushesTo[port];
    return target ? call(this.#edge(target, "push", this.#push(target)), [packet]) : this.kill(packet);
  }

  /** Asks what is in front of an input for a packet. */
  pullIn(element: GraphElement, port: number): Expression {
    const source = element.pullsFrom[port];
    return source ? call(this.#edge(source, "pull", this.#pull(source)), []) : i32(0);
  }

  #edge(port: Port, direction: "push" | "pull", made: LinkedFunction): LinkedFunction {
    made.isEdge = true;
    return this.#counted(port, direction, made);
  }

  /** While profiling: a function around another that counts its packets, and stays a function. */
  #counted({ element }: Port, direction: "push" | "pull", inner: LinkedFunction): LinkedFunction {
    const { counters } = this.#description;
    if (counters === undefined) return inner;
    return this.#once(`counted ${inner.name}`, () => {
      const made = new LinkedFunction(inner.name, inner.type, { standsAlone: true });
      const counter = counters + element.index * COUNTER_BYTES;
      if (direction === "push") made.define([], [...increment(counter), call(inner, [localGet(0)])]);
      else made.define([I32], [ifElse(localTee(0, call(inner, [])), increment(counter)), localGet(0)]);
      return made;
    });
  }

  /** Packets die far from the usual path: a call is shorter than a copy of the function. */
  kill(packet: Expression): Expression {
    const kill = this.libraryFunction("kill");
    return call(this.#specialised(`${this.#number(kill)}`, "kill", kill, [], true), [packet]);
  }

  // Functions, each made once.

  #once(key: string, make: () => LinkedFunction): LinkedFunction {
    const existing = this.#made.get(key);
    if (existing) return existing;
    const made = make();
    this.#made.set(key, made);
    return made;
  }

  #number(source: Callable): number {
    const number = this.#numbers.get(source) ?? this.#numbers.size;
    this.#numbers.set(source, number);
    return number;
  }

  /** A library function with leading parameters bound. */
  #specialised(
    key: string,
    name: string,
    source: LibraryFunction,
    bound: readonly Const[],
    standsAlone = false,
  ): LinkedFunction {
    return this.#once(key, () => {
      const { parameters, result } = source.type;
      const made = new LinkedFunction(name, { parameters: parameters.slice(bound.length), result }, { standsAlone });
      this.#pending.push(() => {
        const copy = new Specialiser(source, bound, this);
        const body = copy.specialise();
        made.define(copy.locals, body);
      });
      return made;
    });
  }

  /** A library function as it is, for all elements. */
  #general(source: LibraryFunction): LinkedFunction {
    return this.#specialised(`${this.#number(source)}`, shortName(source), source, []);
  }

  /** A method for one element. */
  #bound(source: LibraryFunction, element: GraphElement, self: Const): LinkedFunction {
    const method = /[\w$]+$/.exec(source.name)?.[0] ?? source.name;
    return this.#specialised(`${this.#number(source)}@${element.index}`, `${element.name}/${method}`, source, [self]);
  }

  #method(element: GraphElement, method: string): LibraryFunction | undefined {
    const found = this.#library.exports.get(`${element.className}$${method}`);
    return found && "code" in found ? unwrapped(found) : undefined;
  }

  /** Takes a packet at an input. */
  #push({ element, port }: Port): LinkedFunction {
    const name = port === 0 ? `${element.name}/push` : `${element.name}/push${port}`;
    const route = element.methods.has("push") ? undefined : this.#method(element, "route");
    if (route) {
      return this.#once(`route>${element.index}`, () =>
        this.#later(new LinkedFunction(name, PUSH_TYPE), (made) => linkRoute(made, "push", route, element, this)),
      );
    }
    const push = this.#method(element, "push");
    if (!push) throw new Error(`${element.name} has no push method`);
    return this.#specialised(`push>${element.index}.${port}`, name, push, [i32(element.address), i32(port)]);
  }

  /** Gives a packet at an output, or 0. */
  #pull({ element, port }: Port): LinkedFunction {
    const name = port === 0 ? `${element.name}/pull` : `${element.name}/pull${port}`;
    const route = element.methods.has("pull") ? undefined : this.#method(element, "route");
    if (route) {
      return this.#once(`route<${element.index}`, () =>
        this.#later(new LinkedFunction(name, PULL_TYPE), (made) => linkRoute(made, "pull", route, element, this)),
      );
    }
    const pull = this.#method(element, "pull");
    if (!pull) throw new Error(`${element.name} has no pull method`);
    return this.#specialised(`pull<${element.index}.${port}`, name, pull, [i32(element.address), i32(port)]);
  }

  #later(made: LinkedFunction, define: (made: LinkedFunction) => void): LinkedFunction {
    this.#pending.push(() => define(made));
    return made;
  }

  #dispatcher(made: LinkedFunction, define: (made: LinkedFunction) => void): LinkedFunction {
    this.#dispatchers.add(() => define(made));
    return made;
  }

  // Places where only the running guest knows which element or port is meant.

  /** `emit(port, packet)` of one element. */
  #variableEmit(element: GraphElement): LinkedFunction {
    return this.#once(`emit>${element.index}`, () =>
      this.#later(new LinkedFunction(`${element.name}/emit`, { parameters: [I32, I32], result: undefined }), (made) => {
        const cases = present(element.pushesTo, (_, port) => [this.pushOut(element, port, localGet(1)), returns()]);
        made.define([], choose(localGet(0), cases, [this.kill(localGet(1))]));
      }),
    );
  }

  #variableFetch(element: GraphElement): LinkedFunction {
    return this.#once(`fetch<${element.index}`, () =>
      this.#later(new LinkedFunction(`${element.name}/fetch`, { parameters: [I32], result: I32 }), (made) => {
        const cases = present(element.pullsFrom, (_, port) => [returns(this.pullIn(element, port))]);
        made.define([], choose(localGet(0), cases, [i32(0)]));
      }),
    );
  }

  /** `emit(element, port, packet)` in functions that serve all elements of a class; a constant port narrows down what they may reach. */
  #emitDispatcher(port: Expression): LinkedFunction {
    const only = port.kind === "const" ? Number(port.value) : undefined;
    return this.#once(`emit${only ?? ""}`, () =>
      this.#dispatcher(
        new LinkedFunction("emit", { parameters: [I32, I32, I32], result: undefined }, { standsAlone: true }),
        (made) => {
          const cases = this.#elementCases(
            (element) => this.#needsDispatch(element, "emit"),
            (element) => [
              only === undefined
                ? call(this.#variableEmit(element), [localGet(1), localGet(2)])
                : this.pushOut(element, only, localGet(2)),
              returns(),
            ],
          );
          made.define([], choose(this.#idOf(localGet(0)), cases, [this.kill(localGet(2))]));
        },
      ),
    );
  }

  #fetchDispatcher(): LinkedFunction {
    return this.#once("fetch", () =>
      this.#dispatcher(
        new LinkedFunction("fetch", { parameters: [I32, I32], result: I32 }, { standsAlone: true }),
        (made) => {
          const cases = this.#elementCases(
            (element) => this.#needsDispatch(element, "fetch"),
            (element) => [returns(call(this.#variableFetch(element), [localGet(1)]))],
          );
          made.define([], choose(this.#idOf(localGet(0)), cases, [i32(0)]));
        },
      ),
    );
  }

  #taskDispatcher(): LinkedFunction {
    return this.#once("runTask", () =>
      this.#later(new LinkedFunction("runTask", { parameters: [I32], result: I32 }), (made) => {
        const cases = this.#elementCases(
          ({ methods, usesTask }) => methods.has("runTask") && usesTask,
          (element) => [returns(call(this.#root(element, "runTask"), []))],
        );
        made.define([], choose(this.#idOf(localGet(0)), cases, [i32(0)]));
      }),
    );
  }

  #timerDispatcher(): LinkedFunction {
    return this.#once("onTimer", () =>
      this.#later(new LinkedFunction("onTimer", { parameters: [I32, I32], result: undefined }), (made) => {
        const cases = this.#elementCases(
          ({ methods }) => methods.has("onTimer"),
          (element) => [call(this.#root(element, "onTimer"), [localGet(1)]), returns()],
        );
        made.define([], choose(this.#idOf(localGet(0)), cases, []));
      }),
    );
  }

  /** Where the work of a task or timer starts. */
  #root(element: GraphElement, method: "runTask" | "onTimer"): LinkedFunction {
    const source = unwrapped(this.libraryFunction(`${element.className}$${method}`));
    const self = i32(element.address);
    return this.#specialised(`${method}:${element.index}`, `${element.name}/${method}`, source, [self], true);
  }

  #idOf(element: Expression): Expression {
    return {
      kind: "access",
      opcode: OPCODE.i32Load,
      alignment: 2,
      offset: this.#description.idOffset,
      lane: undefined,
      operands: [element],
      yields: true,
    };
  }

  #elementCases(
    accept: (element: GraphElement) => boolean,
    code: (element: GraphElement) => readonly Expression[],
  ): (readonly Expression[] | undefined)[] {
    return this.#graph.map((element) => (accept(element) ? code(element) : undefined));
  }

  /** Whether a function that serves all elements of this class may emit or fetch: a shared one, or one that the host calls. */
  #needsDispatch({ className }: GraphElement, placeholder: "emit" | "fetch"): boolean {
    if (this.#dispatched.has(className)) return true;
    return this.#hostMethods.get(className)?.some((method) => this.#reaches(method, placeholder)) ?? false;
  }

  /** Whether a function, or one that it calls, contains a placeholder. */
  #reaches(source: Callable, placeholder: "emit" | "fetch"): boolean {
    return reaches(source, placeholder, this.#knownToReach[placeholder]);
  }
}

/** Of a packet counter. */
const COUNTER_BYTES = 8;

function increment(address: number): Expression[] {
  const access = (opcode: number, ...operands: Expression[]): Expression => ({
    kind: "access",
    opcode,
    alignment: 3,
    offset: address,
    lane: undefined,
    operands: [i32(0), ...operands],
    yields: operands.length === 0,
  });
  const next = operation(OPCODE.i64Add, access(OPCODE.i64Load), i64(1n));
  return [access(OPCODE.i64Store, next)];
}

function present<T, R>(items: readonly (T | undefined)[], map: (item: T, index: number) => R): (R | undefined)[] {
  return Array.from(items, (item, index) => (item === undefined ? undefined : map(item, index)));
}
