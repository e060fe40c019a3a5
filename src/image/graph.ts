/** The configuration's graph as the linker follows it: for each element, where its outputs push to and its inputs pull from. */
import type { LinkDescription, LinkedElement } from "./description.ts";

/** One end of a connection. */
export interface Port {
  readonly element: GraphElement;
  readonly port: number;
}

export interface GraphElement extends LinkedElement {
  readonly index: number;
  readonly methods: ReadonlySet<string>;
  /** By output port; undefined where nothing is connected, or where the other side pulls. */
  readonly pushesTo: (Port | undefined)[];
  /** By input port. */
  readonly pullsFrom: (Port | undefined)[];
}

/** @throws RangeError when a connection names an element that does not exist */
export function buildGraph({ elements, edges, methods }: LinkDescription): GraphElement[] {
  const graph = elements.map(
    (element, index): GraphElement => ({
      ...element,
      index,
      methods: new Set(methods[element.className]),
      pushesTo: [],
      pullsFrom: [],
    }),
  );
  const at = (index: number): GraphElement => {
    const element = graph[index];
    if (!element) throw new RangeError(`a connection names element ${index}, which does not exist`);
    return element;
  };
  for (const { from, fromPort, to, toPort, kind } of edges) {
    if (kind === "push") at(from).pushesTo[fromPort] = { element: at(to), port: toPort };
    else at(to).pullsFrom[toPort] = { element: at(from), port: fromPort };
  }
  return graph;
}
