/**
 * Checks that a flat configuration can be wired up: how many ports each element has, which of them push and which pull.
 */
import type { Diagnostics } from "./diagnostics.ts";
import type { Configuration, Connection } from "./flatten.ts";
import { outputsOfInput } from "./flow.ts";
import { type Processing, portCounts, portProcessing } from "./ports.ts";
import { propagate, type Wire } from "./propagate.ts";
import type { Side } from "./scope.ts";

/** What wiring needs to know of an element class. */
export interface ClassTraits {
  /** Such as `1/1-2`. */
  readonly portCount: string;
  /** Such as `a/ah`. */
  readonly processing: string;
  /** Such as `x/x`. */
  readonly flowCode: string;
}

export interface ResolvedPort {
  readonly processing: Processing;
  /** Whether the class leaves it open; the neighbours then decided. */
  readonly agnostic: boolean;
}

export interface ResolvedElement {
  readonly inputs: readonly ResolvedPort[];
  readonly outputs: readonly ResolvedPort[];
}

/** The ports of each element, by index. */
export type ResolvedPorts = readonly ResolvedElement[];

/** Ports and inner links of all elements together. Beyond, a configuration is not for use but for exhausting memory. */
const MAXIMUM_PORTS = 1 << 20;
const MAXIMUM_LINKS = 1 << 22;

/**
 * Counts the ports of each element and finds out whether they push or pull.
 *
 * Faults are reported with Click's words in Click's order, and as in Click some hide others: where an element lacks a port,
 * push and pull are not compared; where these clash, unused ports are not reported.
 *
 * @param traits  of a class; undefined for one that does not exist
 * @returns as far as it could be found out; to be used only if no error was reported
 */
export function resolvePorts(
  configuration: Configuration,
  traits: (className: string) => ClassTraits | undefined,
  diagnostics: Diagnostics,
): ResolvedPorts {
  const check = new PortCheck(configuration, traits, diagnostics);
  const before = diagnostics.errorCount;
  const steps = [() => check.count(), () => check.resolve(), () => check.complete()];
  for (const step of steps) {
    step();
    if (diagnostics.errorCount > before) break;
  }
  return check.result();
}

class PortCheck {
  readonly #configuration: Configuration;
  readonly #diagnostics: Diagnostics;
  readonly #traits: readonly (ClassTraits | undefined)[];
  /** For each element and side, what its class says of each port. */
  readonly #declared: Record<Side, (Processing | "agnostic")[][]> = { input: [], output: [] };
  /** The ports of all elements in a row, and where each element's begin. */
  readonly #offsets: Record<Side, number[]> = { input: [0], output: [0] };
  #processing: Record<Side, (Processing | "agnostic")[]> = { input: [], output: [] };

  constructor(
    configuration: Configuration,
    traits: (className: string) => ClassTraits | undefined,
    diagnostics: Diagnostics,
  ) {
    this.#configuration = configuration;
    this.#diagnostics = diagnostics;
    this.#traits = configuration.elements.map(({ className }) => traits(className));
  }

  /** Counts the ports of each element, and reports connections to ports that it cannot have. */
  count(): void {
    const { elements, connections } = this.#configuration;
    const used = {
      input: new Array<number>(elements.length).fill(0),
      output: new Array<number>(elements.length).fill(0),
    };
    for (const { from, fromPort, to, toPort } of connections) {
      used.output[from] = Math.max(used.output[from]!, fromPort + 1);
      used.input[to] = Math.max(used.input[to]!, toPort + 1);
    }
    for (let element = 0; element < elements.length; element++) {
      this.#countElement(element, used.input[element]!, used.output[element]!);
    }
    this.#checkConnections();
    if (this.#offsets.input.at(-1)! + this.#offsets.output.at(-1)! > MAXIMUM_PORTS) {
      this.#diagnostics.error("", `more than ${MAXIMUM_PORTS} ports`);
    }
  }

  #countElement(element: number, inputsUsed: number, outputsUsed: number): void {
    const traits = this.#traits[element];
    if (!traits) {
      const { className, landmark } = this.#configuration.elements[element]!;
      this.#diagnostics.error(landmark, `unknown element class '${className}'`);
    }
    const counts = traits && portCounts(traits.portCount, inputsUsed, outputsUsed);
    if (traits && !counts) this.#diagnostics.error("", `${this.#declaration(element)}: bad port count`);
    this.#offsets.input.push(this.#offsets.input[element]! + (counts?.inputs ?? 0));
    this.#offsets.output.push(this.#offsets.output[element]! + (counts?.outputs ?? 0));
  }

  #count(element: number, side: Side): number {
    return this.#offsets[side][element + 1]! - this.#offsets[side][element]!;
  }

  /** Reports connections to missing ports. Click puts the last connection in place of a faulty one, and goes on with that. */
  #checkConnections(): void {
    const connections = [...this.#configuration.connections];
    for (let at = 0; at < connections.length; ) {
      const { from, fromPort, to, toPort } = connections[at]!;
      const inputExists = this.#checkPort("input", to, toPort);
      const outputExists = this.#checkPort("output", from, fromPort);
      if (inputExists && outputExists) at++;
      else {
        const last = connections.pop()!;
        if (at < connections.length) connections[at] = last;
      }
    }
  }

  #checkPort(side: Side, element: number, port: number): boolean {
    if (port < this.#count(element, side)) return true;
    // An unknown class has been reported already.
    if (this.#traits[element]) this.#portError(element, `'${this.#declaration(element)}' has no ${side} ${port}`);
    return false;
  }

  /** Spreads push and pull along connections, and through elements that leave it open. */
  resolve(): void {
    this.#declare("input");
    this.#declare("output");
    const { connections } = this.#configuration;
    const wires = connections.map((connection) => this.#wire(connection));
    if (!this.#addInnerWires(wires)) {
      this.#diagnostics.error("", `more than ${MAXIMUM_LINKS} ways through elements`);
      return;
    }
    const { input, output } = this.#processing;
    propagate(wires, output, input, (wire) => {
      const connection = connections[wire];
      if (connection) this.#reportClash(connection, output[wires[wire]!.from]!);
      else this.#reportMixedContext(wires[wire]!);
    });
  }

  #declare(side: Side): void {
    for (const [element, traits] of this.#traits.entries()) {
      const declared = traits && portProcessing(traits.processing, side, this.#count(element, side));
      if (traits && !declared) this.#diagnostics.error("", "bad processing code");
      this.#declared[side].push(declared ?? []);
      for (const processing of declared ?? []) this.#processing[side].push(processing);
    }
  }

  #wire({ from, fromPort, to, toPort }: Connection): Wire {
    return { from: this.#offsets.output[from]! + fromPort, to: this.#offsets.input[to]! + toPort };
  }

  /** Adds a wire from each open output of an element to each of its open inputs whose packets may leave by it. */
  #addInnerWires(wires: Wire[]): boolean {
    for (const [element, inputs] of this.#declared.input.entries()) {
      const outputs = this.#declared.output[element]!;
      for (const [input, processing] of inputs.entries()) {
        if (processing !== "agnostic") continue;
        for (const output of outputsOfInput(this.#traits[element]!.flowCode, input, outputs.length)) {
          if (outputs[output] !== "agnostic") continue;
          if (wires.length >= MAXIMUM_LINKS) return false;
          wires.push({ from: this.#offsets.output[element]! + output, to: this.#offsets.input[element]! + input });
        }
      }
    }
    return true;
  }

  #reportClash({ from, fromPort, to, toPort }: Connection, outputProcessing: Processing | "agnostic"): void {
    const inputProcessing = outputProcessing === "push" ? "pull" : "push";
    const output = `'${this.#declaration(from)}' ${outputProcessing} output ${fromPort}`;
    const input = `'${this.#declaration(to)}' ${inputProcessing} input ${toPort}`;
    this.#diagnostics.error("", `${output} connected to ${input}`);
  }

  #reportMixedContext({ from, to }: Wire): void {
    const element = elementAt(this.#offsets.output, from);
    const outputProcessing = this.#processing.output[from]!;
    const inputProcessing = outputProcessing === "push" ? "pull" : "push";
    const input = `${inputProcessing} input ${to - this.#offsets.input[element]!}`;
    const output = `${outputProcessing} output ${from - this.#offsets.output[element]!}`;
    this.#diagnostics.error("", `agnostic '${this.#declaration(element)}' in mixed context: ${input}, ${output}`);
  }

  /** Reports ports that are used twice but may not, and ports that are not used. */
  complete(): void {
    this.#reportReuse("input");
    this.#reportReuse("output");
    this.#reportUnused("input");
    this.#reportUnused("output");
  }

  /** The side that acts, a push output or pull input, has one connection. What nobody has decided pushes. */
  #reportReuse(side: Side): void {
    const [active, passive] = side === "input" ? ["pull", "push"] : ["push", "pull"];
    const isActive = (processing: Processing | "agnostic" | undefined): boolean =>
      processing === active || (processing !== passive && active === "push");
    const seen = new Set<number>();
    const again: number[] = [];
    for (const connection of this.#configuration.connections) {
      const wire = this.#wire(connection);
      const port = side === "input" ? wire.to : wire.from;
      if (seen.has(port) && isActive(this.#processing[side][port])) again.push(port);
      seen.add(port);
    }
    for (const port of again.sort((a, b) => a - b)) {
      const element = elementAt(this.#offsets[side], port);
      const number = port - this.#offsets[side][element]!;
      this.#portError(element, `illegal reuse of '${this.#declaration(element)}' ${active} ${side} ${number}`);
    }
  }

  #reportUnused(side: Side): void {
    const used = new Uint8Array(this.#processing[side].length);
    for (const connection of this.#configuration.connections) {
      const wire = this.#wire(connection);
      used[side === "input" ? wire.to : wire.from] = 1;
    }
    for (let element = 0; element < this.#configuration.elements.length; element++) {
      const offset = this.#offsets[side][element]!;
      for (let port = 0; port < this.#count(element, side); port++) {
        if (used[offset + port]) continue;
        this.#portError(element, `'${this.#declaration(element)}' ${side} ${port} unused`);
      }
    }
  }

  result(): ResolvedPorts {
    return this.#configuration.elements.map((_, element) => ({
      inputs: this.#resolved(element, "input"),
      outputs: this.#resolved(element, "output"),
    }));
  }

  /** What nobody has decided pushes. */
  #resolved(element: number, side: Side): ResolvedPort[] {
    const offset = this.#offsets[side][element]!;
    return (this.#declared[side][element] ?? []).map((declared, port) => ({
      processing: this.#processing[side][offset + port] === "pull" ? "pull" : "push",
      agnostic: declared === "agnostic",
    }));
  }

  #declaration(element: number): string {
    const { name, className } = this.#configuration.elements[element]!;
    return `${name} :: ${className}`;
  }

  #portError(element: number, text: string): void {
    this.#diagnostics.error(this.#configuration.elements[element]!.landmark, text);
  }
}

/** The element to which a port belongs, by binary search among the elements' first ports. */
function elementAt(offsets: readonly number[], port: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (offsets[middle]! <= port) low = middle;
    else high = middle;
  }
  return low;
}
