/**
 * Which ports an arrow joins: one to one, one to many, many to one, or, with `=>`, pair by pair.
 */
import type { PortList } from "./tree.ts";

/** An element on one side of an arrow, with the ports written there, if any. */
export interface Endpoint {
  readonly element: number;
  readonly ports: PortList | undefined;
}

/** Called with each pair of ports to join. @returns whether to go on */
export type Join = (from: number, fromPort: number, to: number, toPort: number) => boolean;

/**
 * Joins the outputs on the left of an arrow to the inputs on its right.
 *
 * @param report  called with the text of each error; ports are joined as far as they match
 */
export function joinPorts(
  outputs: readonly Endpoint[],
  inputs: readonly Endpoint[],
  arrow: "->" | "=>",
  report: (text: string) => void,
  join: Join,
): void {
  const left = analyze(outputs);
  const right = analyze(inputs);
  if (left.expandable + right.expandable > 1) {
    report("at most one expandable port allowed per connection");
    if (right.count < left.count) left.expandable = 0;
    else right.expandable = 0;
  }
  // "=>" may take more ports of an element without a port list.
  if (arrow === "=>") {
    if (right.count === 1 && left.count > 1 && inputs[0]!.ports === undefined) right.expandable = 1;
    if (left.count === 1 && right.count > 1 && outputs[0]!.ports === undefined) left.expandable = 1;
  }
  const many = (side: Extent): boolean => side.count > 1 || side.expandable > 0;
  if (!many(left) && !many(right)) {
    const [from] = outputs;
    const [to] = inputs;
    if (from && to) join(from.element, firstPort(from), to.element, firstPort(to));
    return;
  }
  if (many(left) && many(right)) {
    if (arrow !== "=>") report("syntax error: many-to-many connections require '=>'");
    const mismatch = mismatchText(left, right);
    if (mismatch) report(mismatch);
  }
  const fromPorts = portsOf(outputs, left, right.count);
  const toPorts = portsOf(inputs, right, left.count);
  pair(fromPorts, many(left), toPorts, many(right), join);
}

function firstPort({ ports }: Endpoint): number {
  return ports?.ranges[0]?.first ?? 0;
}

/** How many ports are written on a side, and how many of its lists end open. */
interface Extent {
  readonly count: number;
  expandable: number;
}

function analyze(endpoints: readonly Endpoint[]): Extent {
  let count = 0;
  let expandable = 0;
  for (const { ports } of endpoints) {
    let written = 0;
    for (const { first, last } of ports?.ranges ?? []) written += Math.max(last - first + 1, 0);
    count += Math.max(written, 1);
    if (ports?.expandable) expandable++;
  }
  return { count, expandable };
}

function mismatchText(outputs: Extent, inputs: Extent): string | undefined {
  const n = outputs.count;
  const m = inputs.count;
  if (!inputs.expandable && !outputs.expandable && n !== m) {
    return `connection mismatch: ${n} outputs connected to ${m} inputs`;
  }
  if (!inputs.expandable && m < n) return `connection mismatch: ${n} or more outputs connected to ${m} inputs`;
  if (!outputs.expandable && n < m) return `connection mismatch: ${n} outputs connected to ${m} or more inputs`;
  return undefined;
}

interface ElementPort {
  readonly element: number;
  readonly port: number;
}

/** The ports of a side in order. Open lists grow until the side has as many ports as the other. */
function* portsOf(endpoints: readonly Endpoint[], extent: Extent, otherCount: number): Generator<ElementPort> {
  let growth = extent.expandable > 0 ? otherCount - extent.count : 0;
  for (const { element, ports } of endpoints) {
    let last = 0;
    for (const range of ports?.ranges ?? []) {
      for (let port = range.first; port <= range.last; port++) yield { element, port };
      if (range.first <= range.last) last = range.last;
    }
    if (!ports) yield { element, port: 0 };
    const mayGrow = ports ? ports.expandable : extent.count === 1;
    while (mayGrow && growth-- > 0) yield { element, port: ++last };
  }
}

/** Joins two sequences of ports, stepping through one or both, until one that steps ends. */
function pair(
  fromPorts: Iterator<ElementPort>,
  stepFrom: boolean,
  toPorts: Iterator<ElementPort>,
  stepTo: boolean,
  join: Join,
): void {
  let from = fromPorts.next();
  let to = toPorts.next();
  while (!from.done && !to.done) {
    if (!join(from.value.element, from.value.port, to.value.element, to.value.port)) return;
    if (stepFrom) from = fromPorts.next();
    if (stepTo) to = toPorts.next();
  }
}
