/**
 * Packet rings between a guest and its host, after netmap (Rizzo 2012): slots that name packet buffers, one producer, one consumer, whose indices run
 * freely and lie on cache lines of their own. The host knows the layout as numbers (src/machine/ring.ts), and trusts nothing in it.
 *
 * A ring that the guest receives from holds empty buffers; the host puts packets into them, and the guest takes each by leaving an empty buffer in its
 * place. A ring that it sends to names the buffers of packets, which stay the guest's until the host has passed them. So nothing is copied here.
 */
import { kill, makePacket, maximumLength, Packet } from "./packet";
import { allocate, release } from "./state";

/** One packet: address of its data, length, and flags (none are in use yet: zero). */
@unmanaged
class Slot {
  offset: u32;
  length: u16;
  flags: u16;
}

/** The longest packet that a slot can name. */
const LONGEST: u32 = 0xffff;
const CACHE_LINE: usize = 64;
/** Where the consumer's index, the constants and the slots lie: producer and consumer never write to the same cache line. */
const CONSUMER: usize = CACHE_LINE;
const CONSTANTS: usize = 2 * CACHE_LINE;
const SLOTS: usize = 3 * CACHE_LINE;

/** A ring in memory. The class has no fields of its own: they lie on several cache lines. */
@unmanaged
export class Ring {
  @inline get address(): usize { return changetype<usize>(this); }
  /** Packets ever produced and consumed, modulo 2^32. */
  @inline get producer(): u32 { return load<u32>(this.address); }
  @inline set producer(value: u32) { store<u32>(this.address, value); }
  @inline get consumer(): u32 { return load<u32>(this.address, CONSUMER); }
  @inline set consumer(value: u32) { store<u32>(this.address, value, CONSUMER); }
  /** A power of two. */
  @inline get slots(): u32 { return load<u32>(this.address, CONSTANTS); }
  @inline set slots(value: u32) { store<u32>(this.address, value, CONSTANTS); }
  /** Bytes that fit each empty buffer; 0 while there are none. */
  @inline get capacity(): u32 { return load<u32>(this.address, CONSTANTS + 4); }
  @inline set capacity(value: u32) { store<u32>(this.address, value, CONSTANTS + 4); }
  /** Where the allocation starts, for `releaseRing`. */
  @inline get allocation(): usize { return load<usize>(this.address, CONSTANTS + 8); }
  @inline set allocation(value: usize) { store<usize>(this.address, value, CONSTANTS + 8); }
  /** Packets of the guest that slots name, by slot: the guest's own notes, for a host may write to slots. */
  @inline get packets(): usize { return this.address + SLOTS + <usize>this.slots * offsetof<Slot>(); }

  @inline get ready(): u32 { return this.producer - this.consumer; }
  @inline get hasRoom(): bool { return this.ready < this.slots; }

  @inline private slot(index: u32): Slot {
    return changetype<Slot>(this.address + SLOTS + <usize>(index & (this.slots - 1)) * offsetof<Slot>());
  }
  @inline private packet(index: u32): usize {
    return load<usize>(this.packets + (<usize>(index & (this.slots - 1)) << 2));
  }
  @inline private setPacket(index: u32, p: usize): void {
    store<usize>(this.packets + (<usize>(index & (this.slots - 1)) << 2), p);
  }

  /** Puts empty buffers into all slots. @returns false when the pool has not that many; the slots then stay empty */
  provide(): bool {
    for (let i: u32 = 0; i < this.slots; i++) {
      const p = makePacket(0);
      if (!p) {
        this.withdraw();
        return false;
      }
      this.name(i, p);
    }
    this.capacity = min(maximumLength(), LONGEST);
    return true;
  }

  /** Gives all buffers back to the pool. */
  withdraw(): void {
    this.capacity = 0;
    for (let i: u32 = 0; i < this.slots; i++) {
      const p = this.packet(i);
      if (p) kill(changetype<Packet>(p));
      this.setPacket(i, 0);
      this.slot(i).offset = 0;
    }
  }

  @inline private name(index: u32, p: Packet): void {
    const slot = this.slot(index);
    slot.offset = <u32>p.data;
    slot.length = <u16>p.length;
    slot.flags = 0;
    this.setPacket(index, changetype<usize>(p));
  }

  /**
   * Takes the next packet of a ring that the host fills; `ready` is not zero. Its annotations and headers are clear.
   * @returns null when the pool has no empty buffer to leave in its place: the packet is dropped
   */
  @inline
  take(): Packet | null {
    const index = this.consumer;
    const p = changetype<Packet>(this.packet(index));
    const length = <u32>this.slot(index).length;
    const empty = makePacket(0);
    if (empty) {
      this.name(index, empty);
      p.length = min(length, this.capacity);
    }
    this.consumer = index + 1;
    return empty ? p : null;
  }

  /**
   * Adds a packet to a ring that the host empties. It must not be touched until the host has passed it; then it goes back to the pool.
   * @returns false, with nothing done, when the ring is full
   */
  @inline
  put(p: Packet): bool {
    const index = this.producer;
    if (!this.hasRoom) return false;
    const passed = this.packet(index);
    if (passed) kill(changetype<Packet>(passed));
    if (p.length > LONGEST) p.length = LONGEST;
    this.name(index, p);
    this.producer = index + 1;
    return true;
  }
}

/** A new ring of `slots` slots, a power of two. */
export function makeRing(slots: u32): Ring {
  const allocation = allocate(ringBytes(slots));
  const ring = changetype<Ring>((allocation + CACHE_LINE - 1) & ~(CACHE_LINE - 1));
  ring.slots = slots;
  ring.allocation = allocation;
  return ring;
}

/** Gives back a ring and the packets that it holds. */
export function releaseRing(ring: Ring): void {
  const allocation = ring.allocation;
  const bytes = ringBytes(ring.slots);
  ring.withdraw();
  release(allocation, bytes);
}

@inline
function ringBytes(slots: u32): usize {
  return CACHE_LINE - 1 + SLOTS + <usize>slots * (offsetof<Slot>() + sizeof<usize>());
}
