import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { RUN_PENDING } from "../library/guestAbi.ts";
import { frameBytes, frameNumber, mac } from "./frames.fixture.ts";
import { TestFabric, TestGuest } from "./guest.fixture.ts";
import type { Segment } from "./segment.ts";
import { Tap } from "./tap.ts";

interface Wire {
  readonly test: TestFabric;
  readonly segment: Segment;
  readonly a: TestGuest;
  readonly b: TestGuest;
}

/** Two guests at the ends of a wire. The second takes as many frames a turn as it is told. */
function makeWire(slots = 8): Wire & { takes: number } {
  const test = new TestFabric();
  const segment = test.fabric.addSegment("wire");
  const [a, b] = [new TestGuest(test.fabric, { slots }), new TestGuest(test.fabric, { slots })];
  for (const { port } of [a, b]) segment.connect(port);
  const wire = { test, segment, a, b, takes: slots };
  b.onRun = () => {
    const left = b.take(wire.takes);
    b.put();
    return left && wire.takes > 0 ? RUN_PENDING : 0;
  };
  return wire;
}

function numbered(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

function send(guest: TestGuest, numbers: readonly number[], padding = 0): void {
  guest.send(...numbers.map((number) => frameBytes({ to: mac(2), from: mac(1), number, padding })));
}

describe("a wire between guests", () => {
  it("keeps the order and loses nothing, however fast either end is", () => {
    const bursts = fc.array(
      fc.record({ frames: fc.nat(40), takes: fc.nat(8), steps: fc.nat(4), padding: fc.nat(1500) }),
      {
        maxLength: 20,
      },
    );
    const wire = makeWire();
    const { test, a, b } = wire;
    let number = 0;
    fc.assert(
      fc.property(bursts, (bursts) => {
        const first = number;
        for (const { frames, takes, steps, padding } of bursts) {
          send(a, numbered(number, frames), padding);
          number += frames;
          wire.takes = takes;
          for (let step = 0; step < steps; step++) test.step();
        }
        wire.takes = 1;
        b.activate();
        test.settle();
        assert.deepEqual(b.takeReceived().map(frameNumber), numbered(first, number - first));
        for (const { port } of [a, b]) assert.deepEqual([port.traffic.in.drops, port.traffic.out.drops], [{}, {}]);
        assert.equal(a.port.traffic.in.packets, number);
        assert.deepEqual({ ...a.port.traffic.in }, { ...b.port.traffic.out });
      }),
    );
  });

  it("leaves frames with their sender while the receiver takes none, and both guests in peace", () => {
    const wire = makeWire();
    const { test, a, b } = wire;
    wire.takes = 0;
    send(a, numbered(0, 30));
    test.settle();
    const runs = [a.runs, b.runs];
    for (let step = 0; step < 100; step++) assert.equal(test.step(), 0);
    assert.deepEqual([a.runs, b.runs], runs);
    wire.takes = 3;
    b.activate();
    test.settle();
    assert.deepEqual(b.takeReceived().map(frameNumber), numbered(0, 30));
  });

  it("loses what a full ring cannot take as soon as the switch has to look at frames", () => {
    for (const look of [
      (wire: Wire) => new Tap(wire.a.port),
      (wire: Wire) => new Tap(wire.b.port),
      ({ a }: Wire) => a.port.setLimits(1_000_000, undefined),
    ]) {
      const wire = makeWire();
      const { test, a, b } = wire;
      look(wire);
      wire.takes = 0;
      send(a, numbered(0, 30));
      test.settle();
      assert.deepEqual(b.port.traffic.out.drops, { "ring full": 22 });
      assert.deepEqual(b.takeReceived().map(frameNumber), numbered(0, 8));
    }
  });

  it("gives frames for a guest that is stopped up, and counts them", () => {
    const { test, a, b } = makeWire();
    test.fabric.plane.setRunnable(b.guest.address, false);
    b.port.isUp = false;
    send(a, numbered(0, 5));
    test.settle();
    assert.deepEqual(b.port.traffic.out.drops, { "receiver down": 5 });
  });

  it("wakes a sender that waited for a guest which is stopped", () => {
    const wire = makeWire();
    const { test, a, b } = wire;
    wire.takes = 0;
    send(a, numbered(0, 30));
    test.settle();
    test.fabric.plane.setRunnable(b.guest.address, false);
    b.port.isUp = false;
    test.settle();
    assert.equal(a.outgoing.length, 0);
    assert.deepEqual(b.port.traffic.out.drops, { "receiver down": 22 });
  });

  it("loses nothing when it is tapped, limited or rewired under traffic; what is sent while it is cut is counted", () => {
    const changes = fc.array(
      fc.record({ frames: fc.nat(12), steps: fc.nat(3), change: fc.constantFrom("tap", "limit", "cut", "nothing") }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(changes, (changes) => {
        const wire = makeWire(16);
        const { test, segment, a, b } = wire;
        let number = 0;
        let tap: Tap | undefined;
        const toggles = {
          tap: () => {
            tap?.close();
            tap = tap ? undefined : new Tap(a.port);
          },
          limit: () => b.port.setLimits(b.port.needsSwitch ? undefined : 1_000_000_000, undefined),
          cut: () => (b.port.segment ? segment.disconnect(b.port) : segment.connect(b.port)),
          nothing: () => undefined,
        };
        for (const { frames, steps, change } of changes) {
          send(a, numbered(number, frames));
          number += frames;
          for (let step = 0; step < steps; step++) test.step();
          toggles[change]();
        }
        if (!b.port.segment) segment.connect(b.port);
        test.settle();
        const received = b.takeReceived().map(frameNumber);
        assert.deepEqual(
          received,
          received.toSorted((x, y) => x - y),
        );
        assert.equal(received.length + (a.port.traffic.in.drops["not connected"] ?? 0), number);
        assert.deepEqual(b.port.traffic.out.drops, {});
      }),
      { numRuns: 60 },
    );
  });
});
