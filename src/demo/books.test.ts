import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Diagnostics, readConfiguration } from "../language/index.ts";
import { addBooks, auditBooks, keepBooks, type ReadNumber, totalsOf } from "./books.ts";

function read(text: string) {
  const surroundings = {
    isClass: (name: string) => /^[A-Z]\w*$/.test(name),
    readLibrary: () => undefined,
    parameters: new Map<string, string>(),
  };
  return readConfiguration(text, "test", surroundings, new Diagnostics());
}

const handlers =
  (values: Readonly<Record<string, number>>): ReadNumber =>
  (element, handler) =>
    values[`${element}.${handler}`];

/** Packets on the connection that ends in each element. */
const counting = (configuration: ReturnType<typeof read>, counts: Readonly<Record<string, number>>): number[] =>
  configuration.connections.map(({ to }) => counts[configuration.elements[to]?.name ?? ""] ?? 0);

describe("books", () => {
  const line = read("in :: FromDump -> check :: CheckIPHeader -> out :: Queue -> to :: ToDump;");
  const counts = counting(line, { check: 10, out: 8, to: 5 });
  const honest = handlers({ "in.count": 10, "check.drops": 2, "out.length": 2, "out.drops": 1, "to.count": 5 });

  it("account for every packet: brought in, held, dropped, written", () => {
    const entries = keepBooks(line, counts, honest);
    assert.deepEqual(totalsOf(entries), { in: 10, made: 0, consumed: 5, held: 2, dropped: 3 });
    assert.deepEqual(auditBooks(entries, honest), []);
  });

  it("show a packet that is lost and that no element has dropped", () => {
    const liar = handlers({ "in.count": 10, "check.drops": 1, "out.length": 2, "out.drops": 1, "to.count": 5 });
    assert.deepEqual(auditBooks(keepBooks(line, counts, liar), liar), ["check: lost 2 packets, and reports 1"]);
  });

  it("show packets that came from nowhere, and ends that count otherwise", () => {
    const doubled = counting(line, { check: 10, out: 12, to: 9 });
    const faults = auditBooks(keepBooks(line, doubled, honest), honest);
    assert.ok(faults.includes("check: 12 packets came out, 10 went in"));
    assert.ok(faults.includes("to: counted 5, 9 passed"));
  });

  it("know what an ARPQuerier makes, learns from and holds", () => {
    const querier = read("ip :: A -> [0] q :: ARPQuerier -> out :: Discard; arp :: A -> [1] q;");
    const amounts = querier.connections.map(({ to, toPort }) => (to !== 1 ? 7 : toPort === 0 ? 6 : 3));
    const say = handlers({ "q.queries": 2, "q.length": 1, "q.drops": 0, "out.count": 7 });
    const entries = keepBooks(querier, amounts, say);
    assert.deepEqual(auditBooks(entries, say), []);
    assert.deepEqual(totalsOf(entries), { in: 9, made: 2, consumed: 10, held: 1, dropped: 0 });
  });

  it("of several runs add up", () => {
    const entries = keepBooks(line, counts, honest);
    assert.equal(totalsOf(addBooks(entries, entries)).in, 20);
  });
});
