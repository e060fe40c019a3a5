/**
 * What the statements of one file or one compound body declare: elements by number and name, connections, variables.
 */
import type { Landmark } from "./tree.ts";

/** What an element is. `tunnel` marks the ends of compounds and groups, which packets only pass through. */
export type ElementClass = StockClass | CompoundClass | { readonly kind: "tunnel" };

/** A class that is not written in the configuration. */
export interface StockClass {
  readonly kind: "stock";
  readonly name: string;
}

/** One body of a compound element, and what to try if it does not fit its use. */
export interface CompoundClass {
  readonly kind: "compound";
  /** Empty for a compound written in place. */
  readonly name: string;
  readonly landmark: Landmark;
  readonly scope: Scope;
  readonly inputs: number;
  readonly outputs: number;
  readonly overload: ElementClass | undefined;
}

export const TUNNEL: ElementClass = { kind: "tunnel" };

/** Stands for a class or element in error, so that the fault is reported once. */
export const ERROR_CLASS: StockClass = { kind: "stock", name: "Error" };

/** Whether packets go in or come out. */
export type Side = "input" | "output";

export interface ScopeElement {
  /** Starts with `;` while it is made up and not yet final. */
  name: string;
  class: ElementClass;
  configuration: string;
  readonly landmark: Landmark;
  /** Ports in use on each side: the highest and one. */
  readonly portCount: Record<Side, number>;
  /** Of a tunnel, the ports in use on each side. */
  readonly used: Record<Side, Set<number>> | undefined;
}

export interface ScopeConnection {
  readonly from: number;
  readonly fromPort: number;
  readonly to: number;
  readonly toPort: number;
  readonly landmark: Landmark;
}

/** The indices of a compound or group in use: the whole, and its two ends seen from inside. */
export interface TunnelEnds {
  readonly whole: number;
  readonly input: number;
  readonly output: number;
}

export class Scope {
  readonly elements: ScopeElement[] = [];
  readonly byName = new Map<string, number>();
  readonly connections: ScopeConnection[] = [];
  /** Variables in order of definition, the formals first. */
  readonly variables = new Map<string, string>();
  /** The keyword of each formal, in order; "" for a positional one. */
  readonly formals: { readonly name: string; readonly keyword: string }[] = [];
  readonly groups: TunnelEnds[] = [];
  /** What `input` and `output` mean here: the ends of the compound, or of the group whose statements are being read. */
  ends: Readonly<Record<Side, number>> | undefined;
  /** How many scopes are around. */
  readonly depth: number;
  /** The pseudo elements of a compound do not count in the numbers of anonymous elements. */
  readonly #uncounted: number;

  constructor(depth: number) {
    this.depth = depth;
    this.#uncounted = depth > 0 ? 2 : 0;
    if (depth > 0) this.ends = { input: this.add("input", TUNNEL, "", ""), output: this.add("output", TUNNEL, "", "") };
  }

  /** The index of the element that a name means, if it is declared. */
  find(name: string): number | undefined {
    return (name === "input" || name === "output" ? this.ends?.[name] : undefined) ?? this.byName.get(name);
  }

  /** Adds an element under a name that is not taken. @returns its index */
  add(name: string, elementClass: ElementClass, configuration: string, landmark: Landmark): number {
    const index = this.elements.length;
    const used = elementClass.kind === "tunnel" ? { input: new Set<number>(), output: new Set<number>() } : undefined;
    const portCount = { input: 0, output: 0 };
    this.elements.push({ name, class: elementClass, configuration, landmark, portCount, used });
    this.byName.set(name, index);
    return index;
  }

  /** The preliminary name of the next anonymous element. */
  anonymousName(className: string): string {
    return `;${className}@${this.elements.length - this.#uncounted + 1}`;
  }

  /** Gives an anonymous element its final name: the number goes up until no declared element has it. */
  settleName(index: number): void {
    const element = this.elements[index]!;
    if (!element.name.startsWith(";")) return;
    let name = element.name.slice(1);
    if (this.byName.has(name)) {
      const [, stem, number] = /^(.*@)(\d*)/s.exec(name)!;
      let next = Number(number);
      do name = `${stem}${++next}`;
      while (this.byName.has(name));
    }
    element.name = name;
    this.byName.set(name, index);
  }

  /** Adds a compound or group in use: the whole and, seen from inside, its two ends. */
  addTunnel(name: string, landmark: Landmark): TunnelEnds {
    const whole = this.add(name, TUNNEL, "", landmark);
    const input = this.add(`${name}/input`, TUNNEL, "", landmark);
    return { whole, input, output: this.add(`${name}/output`, TUNNEL, "", landmark) };
  }

  connect(connection: ScopeConnection): void {
    this.connections.push(connection);
    this.#use(connection.from, "output", connection.fromPort);
    this.#use(connection.to, "input", connection.toPort);
  }

  #use(index: number, side: Side, port: number): void {
    const { portCount, used } = this.elements[index]!;
    portCount[side] = Math.max(portCount[side], port + 1);
    used?.[side].add(port);
  }
}

/** Whether some part of a name between slashes consists of digits only, or of nothing. */
export function hasDigitsOnlyComponent(name: string): boolean {
  return /(?:^|\/)\d*(?:\/|$)/.test(name);
}
