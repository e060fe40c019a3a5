import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ResolvedElement, resolvePorts } from "./check.ts";
import { Diagnostics } from "./diagnostics.ts";
import { read, traitsOf } from "./fixtures.ts";

/** The ports of an element as the `ports` handler shows them: `push~` where the class leaves it open. */
function portsOf(source: string, name: string): string {
  const { configuration, messages } = read(source);
  assert.equal(messages, "");
  const resolved = resolvePorts(configuration, traitsOf, new Diagnostics());
  const { inputs, outputs } = resolved[configuration.elements.findIndex((element) => element.name === name)]!;
  const show = (ports: ResolvedElement["inputs"]): string =>
    ports.map(({ processing, agnostic }) => processing + (agnostic ? "~" : "")).join(" ");
  return `${show(inputs)} / ${show(outputs)}`;
}

describe("resolvePorts", () => {
  it("spreads push and pull through elements that leave it open, in both directions", () => {
    const source =
      "InfiniteSource -> Tee -> a :: Null -> q :: Queue -> b :: Null -> c :: Null -> Unqueue -> d :: Discard";
    assert.equal(portsOf(source, "a"), "push~ / push~");
    assert.equal(portsOf(source, "q"), "push / pull");
    assert.equal(portsOf(source, "b"), "pull~ / pull~");
    assert.equal(portsOf(source, "c"), "pull~ / pull~");
    assert.equal(portsOf(source, "d"), "push~ / ");
  });

  it("makes push of what nobody decides", () => {
    assert.equal(portsOf("Idle -> a :: Null -> Idle", "a"), "push~ / push~");
  });

  it("keeps sides apart that no packet crosses", () => {
    assert.equal(
      portsOf("InfiniteSource -> Tee -> i :: Idle -> RoundRobinSched -> Unqueue -> Discard", "i"),
      "push~ / pull~",
    );
  });

  const faults: readonly [what: string, source: string, messages: readonly string[]][] = [
    [
      "ports that the class does not have, before anything else",
      "InfiniteSource -> q :: Queue;\n q [1] -> [1] q2 :: Queue",
      ["config:2: 'q2 :: Queue' has no input 1", "config:1: 'q :: Queue' has no output 1"],
    ],
    [
      "push connected to pull, without a landmark",
      "q :: Queue -> q2 :: Queue",
      ["'q :: Queue' pull output 0 connected to 'q2 :: Queue' push input 0"],
    ],
    [
      "an open element between push and pull",
      "InfiniteSource -> Tee -> n :: Null -> RoundRobinSched -> Unqueue -> Discard",
      ["agnostic 'n :: Null' in mixed context: push input 0, pull output 0"],
    ],
    [
      "active ports that are used twice",
      "i :: InfiniteSource -> Null -> d :: Discard; i -> Null -> d",
      ["config:1: illegal reuse of 'i :: InfiniteSource' push output 0"],
    ],
    [
      "ports that nothing is connected to, inputs first",
      "p :: Print;\nq :: Queue",
      [
        "config:1: 'p :: Print' input 0 unused",
        "config:2: 'q :: Queue' input 0 unused",
        "config:1: 'p :: Print' output 0 unused",
        "config:2: 'q :: Queue' output 0 unused",
      ],
    ],
  ];
  for (const [what, source, messages] of faults) {
    it(`reports ${what}`, () => assert.deepEqual(read(source).messages.split("\n"), messages));
  }

  it("reports classes that it knows nothing of", () => {
    const { configuration } = read("a :: Idle");
    const diagnostics = new Diagnostics();
    resolvePorts(configuration, () => undefined, diagnostics);
    assert.deepEqual(diagnostics.lines, ["config:1: unknown element class 'Idle'"]);
  });

  it("reports traits that make no sense instead of guessing", () => {
    const { configuration } = read("a :: Idle");
    const diagnostics = new Diagnostics();
    resolvePorts(configuration, () => ({ portCount: "many", processing: "a", flowCode: "x" }), diagnostics);
    assert.deepEqual(diagnostics.lines, ["a :: Idle: bad port count"]);
  });
});
