import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { RUN_PENDING } from "../library/guestAbi.ts";
import { BROADCAST, frameBytes, frameNumber, mac } from "./frames.fixture.ts";
import { at, TestFabric, TestGuest } from "./guest.fixture.ts";
import { type Port, RateLimit } from "./port.ts";

const MILLISECOND = 1e6;

/** Frames sent at one moment, some nanoseconds after those before. */
const arrivals = fc.array(fc.record({ after: fc.nat(40 * MILLISECOND), frames: fc.nat(40) }), { maxLength: 12 });

/** What a leaky bucket lets pass (ITU-T I.371, annex A): it holds nanoseconds, each frame pours some in, and they leak away. */
function leakyBucket(rate: number, arrivals: readonly { readonly after: number; readonly frames: number }[]): number[] {
  const interval = Math.max(Math.round(1e9 / rate), 1);
  const tolerance = Math.max(16 * interval, 10 * MILLISECOND);
  let level = 0;
  return arrivals.map(({ after, frames }) => {
    level = Math.max(level - after, 0);
    let passed = 0;
    for (let frame = 0; frame < frames; frame++) {
      if (level > tolerance) continue;
      level += interval;
      passed++;
    }
    return passed;
  });
}

/** Two guests, each at an end of a wire. */
function pair(): { test: TestFabric; a: TestGuest; b: TestGuest } {
  const test = new TestFabric();
  const [a, b] = [new TestGuest(test.fabric), new TestGuest(test.fabric)];
  const wire = test.fabric.addSegment("wire");
  for (const { port } of [a, b]) wire.connect(port);
  return { test, a, b };
}

let number = 0;
function sendMany(guest: TestGuest, count: number, to = mac(9)): void {
  for (let frame = 0; frame < count; frame++) guest.send(frameBytes({ to, from: mac(1), number: number++ }));
}

describe("a rate limit", () => {
  for (const [direction, limitedPort] of [
    ["in", ({ a }: ReturnType<typeof pair>) => a.port],
    ["out", ({ b }: ReturnType<typeof pair>) => b.port],
  ] as const) {
    it(`lets pass what a leaky bucket does, on the way ${direction}, and counts the rest`, () => {
      const network = pair();
      const { test, a, b } = network;
      const port = limitedPort(network);
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 200_000 }), arrivals, (rate, arrivals) => {
          port.setLimits(rate, undefined);
          const before = limited(port);
          const passed = arrivals.map(({ after, frames }) => {
            test.now += after;
            sendMany(a, frames);
            test.settle();
            return b.takeReceived().length;
          });
          assert.deepEqual(passed, leakyBucket(rate, arrivals));
          assert.equal(limited(port) - before, total(arrivals.map(({ frames }) => frames)) - total(passed));
        }),
        { numRuns: 50 },
      );
    });
  }

  it("that ports share lets pass as much in all", () => {
    const test = new TestFabric();
    const guests = test.guests(3);
    const segment = test.fabric.addSegment("switch");
    for (const { port } of guests) segment.connect(port);
    const [a, b, c] = [at(guests, 0), at(guests, 1), at(guests, 2)];
    c.send(frameBytes({ to: BROADCAST, from: mac(9), number: 0 }));
    test.settle();
    const shared = { in: new RateLimit(test.fabric, 1000), out: new RateLimit(test.fabric, 1000) };
    for (const { port } of [a, b]) port.setLimits(undefined, shared);
    sendMany(a, 10);
    sendMany(b, 10);
    test.settle();
    assert.equal(c.takeReceived().length, 17); // 16 milliseconds' worth at once, and the one after
    assert.equal(limited(a.port) + limited(b.port), 3);
  });
});

describe("a storm limit", () => {
  it("holds back floods of a port and counts them, and nothing else", () => {
    const test = new TestFabric();
    const guests = test.guests(3, { slots: 256 });
    const segment = test.fabric.addSegment("switch");
    for (const { port } of guests) segment.connect(port);
    const [a, b, c] = [at(guests, 0), at(guests, 1), at(guests, 2)];
    b.send(frameBytes({ to: BROADCAST, from: mac(2), number: 0 }));
    test.settle();
    for (const guest of guests) guest.takeReceived();
    a.port.setStormLimit(1000);
    for (let frame = 0; frame < 60; frame++) sendMany(a, 1, frame % 2 === 0 ? BROADCAST : mac(2));
    test.settle();
    assert.equal(b.takeReceived().length, 30 + 17);
    assert.equal(c.takeReceived().length, 17);
    assert.deepEqual(a.port.traffic.in.drops, { "flood limit": 13 });
    c.send(frameBytes({ to: BROADCAST, from: mac(3), number: 1 }));
    test.settle();
    assert.deepEqual(b.takeReceived().map(frameNumber), [1]);
  });
});

describe("counters", () => {
  /** Guests by what becomes of frames to them: taken, lost for want of buffers, of room, of a running guest, of a ring; and one that is limited. */
  const KINDS = ["good", "bufferless", "small", "down", "ringless", "limited"] as const;
  const REASONS = ["no buffer", "too long", "receiver down", "rate limit", "not connected"];

  it("account for every frame: what came in went out or is counted as lost", () => {
    const test = new TestFabric();
    const segment = test.fabric.addSegment("switch");
    const guests = KINDS.map(
      (kind) => new TestGuest(test.fabric, kind === "small" ? { slots: 16, capacity: 100 } : { slots: 16 }),
    );
    const alone = new TestGuest(test.fabric);
    for (const { port } of guests) segment.connect(port);
    // All are known from here on: nothing is flooded.
    for (const [place, guest] of guests.entries())
      guest.send(frameBytes({ to: BROADCAST, from: mac(place), number: 0 }));
    test.settle();
    const [good, bufferless, , down, ringless, limitedGuest] = guests as [
      TestGuest,
      TestGuest,
      TestGuest,
      TestGuest,
      TestGuest,
      TestGuest,
    ];
    for (let slot = 0; slot < bufferless.slots; slot += 2)
      bufferless.bytes.writeUInt32LE(0, bufferless.slot(0x2000, slot));
    down.port.isUp = false;
    ringless.port.removeLane(ringless.lanes[1]);
    limitedGuest.port.setLimits(5, undefined);
    good.onRun = () => {
      const left = good.take(3);
      good.put();
      return left ? RUN_PENDING : 0;
    };
    const frames = fc.array(
      fc
        .record({
          from: fc.nat(KINDS.length),
          to: fc.nat(KINDS.length - 1),
          padding: fc.nat(300),
          after: fc.nat(MILLISECOND),
        })
        .filter(({ from, to }) => from !== to),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(frames, (frames) => {
        const ports = [...guests, alone].map(({ port }) => port);
        const before = balance(ports);
        for (const { from, to, padding, after } of frames) {
          test.now += after;
          const sender = guests[from] ?? alone;
          sender.send(frameBytes({ to: mac(to), from: mac(from), number: 1, padding }));
          if (padding % 7 === 0) test.settle();
        }
        test.settle();
        const { taken, left } = balance(ports);
        assert.equal(taken - before.taken, frames.length);
        assert.equal(left - before.left, frames.length);
      }),
      { numRuns: 50 },
    );
    const seen = new Set(
      [...guests, alone].flatMap(({ port }) => [
        ...Object.keys(port.traffic.in.drops),
        ...Object.keys(port.traffic.out.drops),
      ]),
    );
    for (const reason of REASONS) assert.ok(seen.has(reason), `no frame was lost by '${reason}'`);
  });

  /** Frames that came in at ports, and those of which is known what became of them. */
  function balance(ports: readonly Port[]): { taken: number; left: number } {
    const traffics = ports.map(({ traffic }) => traffic);
    const lost = traffics.flatMap(({ in: { drops }, out }) => [...Object.values(drops), ...Object.values(out.drops)]);
    return {
      taken: total(traffics.map((traffic) => traffic.in.packets)),
      left: total(lost) + total(traffics.map(({ out }) => out.packets)),
    };
  }
});

function limited({ traffic }: Port): number {
  return (traffic.in.drops["rate limit"] ?? 0) + (traffic.out.drops["rate limit"] ?? 0);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
