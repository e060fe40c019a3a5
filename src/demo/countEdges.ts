/** Puts a Counter on every connection of a configuration: what each element did is then the difference between what went in and what came out. */
import type { Configuration, ConfiguredElement, Connection } from "../language/index.ts";

const COUNTER_CLASS = "Counter";

/** A configuration with counters, and which of them is on which connection of the original. */
export interface CountedConfiguration {
  readonly configuration: Configuration;
  /** Names of counters, one for each connection of the original, in the same order. */
  readonly counters: readonly string[];
}

/** Counters let every packet through, pushed or pulled, so the configuration does what it did before. */
export function countEdges(original: Configuration): CountedConfiguration {
  const counters = original.connections.map((_, index) => `edges/e${index}`);
  const first = original.elements.length;
  const added = original.connections.map(
    ({ landmark }, index): ConfiguredElement => ({
      name: counters[index]!, // one for each connection
      className: COUNTER_CLASS,
      configuration: "",
      landmark,
    }),
  );
  const connections = original.connections.flatMap((connection, index): Connection[] => [
    { ...connection, to: first + index, toPort: 0 },
    { ...connection, from: first + index, fromPort: 0 },
  ]);
  return {
    configuration: { ...original, elements: [...original.elements, ...added], connections },
    counters,
  };
}
