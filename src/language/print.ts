/** Flat configurations as text, exactly as Click writes them. */
import { quote } from "./argumentText.ts";
import type { Configuration, Connection } from "./flatten.ts";

/** The text of a configuration: requirements, declarations, connections. Reading it gives the same configuration. */
export function printConfiguration({ requirements, elements, connections }: Configuration): string {
  const names = elements.map((element) => element.name);
  return printRequirements(requirements) + printDeclarations(elements) + printConnections(names, connections);
}

function printRequirements(requirements: Configuration["requirements"]): string {
  if (requirements.length === 0) return "";
  const items = requirements.map(({ kind, value }) => (value === "" ? kind : `${kind} ${quote(value)}`));
  return `require(${items.join(", ")});\n\n`;
}

function printDeclarations(elements: Configuration["elements"]): string {
  let result = "";
  for (const { name, className, configuration } of elements) {
    result += `${name} :: ${className}${configuration === "" ? "" : `(${configuration})`};\n`;
  }
  return result === "" ? "" : `${result}\n`;
}

/** Connections as chains: each goes on from an element's input 0 through an output of the same number as that input. */
function printConnections(names: readonly string[], connections: readonly Connection[]): string {
  const { next, starts } = linkChains(connections);
  const printed = new Array<boolean>(connections.length).fill(false);
  let result = "";
  const printChain = (start: number): void => {
    const { from, fromPort } = connections[start]!;
    result += names[from]! + (fromPort > 0 ? ` [${fromPort}]` : "");
    let separator = " -> ";
    for (let at = start; at >= 0 && !printed[at]; at = next[at]!) {
      const { to, toPort } = connections[at]!;
      result += separator + (toPort > 0 ? `[${toPort}] ` : "") + names[to]!;
      printed[at] = true;
      separator = "\n    -> ";
    }
    result += ";\n";
  };
  for (let at = 0; at < connections.length; at++) if (starts[at]) printChain(at);
  // What is left are cycles.
  for (let at = 0; at < connections.length; at++) if (!printed[at]) printChain(at);
  return result;
}

/**
 * For each connection to an input 0, the connection that goes on from output 0 of that element: the first other one to an
 * input 0, or else the last other one. Connections that none leads to start a chain.
 */
function linkChains(connections: readonly Connection[]): { next: number[]; starts: boolean[] } {
  const onward = new Map<number, { all: number[]; toInput0: number[] }>();
  connections.forEach(({ from, fromPort, toPort }, at) => {
    if (fromPort !== 0) return;
    const known = onward.get(from) ?? { all: [], toInput0: [] };
    onward.set(from, known);
    known.all.push(at);
    if (toPort === 0) known.toInput0.push(at);
  });
  const next = new Array<number>(connections.length).fill(-1);
  const starts = new Array<boolean>(connections.length).fill(true);
  connections.forEach(({ to, toPort }, at) => {
    const candidates = toPort === 0 ? onward.get(to) : undefined;
    if (!candidates) return;
    const isOther = (candidate: number): boolean => candidate !== at;
    const following = candidates.toInput0.find(isOther) ?? candidates.all.findLast(isOther);
    if (following === undefined) return;
    next[at] = following;
    starts[following] = false;
  });
  return { next, starts };
}
