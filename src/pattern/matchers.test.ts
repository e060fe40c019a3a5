import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { diagramTable } from "./diagramTable.ts";
import { type ExamplePacket, evaluate } from "./evaluate.ts";
import { buildForest } from "./forest.ts";
import { compileWalkers, Guest, PACKETS_AT } from "./guest.testing.ts";
import type { Pattern } from "./index.ts";
import { compileForTest, packet, ruleSet } from "./rules.testing.ts";

const LIST_AT = 0x1000;
const RESULTS_AT = 0x8000;
const TABLE_AT = 0x40000;

let guest: Guest;

before(async () => {
  guest = new Guest(await compileWalkers());
});

function placePackets(packets: readonly ExamplePacket[], packetsAt: number): void {
  let at = packetsAt & ~3;
  const addresses = packets.map((each) => {
    const address = at;
    at = guest.placePacket(at, each);
    return address;
  });
  guest.place(LIST_AT, new Uint8Array(Uint32Array.from(addresses).buffer));
}

const results = (count: number): number[] => [...new Int32Array(guest.memory.buffer, RESULTS_AT, count)];

/** Outputs that each form of a pattern gives for the packets. */
function outputs(pattern: Pattern, packets: readonly ExamplePacket[], packetsAt: number): Map<string, number[]> {
  placePackets(packets, packetsAt);
  const byForm = new Map<string, number[]>();
  const record = (form: string, run: (list: number, count: number, out: number) => void): void => {
    run(LIST_AT, packets.length, RESULTS_AT);
    byForm.set(form, results(packets.length));
  };
  guest.place(TABLE_AT, pattern.programTable());
  record("program", (...range) => guest.walkers.runProgram(TABLE_AT, ...range));
  const diagrams = pattern.diagramTable();
  if (diagrams !== undefined) {
    guest.place(TABLE_AT, diagrams);
    record("diagrams", (...range) => guest.walkers.runDiagrams(TABLE_AT, ...range));
  }
  if (pattern.chooseForm() === "code") record("code", guest.code(pattern));
  return byForm;
}

function assertAllAgree(pattern: Pattern, packets: readonly ExamplePacket[], packetsAt = PACKETS_AT): void {
  const expected = packets.map((each) => evaluate(pattern.rules, pattern.coordinates, each));
  for (const [form, given] of outputs(pattern, packets, packetsAt)) assert.deepEqual(given, expected, form);
}

const packets = (seed: number, count: number) => fc.sample(packet, { seed, numRuns: count });

const manyRules = Array.from({ length: 400 }, (_, i) => {
  const [action, end] = [["allow", "deny", "1", "2"][i % 4], i % 3 === 0 ? "src" : "dst"];
  const net = `${[10, 18, 1][i % 3]}.${i % 5}.${i % 7}.0/${8 + (i % 17)}`;
  return `${action} ${end} net ${net} && dst port >= ${i * 50} && dst port <= ${i * 50 + 3000 + i}`;
});

describe("Compiled rules", () => {
  it("decide as the naive evaluator does, in every form, for any rules and any packet", () => {
    fc.assert(
      fc.property(ruleSet, fc.integer(), ({ element, configuration }, seed) => {
        const { pattern } = compileForTest(element, configuration);
        // a few of the expressions have no meaning
        fc.pre(pattern !== undefined);
        assertAllAgree(pattern, packets(seed, 60));
      }),
      { numRuns: 80 },
    );
  });

  it("decide the same where one rule excepts many others", () => {
    const exceptions = Array.from({ length: 30 }, (_, i) => `(src net 10.${i}.0.0/16 && dst port ${50 + i})`).join(
      " || ",
    );
    const { pattern } = compileForTest("IPFilter", [`allow tcp && !(${exceptions})`, "1 udp", "deny all"]);
    assert.ok(pattern);
    assert.equal(pattern.chooseForm(), "code");
    assertAllAgree(pattern, packets(1, 400));
  });

  it("decide the same for large sets", () => {
    const { pattern } = compileForTest("IPFilter", manyRules);
    assert.ok(pattern);
    assert.equal(pattern.chooseForm(), "diagrams");
    assertAllAgree(pattern, packets(2, 400));
  });

  it("decide the same with several diagrams side by side", () => {
    const { pattern } = compileForTest("IPFilter", manyRules);
    assert.ok(pattern);
    const budgets = { long: 1, short: 1, trees: 10_000, tree: 300, least: 10 };
    const forest = buildForest(pattern.rules, "ip", { leafEntries: 4, leafRanges: 8 }, budgets);
    assert.ok(forest);
    assert.equal(forest.long.results, "rules");
    assert.ok(forest.long.trees.length > 1);
    assert.equal(forest.short, undefined);
    const examples = packets(3, 400);
    const expected = examples.map((each) => evaluate(pattern.rules, pattern.coordinates, each));
    placePackets(examples, PACKETS_AT);
    guest.place(TABLE_AT, diagramTable(forest, pattern.rules));
    guest.walkers.runDiagrams(TABLE_AT, LIST_AT, examples.length, RESULTS_AT);
    assert.deepEqual(results(examples.length), expected);
  });

  it("are left to the program where they overlap too much for diagrams", () => {
    const random = fc.sample(fc.tuple(fc.nat(65535), fc.nat(65535), fc.nat(255), fc.nat(255)), {
      seed: 3,
      numRuns: 60,
    });
    const range = (field: string, a: number, b: number): string =>
      `${field} >= ${Math.min(a, b)} && ${field} <= ${Math.max(a, b)}`;
    const rules = random.map(
      ([a, b, c, d], i) =>
        `${["allow", "deny", "1"][i % 3]} ${range("src port", a, b)} && ${range("dst port", b, (a * 7) & 65535)} && ${range("ip ttl", c, d)} && ${range("ip tos", d, (c * 3) & 255)} && ${range("ip id", (b * 5) & 65535, a)}`,
    );
    const { pattern } = compileForTest("IPFilter", rules);
    assert.ok(pattern);
    assert.equal(pattern.chooseForm(), "program");
    assertAllAgree(pattern, packets(4, 400));
  });

  it("never match what is not there, and match its negation only as Click does", () => {
    const short = (length: number): ExamplePacket => ({
      bytes: new Uint8Array(96),
      start: 0,
      end: length,
      networkHeader: 0,
      transportHeader: 20,
      macHeader: undefined,
    });
    const decide = (rule: string, length: number): number => {
      const { pattern } = compileForTest("IPFilter", [rule]);
      assert.ok(pattern);
      assertAllAgree(pattern, [short(length)]);
      return evaluate(pattern.rules, pattern.coordinates, short(length));
    };
    assert.equal(decide("allow ip ttl 0", 9), 0);
    assert.equal(decide("allow ip ttl 0", 8), -1);
    assert.equal(decide("allow ip ttl != 7", 9), 0);
    // a comparison's own negation goes on failing, "not" before it turns the failure over
    assert.equal(decide("allow ip ttl != 7", 8), -1);
    assert.equal(decide("allow not ip ttl 7", 8), 0);
    // the port's upper byte alone decides nothing
    assert.equal(decide("allow ip[9] 0 && transp[0] 0 && transp[1] 0", 22), 0);
    assert.equal(decide("allow transp[0:2] 0", 21), -1);
  });

  it("look at ports in first fragments only", () => {
    const fragment = (offset: number): ExamplePacket => {
      const bytes = new Uint8Array(40);
      bytes.set([0x45, 0, 0, 40, 0, 0, offset >> 8, offset & 255, 64, 6]);
      bytes[23] = 80;
      return { bytes, start: 0, end: 40, networkHeader: 0, transportHeader: 20, macHeader: undefined };
    };
    const { pattern } = compileForTest("IPFilter", ["allow tcp dst port 80", "1 all"]);
    assert.ok(pattern);
    const fragments = [fragment(0), fragment(0x2000), fragment(0x2005), fragment(5)];
    assertAllAgree(pattern, fragments);
    assert.deepEqual(
      fragments.map((each) => evaluate(pattern.rules, pattern.coordinates, each)),
      [0, 0, 1, 1],
    );
  });

  it("stay inside the memory where rules ask for bytes far behind a short packet's end", () => {
    const { pattern } = compileForTest("IPFilter", [
      "allow tcp[8000] 1 || ip[200] 1 || ether host 1:2:3:4:5:6",
      "1 tcp[4:4] > 7",
      "2 all",
    ]);
    assert.ok(pattern);
    const last = packets(5, 50);
    // so that the packets come to lie at the end of the memory
    const bytes = last.reduce((sum, each) => sum + each.bytes.length + 68, 0);
    assertAllAgree(pattern, last, guest.memory.buffer.byteLength - bytes - 68);
  });
});
