import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { RING_CONSUMER, RING_PRODUCER, RING_SLOT_SIZE, RING_SLOTS } from "../machine/ring.ts";
import type { Fabric } from "./fabric.ts";
import { frameBytes, frameNumber, mac } from "./frames.fixture.ts";
import { BUFFERS, RECEIVE_RING, TestFabric, TestGuest, TRANSMIT_RING } from "./guest.fixture.ts";

const HOSTILE_BYTE = 0xee;
/** A piece of the switch's memory that belongs to nobody. */
const CANARY_BYTES = 256;
const CANARY = 0xc5;

/** What a hostile guest writes: at any place of its rings, bytes that mean something now and then. */
const scribbles = fc.record({
  ring: fc.constantFrom(TRANSMIT_RING, RECEIVE_RING),
  place: fc.oneof(
    fc.constantFrom(RING_PRODUCER, RING_CONSUMER),
    fc.nat(63).map((slot) => RING_SLOTS + slot * RING_SLOT_SIZE),
    fc.nat(63).map((slot) => RING_SLOTS + slot * RING_SLOT_SIZE + 4),
    fc.nat(0xffc),
  ),
  value: fc.oneof(
    fc.nat(0xffff_ffff),
    fc.nat(200),
    fc.constantFrom(0xffff_ffff, 0x8000_0000, 0x7fff_ffff, 0xffff, 0, 1, 13, 14),
    fc.integer({ min: 0x4_0000 - 3000, max: 0x4_0000 + 10 }),
  ),
});
/** And what it answers when it is run. */
const turns = fc.array(
  fc.record({
    scribbles: fc.array(scribbles, { maxLength: 8 }),
    result: fc.nat(0xffff_ffff),
    due: fc.bigInt(0n, 2n ** 64n - 1n),
  }),
  { minLength: 1, maxLength: 10 },
);

class Canaries {
  readonly #pieces: Buffer[] = [];
  readonly #fabric: Fabric;

  constructor(fabric: Fabric) {
    this.#fabric = fabric;
  }

  /** Lays one behind whatever was made last. */
  lay(): void {
    const piece = Buffer.from(this.#fabric.view.buffer, this.#fabric.allocate(CANARY_BYTES), CANARY_BYTES);
    this.#pieces.push(piece.fill(CANARY));
  }

  check(): void {
    for (const piece of this.#pieces)
      assert.ok(
        piece.every((byte) => byte === CANARY),
        "the switch's memory was overwritten",
      );
  }
}

/** A guest's memory with all that the fabric may write to set to zero: indices that it owns, the lengths in slots, the buffers named there. */
function untouchable(guest: TestGuest): Buffer {
  const copy = Buffer.from(guest.bytes);
  copy.writeUInt32LE(0, TRANSMIT_RING + RING_CONSUMER);
  copy.writeUInt32LE(0, RECEIVE_RING + RING_PRODUCER);
  for (let slot = 0; slot < guest.slots; slot++) {
    copy.writeUInt32LE(0, guest.slot(RECEIVE_RING, slot) + 4);
    copy.fill(0, guest.receiveBuffer(slot), guest.receiveBuffer(slot) + guest.capacity);
  }
  return copy;
}

describe("a hostile guest", () => {
  const test = new TestFabric();
  const { fabric } = test;
  const canaries = new Canaries(fabric);
  const make = (): TestGuest => {
    canaries.lay();
    const guest = new TestGuest(fabric);
    canaries.lay();
    return guest;
  };
  const lan = fabric.addSegment("switch");
  const cable = fabric.addSegment("wire");
  const [a, hostile, b, hostileOnWire, c] = [make(), make(), make(), make(), make()];
  for (const { port } of [a, hostile, b]) lan.connect(port);
  for (const { port } of [hostileOnWire, c]) cable.connect(port);
  canaries.lay();

  it("harms nobody, whatever it writes into its rings and whenever", () => {
    let number = 0;
    fc.assert(
      fc.property(turns, turns, fc.array(fc.nat(1200), { maxLength: 20 }), (turns, turnsOnWire, paddings) => {
        for (const guest of [hostile, hostileOnWire]) {
          const script = (guest === hostile ? turns : turnsOnWire).values();
          guest.onRun = () => {
            const { value: turn } = script.next();
            if (!turn) return 0;
            // It takes what it gets, so that it gets more; and it forgets that, or it might well send it again.
            guest.bytes.fill(HOSTILE_BYTE, 0, TRANSMIT_RING).fill(HOSTILE_BYTE, BUFFERS);
            guest.bytes.copy(guest.bytes, RECEIVE_RING + RING_CONSUMER, RECEIVE_RING + RING_PRODUCER, RECEIVE_RING + 4);
            for (const { ring, place, value } of turn.scribbles) guest.bytes.writeUInt32LE(value, ring + (place & ~3));
            guest.nextExpiry = () => BigInt.asIntN(64, turn.due);
            return turn.result | 0;
          };
        }
        const before = [a, b, c].map(untouchable);
        const sent: number[] = [];
        for (const padding of paddings) {
          sent.push(number);
          a.send(frameBytes({ to: mac(2), from: mac(1), number: number++, padding }));
          b.send(frameBytes({ to: mac(1), from: mac(2), number, padding }));
          b.send(frameBytes({ to: mac(999), from: mac(2), number, padding })); // nobody: all get it
          for (const guest of [hostile, hostileOnWire]) guest.activate();
          test.now += 1000;
          test.step();
        }
        hostile.activate();
        for (let step = 0; step < 20; step++) test.step();
        for (const guest of [hostile, hostileOnWire]) guest.onRun = () => 0;
        test.settle();
        assert.deepEqual(
          b
            .takeReceived()
            .filter(isFrom(mac(1)))
            .map(frameNumber),
          sent,
        );
        assert.deepEqual(
          a
            .takeReceived()
            .filter(isFrom(mac(2)))
            .map(frameNumber),
          sent.flatMap((each) => [each + 1, each + 1]),
        );
        c.takeReceived();
        for (const [place, guest] of [a, b, c].entries()) {
          // What they sent they wrote themselves.
          const [now, then] = [untouchable(guest), before[place] ?? Buffer.alloc(0)];
          assert.deepEqual(withoutOwn(guest, now), withoutOwn(guest, then));
        }
        canaries.check();
      }),
      { numRuns: 300 },
    );
    const { drops } = hostile.port.traffic.in;
    assert.ok((drops.faulty ?? 0) > 100, `${drops.faulty} faults were counted`);
    assert.ok((hostileOnWire.port.traffic.in.drops.faulty ?? 0) > 100);
    assert.ok((hostile.port.traffic.out.drops["no buffer"] ?? 0) > 0);
  });

  it("cannot name what is not its memory, or is no frame", () => {
    const end = hostile.bytes.length;
    for (const [data, length] of [
      [0, 60],
      [end, 60],
      [end - 59, 60],
      [end - 60, 61],
      [0xffff_ffff, 60],
      [0xffff_ffff, 0xffff],
      [0x4000, 13],
      [0x4000, 0],
    ] as const) {
      const faults = hostile.port.traffic.in.drops.faulty ?? 0;
      sendSlot(hostile, data, length);
      test.settle();
      assert.equal(hostile.port.traffic.in.drops.faulty, faults + 1, `data ${data}, length ${length}`);
    }
    const taken = hostile.port.traffic.in.packets;
    sendSlot(hostile, end - 60, 60);
    test.settle();
    assert.equal(hostile.port.traffic.in.packets, taken + 1);
  });

  /** Has a guest send what one slot names. */
  function sendSlot(guest: TestGuest, data: number, length: number): void {
    const index = guest.bytes.readUInt32LE(TRANSMIT_RING + RING_CONSUMER);
    guest.bytes.writeUInt32LE(data, guest.slot(TRANSMIT_RING, index));
    guest.bytes.writeUInt32LE(length, guest.slot(TRANSMIT_RING, index) + 4);
    guest.bytes.writeUInt32LE((index + 1) >>> 0, TRANSMIT_RING + RING_PRODUCER);
    guest.activate();
  }
});

/** Leaves out what a guest's own code writes when it sends and receives. */
function withoutOwn(guest: TestGuest, memory: Buffer): Buffer {
  memory.writeUInt32LE(0, TRANSMIT_RING + RING_PRODUCER);
  memory.writeUInt32LE(0, RECEIVE_RING + RING_CONSUMER);
  for (let slot = 0; slot < guest.slots; slot++) {
    memory.fill(0, guest.slot(TRANSMIT_RING, slot), guest.slot(TRANSMIT_RING, slot) + RING_SLOT_SIZE);
    memory.fill(0, guest.transmitBuffer(slot), guest.transmitBuffer(slot) + guest.capacity);
  }
  return memory;
}

function isFrom(address: string): (frame: Buffer) => boolean {
  const bytes = Buffer.from(address.replaceAll(":", ""), "hex");
  return (frame) => frame.subarray(6, 12).equals(bytes) && frame.readUInt16BE(12) === 0x88b5;
}
