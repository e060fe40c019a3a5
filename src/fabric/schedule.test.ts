import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { RUN_PENDING } from "../library/guestAbi.ts";
import { frameNumber } from "./frames.fixture.ts";
import { at, EPOCH, RUN_TIMED, TestFabric, TestGuest } from "./guest.fixture.ts";
import { exchange, makePairs } from "./pairs.fixture.ts";

const MILLISECOND = 1e6;

/** A guest that waits for times: `due` are the next ones, in nanoseconds since EPOCH. */
class TimedGuest {
  readonly guest: TestGuest;
  readonly woken: number[] = [];
  due: number | undefined;

  constructor({ fabric }: TestFabric) {
    this.guest = new TestGuest(fabric, { slots: 2, capacity: 64 });
    this.guest.onRun = (now) => {
      const elapsed = Number(now - EPOCH);
      if (this.due !== undefined && elapsed >= this.due) {
        this.woken.push(elapsed);
        this.due = undefined;
      }
      return this.due === undefined ? 0 : RUN_TIMED;
    };
    this.guest.nextExpiry = () => EPOCH + BigInt(this.due ?? 0);
  }

  wait(due: number | undefined): void {
    this.due = due;
    this.guest.activate();
  }
}

describe("guests that wait for a time", () => {
  it("are woken in the first step at or after it, and never before, whatever they wait for instead", () => {
    const test = new TestFabric();
    const guests = Array.from({ length: 12 }, () => new TimedGuest(test));
    const steps = fc.array(
      fc.record({
        advance: fc.nat(50),
        waits: fc.array(fc.record({ guest: fc.nat(11), in: fc.option(fc.nat(200), { nil: undefined }) }), {
          maxLength: 6,
        }),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, (steps) => {
        for (const guest of guests) guest.wait(undefined);
        test.settle();
        const expected = guests.map((): { due: number | undefined; woken: number[] } => ({
          due: undefined,
          woken: [],
        }));
        for (const guest of guests) guest.woken.length = 0;
        for (const { advance, waits } of steps) {
          test.now += advance;
          for (const { guest, in: delay } of waits) {
            const due = delay === undefined ? undefined : test.now + delay;
            at(guests, guest).wait(due);
            at(expected, guest).due = due;
          }
          test.settle();
          for (const each of expected)
            if (each.due !== undefined && each.due <= test.now) {
              each.woken.push(test.now);
              each.due = undefined;
            }
          const left = Math.min(...expected.map(({ due = Number.POSITIVE_INFINITY }) => due)) - test.now;
          assert.equal(test.fabric.plane.timeLeft(), left);
        }
        assert.deepEqual(
          guests.map(({ woken }) => woken),
          expected.map(({ woken }) => woken),
        );
      }),
    );
  });

  it("do not hinder each other's removal", () => {
    const test = new TestFabric();
    const guests = Array.from({ length: 20 }, () => new TimedGuest(test));
    for (const [index, guest] of guests.entries()) guest.wait(100 + index);
    test.settle();
    for (const index of [0, 7, 19, 3]) at(guests, index).guest.remove();
    test.now = 1000;
    test.settle();
    assert.deepEqual(
      guests.map(({ woken }) => woken.length),
      guests.map((_, index) => ([0, 7, 19, 3].includes(index) ? 0 : 1)),
    );
    assert.equal(test.fabric.plane.timeLeft(), Number.POSITIVE_INFINITY);
  });
});

describe("idle guests", () => {
  it("are not run while others work", () => {
    const { test, pairs } = makePairs("switch", 30);
    test.settle();
    const [busy, ...idle] = pairs;
    assert.ok(busy);
    const runs = idle.map(({ a, b }) => a.runs + b.runs);
    exchange(busy, 1000);
    test.settle();
    assert.equal(busy.b.takeReceived().length, 1000);
    assert.deepEqual(
      idle.map(({ a, b }) => a.runs + b.runs),
      runs,
    );
  });

  it("make steps that do nothing", () => {
    const { test, pairs } = makePairs("wire", 30);
    test.settle();
    const runs = pairs.map(({ a, b }) => a.runs + b.runs);
    for (let step = 0; step < 1000; step++) assert.equal(test.step(), 0);
    assert.deepEqual(
      pairs.map(({ a, b }) => a.runs + b.runs),
      runs,
    );
  });

  it("run again as soon as a frame arrives", () => {
    const { test, pairs } = makePairs("wire", 1);
    test.settle();
    const pair = at(pairs, 0);
    const before = pair.b.runs;
    exchange(pair, 1);
    test.settle();
    assert.ok(pair.b.runs > before);
  });
});

describe("a guest that is paused", () => {
  for (const kind of ["wire", "switch"] as const)
    it(`on a ${kind} is not run and gets nothing; what is sent to it is counted; then it goes on`, () => {
      const { test, pairs } = makePairs(kind, 1);
      const pair = at(pairs, 0);
      const { a, b } = pair;
      test.settle();
      const { plane } = test.fabric;
      plane.setRunnable(b.guest.address, false);
      b.port.isUp = false;
      const runs = b.runs;
      exchange(pair, 5);
      plane.activate(b.guest.address);
      test.settle();
      assert.equal(b.runs, runs);
      assert.deepEqual(b.port.traffic.out.drops, { "receiver down": 5 });
      plane.setRunnable(b.guest.address, true);
      b.port.isUp = true;
      exchange(pair, 5);
      test.settle();
      assert.deepEqual(b.takeReceived().map(frameNumber), [5, 6, 7, 8, 9]);
      assert.equal(a.port.traffic.in.packets, 10);
    });
});

describe("a guest's share of a core", () => {
  it("is kept, and the others are not held up by it", (context) => {
    // The plane's clock for what a turn took, in milliseconds; turns take what they say.
    let clock = 0;
    const now = context.mock.method(performance, "now", () => clock);
    const test = new TestFabric();
    const worker = (milliseconds: number) => {
      const guest = new TestGuest(test.fabric);
      const used = { milliseconds: 0 };
      guest.onRun = () => {
        clock += milliseconds;
        used.milliseconds += milliseconds;
        return RUN_PENDING;
      };
      return { guest, used };
    };
    const [limited, other] = [worker(0.5), worker(0.5)];
    test.fabric.plane.setSlowdown(limited.guest.guest.address, 4 * 1024);
    const duration = 2000;
    while (clock < duration) {
      test.now = clock * MILLISECOND;
      if (test.step() === 0) clock += 0.1;
    }
    // A quarter, and two milliseconds' worth that it may be ahead, and a turn.
    assert.ok(limited.used.milliseconds <= duration / 4 + 2.5, `${limited.used.milliseconds} ms`);
    assert.ok(limited.used.milliseconds >= duration / 4 - 2.5, `${limited.used.milliseconds} ms`);
    assert.ok(other.used.milliseconds >= duration * 0.7, `${other.used.milliseconds} ms`);
    const counted = test.fabric.plane.guestNanoseconds(limited.guest.guest.address);
    assert.ok(Math.abs(counted - limited.used.milliseconds * MILLISECOND) < 1000);
    now.mock.restore();
  });
});
