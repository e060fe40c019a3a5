import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Diagnostics, printConfiguration, readConfiguration } from "../language/index.ts";
import { countEdges } from "./countEdges.ts";

function read(text: string) {
  const diagnostics = new Diagnostics();
  const surroundings = {
    isClass: (name: string) => /^[A-Z]\w*$/.test(name),
    readLibrary: () => undefined,
    parameters: new Map<string, string>(),
  };
  const configuration = readConfiguration(text, "test", surroundings, diagnostics);
  assert.deepEqual(diagnostics.lines, []);
  return configuration;
}

describe("countEdges", () => {
  it("puts a counter on every connection, and leaves ports as they were", () => {
    const { configuration, counters } = countEdges(read("a :: A; b :: B; a [1] -> [2] b; a -> b;"));
    assert.equal(counters.length, 2);
    const pairs = configuration.connections.map(({ from, fromPort, to, toPort }) => [
      configuration.elements[from]?.className,
      fromPort,
      configuration.elements[to]?.className,
      toPort,
    ]);
    assert.deepEqual(pairs.toSorted(), [
      ["A", 0, "Counter", 0],
      ["A", 1, "Counter", 0],
      ["Counter", 0, "B", 0],
      ["Counter", 0, "B", 2],
    ]);
  });

  it("gives a configuration that can be printed and read", () => {
    const { configuration } = countEdges(read("A -> x :: { input -> B -> output } -> [1] C; Idle -> C"));
    const again = read(printConfiguration(configuration));
    assert.deepEqual(
      again.elements.map(({ name, className }) => [name, className]),
      configuration.elements.map(({ name, className }) => [name, className]),
    );
    assert.equal(again.connections.length, configuration.connections.length);
  });
});
