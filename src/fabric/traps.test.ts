import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { BROADCAST, frameBytes, frameNumber, mac } from "./frames.fixture.ts";
import { at, RUN_TIMED, TestFabric, TestGuest } from "./guest.fixture.ts";
import { exchange, makePairs } from "./pairs.fixture.ts";

describe("a guest that traps", () => {
  const trap = (): never => {
    throw new WebAssembly.RuntimeError("unreachable");
  };

  /** Steps until nothing is left, and takes guests that trap out as the hypervisor does. @returns their numbers */
  function settleWithTraps(
    test: TestFabric,
    guests: ReadonlyMap<number, TestGuest>,
    treat: (guest: TestGuest) => void,
  ): number[] {
    const trapped: number[] = [];
    for (let steps = 0; test.fabric.plane.isBusy() !== 0; steps++) {
      assert.ok(steps < 10_000, "the fabric does not come to rest");
      try {
        test.step();
      } catch (error) {
        assert.ok(error instanceof WebAssembly.RuntimeError);
        const current = test.fabric.takeCurrent();
        const guest = guests.get(current?.number ?? -1);
        assert.ok(guest, "nobody is to blame");
        trapped.push(guest.guest.number);
        treat(guest);
      }
    }
    return trapped;
  }

  function stop(guest: TestGuest): void {
    guest.fabric.plane.setRunnable(guest.guest.address, false);
    guest.port.isUp = false;
  }

  for (const [what, treat] of [
    ["stopped", stop],
    ["removed at once", (guest: TestGuest) => guest.remove()],
  ] as const)
    it(`is named and can be ${what}; the others lose nothing, wherever it traps`, () => {
      const traps = fc.array(fc.record({ pair: fc.nat(5), end: fc.constantFrom("a", "b"), turn: fc.nat(6) }), {
        maxLength: 4,
      });
      fc.assert(
        fc.property(
          fc.constantFrom("wire", "switch"),
          traps,
          fc.array(fc.nat(200), { maxLength: 6 }),
          (kind, traps, bursts) => {
            const { test, pairs } = makePairs(kind, 6);
            const guests = new Map(
              pairs.flatMap(({ a, b }) => [a, b]).map((guest) => [guest.guest.number, guest] as const),
            );
            for (const { pair, end, turn } of traps) {
              const guest = at(pairs, pair)[end];
              let left = turn;
              guest.onRun = () => (left-- === 0 ? trap() : guest.work());
            }
            const trapped = new Set<number>();
            for (const burst of bursts) {
              for (const pair of pairs) if (!trapped.has(pair.a.guest.number)) exchange(pair, burst);
              for (const number of settleWithTraps(test, guests, treat)) trapped.add(number);
            }
            for (const { a, b, sent } of pairs) {
              if (trapped.has(a.guest.number) || trapped.has(b.guest.number)) continue;
              assert.deepEqual(b.takeReceived().map(frameNumber), sent);
            }
          },
        ),
        { numRuns: 40 },
      );
    });

  it("within a delivery lets the rest of a flood go on", () => {
    const test = new TestFabric();
    const segment = test.fabric.addSegment("switch");
    // So few slots that receivers get turns while frames are delivered, and so many frames that some are delivered before all are flooded.
    const receivers = test.guests(80, { slots: 4 });
    const senders = test.guests(5);
    for (const { port } of [...receivers, ...senders]) segment.connect(port);
    test.settle();
    const bad = at(receivers, 30);
    bad.onRun = trap;
    const numbers = Array.from({ length: 320 }, (_, number) => number);
    for (const number of numbers)
      at(senders, Math.floor(number / 64)).send(frameBytes({ to: BROADCAST, from: mac(1), number }));
    const guests = new Map([...receivers, ...senders].map((guest) => [guest.guest.number, guest]));
    assert.deepEqual(settleWithTraps(test, guests, stop), [bad.guest.number]);
    for (const guest of receivers) if (guest !== bad) assert.deepEqual(guest.takeReceived().map(frameNumber), numbers);
  });

  it("within a delivery leaves work, though nobody else has any", () => {
    const test = new TestFabric();
    const segment = test.fabric.addSegment("switch");
    const [sender, good, bad] = test.guests(3, { slots: 16 }) as [TestGuest, TestGuest, TestGuest];
    for (const { port } of [sender, good, bad]) segment.connect(port);
    for (const [place, guest] of [good, bad].entries())
      guest.send(frameBytes({ to: BROADCAST, from: mac(2 + place), number: 0 }));
    test.settle();
    good.takeReceived();
    bad.onRun = trap;
    // The switch delivers to the port last touched first; the bad one's ring overflows.
    for (let number = 0; number < 24; number++) {
      const to = mac(number === 0 ? 2 : 3);
      sender.send(frameBytes({ to, from: mac(1), number }));
    }
    settleWithTraps(test, new Map([[bad.guest.number, bad]]), stop);
    assert.deepEqual(good.takeReceived().map(frameNumber), [0]);
  });

  it("when it is asked for its next time is named too", () => {
    const test = new TestFabric();
    const guest = new TestGuest(test.fabric);
    guest.onRun = () => RUN_TIMED;
    guest.nextExpiry = trap;
    assert.deepEqual(settleWithTraps(test, new Map([[guest.guest.number, guest]]), stop), [guest.guest.number]);
  });
});
