/** Saved states that are no good are refused with a SnapshotError, and do nobody any harm. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { SnapshotError } from "../src/machine/snapshot.ts";
import { describeForLinking } from "../src/router/linkDescription.ts";
import { restoreRouter, saveRouter } from "../src/router/savedState.ts";
import { decodeState, encodeState, PAGE, type StateHeader, unpackMemory } from "../src/router/stateFile.ts";
import { datagramFrame, RouterBench } from "./support/routerBench.ts";

const ROUTER = `
  FromDevice(in) -> Strip(14) -> CheckIPHeader -> f :: IPFilter(deny src host 10.0.0.66, allow all)
    -> a :: Counter -> Unstrip(14) -> q :: Queue(100) -> ToDevice(out);`;

describe("a saved state that does not fit", () => {
  const bench = new RouterBench(ROUTER);
  bench.write("f.config", "deny src host 10.0.0.5, allow all");
  bench.run(2, "in", [datagramFrame(1, 2), datagramFrame(3, 4)]);
  const state = saveRouter(bench.driver);

  const restore = (bytes: Uint8Array, configuration = ROUTER): void =>
    restoreRouter(new RouterBench(configuration).driver, bytes);

  const refused = (bytes: Uint8Array, message: RegExp, configuration = ROUTER): void =>
    assert.throws(
      () => restore(bytes, configuration),
      (error) => error instanceof SnapshotError && message.test(error.message),
    );

  /** The same state with another header, its checksums right. */
  const altered = (change: (header: StateHeader) => Partial<StateHeader>): Uint8Array => {
    const decoded = decodeState(state);
    const memory = new Uint8Array(decoded.header.pages * PAGE);
    unpackMemory(decoded, memory);
    return encodeState({ ...decoded.header, ...change(decoded.header) }, memory);
  };

  it("is of another configuration, library or time", () => {
    refused(state, /another configuration/, ROUTER.replace("Queue(100)", "Queue(101)"));
    refused(
      altered(() => ({ library: "0" })),
      /another build of the element library/,
    );
    refused(
      altered(() => ({ simulated: false })),
      /ran in real time, and this one runs in simulated time/,
    );
  });

  it("is no state, or cut off anywhere", () => {
    refused(new Uint8Array(0), /no saved router/);
    refused(Buffer.from("COSMOSVM0123456789"), /no saved router/);
    for (const length of [8, 11, 12, 16, 20, 23, 24, 25, 200, state.length - 5, state.length - 4, state.length - 1])
      refused(state.subarray(0, length), /not whole/);
  });

  it("was changed: every flipped bit is noticed", () =>
    fc.assert(
      fc.property(fc.nat(state.length - 1), fc.nat(7), (place, bit) => {
        const changed = state.slice();
        changed[place] = (changed[place] ?? 0) ^ (1 << bit);
        assert.throws(() => restore(changed), SnapshotError);
      }),
      { numRuns: 50 },
    ));

  it("was changed by somebody who knows the checksum: only SnapshotError comes out", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(state.length - 5), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        (changes) => {
          const changed = Buffer.from(state);
          for (const [place, value] of changes) changed[place] = value;
          changed.writeUInt32LE(crc32(changed.subarray(0, -4)), changed.length - 4);
          try {
            restore(changed);
          } catch (error) {
            if (!(error instanceof SnapshotError)) throw error;
          }
        },
      ),
      { numRuns: 100 },
    ));

  it("has a memory that no guest made: only SnapshotError comes out, and the linker can look at what is taken", () => {
    const decoded = decodeState(state);
    const memory = new Uint8Array(decoded.header.pages * PAGE);
    unpackMemory(decoded, memory);
    const words = [...new Uint32Array(memory.buffer).entries()].flatMap(([place, word]) => (word === 0 ? [] : [place]));
    const value = fc.oneof(
      fc.nat(2 ** 20),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      fc.constantFrom(...words),
    );
    const changes = fc.array(fc.tuple(fc.constantFrom(...words), value), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(changes, (changed) => {
        const other = memory.slice();
        for (const [place, word] of changed) new DataView(other.buffer).setUint32(place * 4, word, true);
        const target = new RouterBench(ROUTER);
        try {
          restoreRouter(target.driver, encodeState(decoded.header, other));
        } catch (error) {
          if (!(error instanceof SnapshotError)) throw error;
          return;
        }
        describeForLinking(target.driver.router);
      }),
      { numRuns: 100 },
    );
  });

  it("names places that cannot be", () => {
    const [first] = decodeState(state).header.allocations;
    assert.ok(first);
    const withAllocation = (change: Partial<typeof first>): Uint8Array =>
      altered(({ allocations }) => ({ allocations: [{ ...first, ...change }, ...allocations.slice(1)] }));
    refused(withAllocation({ address: first.address + 1 }), /cannot have allocated/);
    refused(withAllocation({ size: 2 ** 32 - 1 }), /cannot have allocated/);
    refused(withAllocation({ size: 1 }), /cannot have allocated/);
    refused(withAllocation({ constant: first.size }), /cannot have allocated/);
    refused(withAllocation({ owner: 1000 }), /no element 1000/);
    refused(withAllocation({ owner: 1, table: "nosuch" }), /rules where there are none/);
    refused(withAllocation({ address: -1 }), /\/allocations\/0\/address/);
    refused(
      altered(({ allocations }) => ({ allocations: [...allocations, first] })),
      /cannot have allocated/,
    );
    const moved = (address: number): Uint8Array =>
      altered(({ elements }) => ({ elements: elements.map((element) => ({ ...element, address })) }));
    for (const place of [64, 2 ** 20]) refused(moved(place), /has no 'FromDevice@1 :: FromDevice'/);
    for (const place of [0, 2 ** 32 - 1]) refused(moved(place), /faulty/);
    refused(
      altered(() => ({ calls: [{ owner: 99, text: "" }] })),
      /no element 99/,
    );
    refused(
      altered(({ elements }) => ({ elements: elements.slice(1) })),
      /another configuration/,
    );
    refused(
      altered(({ elements }) => ({ elements: elements.map((element) => ({ ...element, references: [77] })) })),
      /no element 77/,
    );
  });

  it("has arguments or variables that cannot be", () => {
    const arguments_ = (name: string, configuration: string): Uint8Array =>
      altered(({ elements }) => ({
        elements: elements.map((element, place) =>
          bench.driver.router.elements[place]?.name === name ? { ...element, configuration } : element,
        ),
      }));
    refused(arguments_("f", "allow nothing at all"), /saved arguments of 'f' have a fault/);
    refused(arguments_("a", "COUNT_CALL 1 stop"), /arguments of 'a :: Counter' cannot have changed/);
    refused(
      altered(() => ({ globals: {} })),
      /no value for the guest's variable/,
    );
    refused(
      altered(({ globals }) => ({ globals: Object.fromEntries(Object.keys(globals).map((name) => [name, "x"])) })),
      /globals/,
    );
  });

  it("has more memory than the guest may have, and swells to no more than it says", () => {
    const small = new RouterBench(ROUTER, { memoryPages: 100 });
    assert.throws(
      () =>
        restoreRouter(
          small.driver,
          altered(() => ({ pages: 101 })),
        ),
      /more than its guest may have/,
    );
    refused(
      altered(() => ({ pages: 10 })),
      /has page \d+ behind page/,
    );
    const swollen = encodeState(decodeState(state).header, Buffer.alloc(PAGE, 1));
    const decoded = decodeState(swollen);
    const [page] = decoded.pages;
    assert.ok(page && page.bytes.length < 1000);
    assert.throws(
      () => unpackMemory({ ...decoded, pages: [{ ...page, bytes: bomb() }] }, new Uint8Array(PAGE)),
      /page 0 of the saved router is damaged/,
    );
  });
});

/** A page of a hundred megabytes. */
function bomb(): Uint8Array {
  return deflateRawSync(Buffer.alloc(100_000_000));
}
