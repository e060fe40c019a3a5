/**
 * Syntax tree to flat configuration: elements and connections only, as the rest of the system uses them.
 */
import { Budget } from "./budget.ts";
import { byteText } from "./bytes.ts";
import { Declarer, type Surroundings } from "./declare.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { Expander } from "./expand.ts";
import { FaultReporter } from "./faults.ts";
import { ERROR_CLASS, type Scope, type ScopeConnection } from "./scope.ts";
import type { Landmark, SyntaxTree } from "./tree.ts";
import { resolveTunnels } from "./tunnels.ts";

/** Everything a configuration says, with nothing left to look up. Elements are referred to by index. */
export interface Configuration {
  readonly elements: readonly ConfiguredElement[];
  /** Sorted by target, target port, source, source port; none twice. */
  readonly connections: readonly Connection[];
  readonly requirements: readonly { readonly kind: string; readonly value: string }[];
}

export interface ConfiguredElement {
  readonly name: string;
  readonly className: string;
  /** The text between the parentheses, variables substituted; one byte in each character. */
  readonly configuration: string;
  readonly landmark: Landmark;
}

export interface Connection {
  readonly from: number;
  readonly fromPort: number;
  readonly to: number;
  readonly toPort: number;
  /** Where the connection is written; of several that amount to it, the first. */
  readonly landmark: Landmark;
}

export interface FlattenOptions extends Surroundings {
  /** Values from the command line; they win over `define` at file level. */
  readonly parameters?: ReadonlyMap<string, string>;
}

/**
 * Replaces every compound element by its body, and every variable by its value.
 *
 * @param tree  may contain faults; those that {@link parseConfiguration} has not reported are reported here
 * @returns the elements in the order in which Click numbers them. If there were errors, the parts that could be understood;
 *   elements in error have the class `Error`
 */
export function flatten(tree: SyntaxTree, options: FlattenOptions, diagnostics: Diagnostics): Configuration {
  const faults = new FaultReporter(diagnostics);
  const budget = new Budget();
  const declarer = new Declarer(options, faults, diagnostics, budget);
  const scope = declarer.declare(tree);
  const expander = new Expander(scope, declarer.classes, faults, diagnostics, budget, tree.end);
  expander.expand(byteParameters(options.parameters));
  const connections = resolveTunnels(scope, expander.tunnels, faults, budget);
  if (budget.exhausted) faults.errorAt(tree.end, "configuration too large once expanded");
  return { ...numbered(scope, connections), requirements: declarer.requirements };
}

function byteParameters(parameters: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  return new Map(Array.from(parameters ?? [], ([name, value]) => [name, byteText(value)]));
}

/** Numbers the elements that remain, and sorts the connections by these numbers. */
function numbered(scope: Scope, connections: readonly ScopeConnection[]): Omit<Configuration, "requirements"> {
  const elements: ConfiguredElement[] = [];
  const numbers = scope.elements.map((element) => {
    if (element.class.kind === "tunnel") return -1;
    const { name, configuration, landmark } = element;
    const className = element.class.kind === "stock" ? element.class.name : ERROR_CLASS.name;
    return elements.push({ name, className, configuration, landmark }) - 1;
  });
  const renumbered = connections.map((connection) => ({
    ...connection,
    from: numbers[connection.from]!,
    to: numbers[connection.to]!,
  }));
  renumbered.sort(compareConnections);
  const distinct = renumbered.filter((each, at) => at === 0 || compareConnections(renumbered[at - 1]!, each) !== 0);
  return { elements, connections: distinct };
}

function compareConnections(a: Connection, b: Connection): number {
  return a.to - b.to || a.toPort - b.toPort || a.from - b.from || a.fromPort - b.fromPort;
}
