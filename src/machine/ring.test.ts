import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  ReceiveRing,
  RING_CAPACITY,
  RING_CONSUMER,
  RING_PRODUCER,
  RING_SLOT_COUNT,
  RING_SLOT_SIZE,
  RING_SLOTS,
  type RingMemory,
  TransmitRing,
} from "./ring.ts";

const SIZE = 8192;
const ADDRESS = 64;
const SLOTS = 8;
const CAPACITY = 256;
/** Where a well-behaved guest has its buffers: one a slot. */
const BUFFERS = 1024;

/** A guest's memory with a ring, its indices near the point where they wrap. */
function memoryWithRing(start = 0xffff_fffc): RingMemory {
  const bytes = new Uint8Array(SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(ADDRESS + RING_PRODUCER, start, true);
  view.setUint32(ADDRESS + RING_CONSUMER, start, true);
  view.setUint32(ADDRESS + RING_SLOT_COUNT, SLOTS, true);
  view.setUint32(ADDRESS + RING_CAPACITY, CAPACITY, true);
  for (let slot = 0; slot < SLOTS; slot++) view.setUint32(slotAt(slot), BUFFERS + slot * CAPACITY, true);
  return { bytes, view };
}

function slotAt(index: number): number {
  return ADDRESS + RING_SLOTS + (index & (SLOTS - 1)) * RING_SLOT_SIZE;
}

/** The guest's side, naively. */
function guestTakes({ bytes, view }: RingMemory): Uint8Array | undefined {
  const consumer = view.getUint32(ADDRESS + RING_CONSUMER, true);
  if (consumer === view.getUint32(ADDRESS + RING_PRODUCER, true)) return undefined;
  const offset = view.getUint32(slotAt(consumer), true);
  view.setUint32(ADDRESS + RING_CONSUMER, consumer + 1, true);
  return bytes.slice(offset, offset + view.getUint16(slotAt(consumer) + 4, true));
}

function guestPuts({ bytes, view }: RingMemory, packet: Uint8Array): boolean {
  const producer = view.getUint32(ADDRESS + RING_PRODUCER, true);
  if ((producer - view.getUint32(ADDRESS + RING_CONSUMER, true)) >>> 0 === SLOTS) return false;
  bytes.set(packet, view.getUint32(slotAt(producer), true));
  view.setUint16(slotAt(producer) + 4, packet.length, true);
  view.setUint32(ADDRESS + RING_PRODUCER, producer + 1, true);
  return true;
}

const packet = fc.uint8Array({ maxLength: CAPACITY, size: "max" });
/** Packets to send, and receptions to try (undefined). */
const traffic = fc.array(fc.option(packet, { nil: undefined }), { maxLength: 100 });

/** @returns what arrived, of what was sent and accepted */
function exchange(
  events: readonly (Uint8Array | undefined)[],
  send: (packet: Uint8Array) => boolean,
  receive: () => Uint8Array | undefined,
): void {
  const expected: Uint8Array[] = [];
  for (const event of events) {
    if (event) {
      assert.equal(send(event), expected.length < SLOTS, "taken unless the ring is full");
      if (expected.length < SLOTS) expected.push(event);
    } else assert.deepEqual(receive(), expected.shift());
  }
}

describe("a ring between a host and a well-behaved guest", () => {
  it("gives the guest what the host wrote, in order, and no more than it has slots", () =>
    fc.assert(
      fc.property(traffic, (events) => {
        const memory = memoryWithRing();
        const ring = new ReceiveRing(memory, ADDRESS);
        exchange(
          events,
          (bytes) => ring.write(bytes),
          () => guestTakes(memory),
        );
        assert.equal(ring.faults, 0);
      }),
    ));

  it("gives the host what the guest wrote, in order, and no more than it has slots", () =>
    fc.assert(
      fc.property(traffic, (events) => {
        const memory = memoryWithRing();
        const ring = new TransmitRing(memory, ADDRESS);
        const receive = (): Uint8Array | undefined => {
          let first: Uint8Array | undefined;
          ring.read((bytes) => {
            if (first) return false;
            first = bytes.slice();
            return true;
          });
          return first;
        };
        exchange(events, (bytes) => guestPuts(memory, bytes), receive);
        assert.equal(ring.faults, 0);
      }),
    ));

  it("cuts packets that are longer than its buffers", () => {
    const memory = memoryWithRing();
    const ring = new ReceiveRing(memory, ADDRESS);
    assert.ok(ring.write(new Uint8Array(1000).fill(7)));
    assert.deepEqual(guestTakes(memory), new Uint8Array(CAPACITY).fill(7));
    assert.deepEqual(memory.bytes.slice(BUFFERS, BUFFERS + 4 * CAPACITY), new Uint8Array(4 * CAPACITY));
  });

  it("keeps a packet that its taker has no room for", () => {
    const memory = memoryWithRing();
    const ring = new TransmitRing(memory, ADDRESS);
    guestPuts(memory, Uint8Array.of(1));
    assert.equal(
      ring.read(() => false),
      0,
    );
    assert.equal(ring.ready, 1);
  });
});

/** What a hostile guest writes, anywhere in the ring, or a new value of an index. */
const scribble = fc.record({ at: fc.nat(RING_SLOTS / 4 + (SLOTS * RING_SLOT_SIZE) / 4 - 1), word: hostileWord() });

function hostileWord(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.constantFrom(0, 1, SLOTS, SIZE - 1, SIZE, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff),
  );
}

function apply({ view }: RingMemory, { at, word }: { at: number; word: number }): void {
  view.setUint32(ADDRESS + at * 4, word, true);
}

describe("a ring in the hands of a hostile guest", () => {
  it("never makes the host write outside of slot, index and one packet of the guest's memory", () =>
    fc.assert(
      fc.property(fc.array(scribble, { maxLength: 30 }), packet, (scribbles, bytes) => {
        const memory = memoryWithRing();
        const ring = new ReceiveRing(memory, ADDRESS);
        for (const each of scribbles) {
          apply(memory, each);
          const before = memory.bytes.slice();
          const full = ring.room === 0;
          const taken = ring.write(bytes);
          const changed = memory.bytes.reduce((count, byte, index) => count + (byte === before[index] ? 0 : 1), 0);
          if (full) assert.deepEqual({ taken, changed }, { taken: false, changed: 0 });
          else assert.ok(changed <= bytes.length + 4 + 4);
        }
      }),
    ));

  it("never makes the host see bytes that are not the guest's, nor more packets than there are slots", () =>
    fc.assert(
      fc.property(fc.array(scribble, { maxLength: 30 }), (scribbles) => {
        const memory = memoryWithRing();
        const ring = new TransmitRing(memory, ADDRESS);
        for (const each of scribbles) {
          apply(memory, each);
          let seen = 0;
          ring.read((bytes) => {
            seen++;
            assert.equal(bytes.buffer, memory.bytes.buffer);
            assert.ok(bytes.byteOffset > 0 && bytes.byteOffset + bytes.length <= SIZE);
            return true;
          });
          assert.ok(seen <= SLOTS);
        }
      }),
    ));

  it("goes on with the next slot after one that names no packet", () => {
    const memory = memoryWithRing(0);
    const ring = new TransmitRing(memory, ADDRESS);
    for (const value of [1, 2, 3]) guestPuts(memory, Uint8Array.of(value));
    memory.view.setUint32(slotAt(1), SIZE, true);
    const seen: number[] = [];
    ring.read(([value]) => seen.push(value ?? 0) > 0);
    assert.deepEqual({ seen, faults: ring.faults }, { seen: [1, 3], faults: 1 });
  });

  it("passes over all that an impossible index names, and works again", () => {
    const memory = memoryWithRing(0);
    const ring = new TransmitRing(memory, ADDRESS);
    memory.view.setUint32(ADDRESS + RING_PRODUCER, 1000, true);
    assert.equal(ring.ready, 0);
    assert.equal(ring.faults, 1);
    assert.ok(guestPuts(memory, Uint8Array.of(5)));
    assert.equal(ring.ready, 1);
  });

  it("does not exist where none can be", () =>
    fc.assert(
      fc.property(fc.oneof(fc.nat(2 * SIZE), hostileWord()), hostileWord(), (address, slots) => {
        const memory = memoryWithRing();
        if (address + RING_SLOTS <= SIZE) memory.view.setUint32(address + RING_SLOT_COUNT, slots, true);
        try {
          const ring = new ReceiveRing(memory, address);
          assert.ok(address + RING_SLOTS + ring.slots * RING_SLOT_SIZE <= SIZE);
        } catch (error) {
          assert.ok(error instanceof RangeError);
        }
      }),
    ));
});
