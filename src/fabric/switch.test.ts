import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { BROADCAST, frameBytes, frameNumber, mac, type TestFrame } from "./frames.fixture.ts";
import { at, SECOND, TestFabric } from "./guest.fixture.ts";
import { NaiveSwitch } from "./naiveSwitch.fixture.ts";
import type { PortVlans } from "./port.ts";
import type { Segment } from "./segment.ts";

const MULTICAST = "01:00:5e:00:00:01";

/** Ports 0 to 3 are one switch, 4 to 6 another. */
const SWITCHES = [
  [0, 1, 2, 3],
  [4, 5, 6],
] as const;
const PORTS = SWITCHES.flat();

const addresses = fc.oneof(fc.nat(5).map(mac), fc.constantFrom(BROADCAST, MULTICAST));
const tags = fc.option(fc.record({ vlan: fc.integer({ min: 0, max: 4 }), priority: fc.nat(7) }), {
  nil: undefined,
  freq: 2,
});
const vlans: fc.Arbitrary<PortVlans | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.record({ vlan: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ vlan: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }), trunk: fc.subarray([1, 2, 3, 4]) }),
);
const rounds = fc.array(
  fc.record({
    seconds: fc.oneof(fc.constant(0), fc.nat(8)),
    frames: fc.array(
      fc.record({ at: fc.constantFrom(...PORTS), to: addresses, from: addresses, tag: tags, padding: fc.nat(120) }),
      { maxLength: 12 },
    ),
  }),
  { maxLength: 12 },
);

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, each) => total + each, 0);
}

describe("a switch", () => {
  const test = new TestFabric();
  const guests = test.guests(PORTS.length, { slots: 8 });

  /** Connects the guests, runs `work`, and disconnects them. */
  function connected(
    each: (guest: number) => PortVlans | undefined,
    work: (segments: readonly Segment[]) => void,
  ): void {
    const segments = SWITCHES.map(() => test.fabric.addSegment("switch"));
    for (const [place, members] of SWITCHES.entries())
      for (const member of members) segments[place]?.connect(at(guests, member).port, each(member));
    try {
      work(segments);
    } finally {
      for (const { port } of guests) port.segment?.disconnect(port);
      for (const segment of segments) segment.remove();
    }
  }

  function counters(): { taken: number; refused: number; sent: number }[] {
    return guests.map(({ port }) => ({
      taken: port.traffic.in.packets,
      refused: sum(Object.values(port.traffic.in.drops)),
      sent: port.traffic.out.packets,
    }));
  }

  it("treats any traffic as a naive one does: what comes out where, in which order, and what is counted", () => {
    let number = 0;
    fc.assert(
      fc.property(
        fc.array(vlans, { minLength: PORTS.length, maxLength: PORTS.length }),
        fc.integer({ min: 1, max: 10 }),
        rounds,
        (vlans, ageing, rounds) =>
          connected(
            (guest) => vlans[guest],
            (segments) => {
              for (const segment of segments) segment.ageing = ageing;
              const models = SWITCHES.map(
                (members) =>
                  new NaiveSwitch(
                    members.map((member) => vlans[member]),
                    ageing,
                  ),
              );
              const before = counters();
              for (const { seconds, frames } of rounds) {
                test.now += seconds * SECOND;
                const sent: { readonly at: number; readonly frame: TestFrame }[] = frames.map(({ at, ...frame }) => ({
                  at,
                  frame: { ...frame, number: number++ },
                }));
                for (const { at: port, frame } of sent) at(guests, port).send(frameBytes(frame));
                // Guests have their turns in the order of their numbers.
                for (const { at: port, frame } of sent.toSorted((a, b) => a.at - b.at))
                  models[port < 4 ? 0 : 1]?.accept(port < 4 ? port : port - 4, frame, test.now / SECOND);
                test.settle();
              }
              const model = models.flatMap(({ ports }) => ports);
              assert.deepEqual(
                guests.map((guest) => guest.takeReceived().map((frame) => frame.toString("hex"))),
                model.map(({ out }) => out.map((frame) => frameBytes(frame).toString("hex"))),
              );
              assert.deepEqual(
                counters().map((now, port) => difference(now, at(before, port))),
                model.map(({ taken, refused, out }) => ({ taken, refused, sent: out.length })),
              );
            },
          ),
      ),
      { numRuns: 500 },
    );
  });

  /** The numbers that arrived, by guest; guests that got nothing are left out. */
  function arrivals(): Record<number, number[]> {
    test.settle();
    const all = guests.map((guest, index) => [index, guest.takeReceived().map(frameNumber)] as const);
    return Object.fromEntries(all.filter(([, numbers]) => numbers.length > 0));
  }

  function send(from: number, frame: Omit<TestFrame, "from">, address = mac(from)): void {
    at(guests, from).send(frameBytes({ ...frame, from: address }));
  }

  it("floods what it does not know, and sends to one port what it has learned", () =>
    connected(noVlans, () => {
      send(0, { to: mac(1), number: 1 });
      assert.deepEqual(arrivals(), { 1: [1], 2: [1], 3: [1] });
      send(1, { to: mac(0), number: 2 });
      assert.deepEqual(arrivals(), { 0: [2] });
      send(0, { to: mac(1), number: 3 });
      assert.deepEqual(arrivals(), { 1: [3] });
    }));

  it("never sends a frame back to where it came from", () =>
    connected(noVlans, () => {
      send(0, { to: BROADCAST, number: 1 });
      arrivals();
      send(0, { to: mac(0), number: 2 }, mac(9));
      assert.deepEqual(arrivals(), {});
    }));

  it("forgets an address that was silent for longer than the ageing time, and not before", () =>
    connected(noVlans, ([first]) => {
      assert.ok(first);
      first.ageing = 10;
      send(0, { to: BROADCAST, number: 1 });
      arrivals();
      test.now += 10 * SECOND;
      send(1, { to: mac(0), number: 2 });
      assert.deepEqual(arrivals(), { 0: [2] });
      test.now += SECOND;
      send(1, { to: mac(0), number: 3 });
      assert.deepEqual(arrivals(), { 0: [3], 2: [3], 3: [3] });
    }));

  it("follows an address that moves to another port", () =>
    connected(noVlans, () => {
      send(0, { to: BROADCAST, number: 1 }, mac(7));
      arrivals();
      send(2, { to: BROADCAST, number: 2 }, mac(7));
      arrivals();
      send(1, { to: mac(7), number: 3 });
      assert.deepEqual(arrivals(), { 2: [3] });
    }));

  it("forgets what was behind a port that was disconnected", () =>
    connected(noVlans, ([first]) => {
      assert.ok(first);
      send(0, { to: BROADCAST, number: 1 });
      arrivals();
      const { port } = at(guests, 0);
      first.disconnect(port);
      assert.deepEqual(test.fabric.addresses(first), []);
      first.connect(port);
      send(1, { to: mac(0), number: 2 });
      assert.deepEqual(arrivals(), { 0: [2], 2: [2], 3: [2] });
    }));

  it("lists the addresses that it has learned, with port and VLAN", () =>
    connected(
      () => ({ vlan: 3 }),
      ([first]) => {
        assert.ok(first);
        send(1, { to: BROADCAST, number: 1 });
        arrivals();
        const [found, ...more] = test.fabric.addresses(first);
        assert.deepEqual(more, []);
        assert.equal(found?.mac, mac(1));
        assert.equal(found?.vlan, 3);
        assert.equal(found?.port, at(guests, 1).port);
      },
    ));

  it("loses nothing when there are more addresses than places: it floods what it had to forget", () =>
    connected(noVlans, ([first]) => {
      assert.ok(first);
      const places = 65_536;
      const sender = at(guests, 0);
      for (let number = 0; number < places + 5000; number += 256) {
        for (let more = 0; more < 256; more++)
          sender.send(frameBytes({ to: mac(1), from: manyMacs(number + more), number }));
        test.settle();
        for (const guest of guests) guest.takeReceived();
      }
      const known = new Set(test.fabric.addresses(first).map(({ mac }) => mac));
      assert.ok(known.size > places * 0.9 && known.size <= places, `${known.size} addresses`);
      for (let number = 0; number < 500; number++) send(1, { to: manyMacs(number * 100), number });
      const { 0: behind = [] } = arrivals();
      assert.deepEqual(
        behind,
        Array.from({ length: 500 }, (_, number) => number),
      );
    }));
});

/** Table overflow needs more than `mac` can tell apart. */
function manyMacs(number: number): string {
  return `02:00:00:${(number >> 16).toString(16).padStart(2, "0")}${mac(number & 0xffff).slice(11)}`;
}

function noVlans(): undefined {
  return undefined;
}

function difference<Counters extends Record<string, number>>(
  after: Counters,
  before: Counters,
): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
}
