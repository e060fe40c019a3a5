/**
 * Packet rings between a guest and its host, after netmap (Rizzo 2012): slots that name packet buffers, one producer, one consumer, whose indices run
 * freely and lie on cache lines of their own. The host knows the layout as numbers (src/machine/ring.ts), and trusts nothing in it.
 *
 * A ring that the guest receives from holds empty buffers; the host puts packets into them, and the guest takes each by leaving an empty buffer in its
 * place. A ring that it sends to names the buffers of packets, which stay the guest's until the host has passed them. So nothing is copied here.
 */
import { kill, makePacket, maximumLength, Packet } from "./packet";
import { allocate, kernel, release } from "./state";
import { Task } from "./task";

/** One packet: address of its data, length, and flags (none are in use yet: zero). */
@unmanaged
class Slot {
  offset: u32;
  length: u16;
  flags: u16;

  /** Names a packet's data: one store, without flags. */
  @inline name(p: Packet): void {
    store<u64>(changetype<usize>(this), <u64>p.data | (<u64>p.length << 32));
  }
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
  /** The task to wake when packets arrived, or when there is room that was wanted. */
  @inline get task(): usize { return load<usize>(this.address, CONSTANTS + 12); }
  @inline set task(value: usize) { store<usize>(this.address, value, CONSTANTS + 12); }
  /** The next ring of this guest. */
  @inline get next(): usize { return load<usize>(this.address, CONSTANTS + 16); }
  @inline set next(value: usize) { store<usize>(this.address, value, CONSTANTS + 16); }
  /** The guest receives from the ring; it waits for room in it. */
  @inline get receives(): bool { return load<bool>(this.address, CONSTANTS + 20); }
  @inline set receives(value: bool) { store<bool>(this.address, value, CONSTANTS + 20); }
  @inline get roomWanted(): bool { return load<bool>(this.address, CONSTANTS + 21); }
  @inline set roomWanted(value: bool) { store<bool>(this.address, value, CONSTANTS + 21); }

  /** Packets of a ring that the guest sends to that went back to the pool, modulo 2^32. */
  @inline get reclaimed(): u32 { return load<u32>(this.address, CONSTANTS + 24); }
  @inline set reclaimed(value: u32) { store<u32>(this.address, value, CONSTANTS + 24); }

  @inline get ready(): u32 { return this.producer - this.consumer; }
  @inline get hasRoom(): bool { return this.ready < this.slots; }

  @inline private slot(index: u32): Slot {
    return changetype<Slot>(this.address + SLOTS + <usize>(index & (this.slots - 1)) * offsetof<Slot>());
  }
  /** Where the guest's own note of the packet that a slot names stands, for a host may write to slots. */
  @inline private note(index: u32): usize {
    const slots = this.slots;
    return this.address + SLOTS + <usize>slots * offsetof<Slot>() + (<usize>(index & (slots - 1)) << 2);
  }

  /** Puts empty buffers into all slots. @returns false when the pool has not that many; the slots then stay empty */
  provide(): bool {
    for (let i: u32 = 0; i < this.slots; i++) {
      const p = makePacket(0);
      if (!p) {
        this.withdraw();
        return false;
      }
      this.slot(i).name(p);
      store<usize>(this.note(i), changetype<usize>(p));
    }
    this.capacity = min(maximumLength(), LONGEST);
    return true;
  }

  /** Gives all buffers back to the pool. */
  withdraw(): void {
    this.capacity = 0;
    for (let i: u32 = 0; i < this.slots; i++) {
      const p = load<usize>(this.note(i));
      if (p) kill(changetype<Packet>(p));
      store<usize>(this.note(i), 0);
      this.slot(i).offset = 0;
    }
  }

  /**
   * Takes the next packet of a ring that the host fills; `ready` is not zero. Its annotations and headers are clear.
   * @returns null when the pool has no empty buffer to leave in its place: the packet is dropped
   */
  @inline
  take(): Packet | null {
    const index = this.consumer;
    const slot = this.slot(index);
    const note = this.note(index);
    const p = changetype<Packet>(load<usize>(note));
    const length = <u32>slot.length;
    const empty = makePacket(0);
    if (empty) {
      slot.name(empty);
      store<usize>(note, changetype<usize>(empty));
      p.length = min(length, this.capacity);
    }
    this.consumer = index + 1;
    return empty ? p : null;
  }

  /**
   * Adds a packet to a ring that the host empties. It must not be touched until the host has passed it; then it goes back to the pool.
   * @returns slots that are free now; -1, with nothing done, when the ring was full
   */
  @inline
  put(p: Packet): i32 {
    const index = this.producer;
    const consumer = this.consumer;
    const room = <i32>(this.slots - (index - consumer));
    if (room <= 0) return -1;
    if (this.reclaimed != consumer) this.reclaim();
    if (p.length > LONGEST) p.length = LONGEST;
    this.slot(index).name(p);
    store<usize>(this.note(index), changetype<usize>(p));
    this.producer = index + 1;
    return room - 1;
  }

  /**
   * Gives the first packet that the host has passed back to the pool. One for each that is put in: the next packet that is taken finds its buffer in the cache, and the
   * ring holds no more of them than a turn has.
   */
  @inline
  private reclaim(): void {
    const note = this.note(this.reclaimed++);
    kill(changetype<Packet>(load<usize>(note)));
    store<usize>(note, 0);
  }
}

/**
 * A new ring.
 * @param slots  a power of two
 * @param task  of the element: it wakes when packets arrive in a ring that it receives from, or when there is room that it wants
 */
export function makeRing(slots: u32, task: Task, receives: bool): Ring {
  const allocation = allocate(ringBytes(slots));
  const ring = changetype<Ring>((allocation + CACHE_LINE - 1) & ~(CACHE_LINE - 1));
  ring.slots = slots;
  ring.allocation = allocation;
  ring.task = changetype<usize>(task);
  ring.receives = receives;
  ring.next = kernel.rings;
  kernel.rings = ring.address;
  return ring;
}

/** Wakes the tasks whose rings have news. */
export function lookAtRings(): void {
  for (let at = kernel.rings; at != 0; at = changetype<Ring>(at).next) {
    const ring = changetype<Ring>(at);
    if (ring.receives ? ring.ready != 0 : ring.roomWanted && ring.hasRoom) changetype<Task>(ring.task).reschedule();
  }
}

function forgetRing(ring: Ring): void {
  if (kernel.rings == ring.address) {
    kernel.rings = ring.next;
    return;
  }
  let at = kernel.rings;
  while (at != 0 && changetype<Ring>(at).next != ring.address) at = changetype<Ring>(at).next;
  if (at != 0) changetype<Ring>(at).next = ring.next;
}

/** Gives back a ring and the packets that it holds. */
export function releaseRing(ring: Ring): void {
  forgetRing(ring);
  const allocation = ring.allocation;
  const bytes = ringBytes(ring.slots);
  ring.withdraw();
  release(allocation, bytes);
}

@inline
function ringBytes(slots: u32): usize {
  return CACHE_LINE - 1 + SLOTS + <usize>slots * (offsetof<Slot>() + sizeof<usize>());
}
