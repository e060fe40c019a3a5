/**
 * The host's end of packet rings in guest memory (elements/kernel/ring.ts). The host keeps the index that it owns and all constants, reads each slot once,
 * and checks what it read: a guest can only garble its own packets. What was wrong is counted.
 *
 * Layout, little-endian, from a multiple of 64 on: producer u32 at 0, consumer u32 at 64; slot count u32 at 128, buffer capacity u32 at 132;
 * slots of { data address u32, length u16, flags u16 } from 192 on. Indices run freely, modulo 2^32; a slot's place is its index modulo the count.
 */
import type { Guest } from "./guest.ts";

export const RING_PRODUCER = 0;
export const RING_CONSUMER = 64;
export const RING_SLOT_COUNT = 128;
export const RING_CAPACITY = 132;
export const RING_SLOTS = 192;
export const RING_SLOT_SIZE = 8;
const SLOT_LENGTH = 4;

/** More slots than anybody needs: a bound for what a guest may state. */
const MOST_SLOTS = 1 << 16;
/** A slot's length has 16 bits. */
const LONGEST_PACKET = 0xffff;

/** Memory in which a ring lies; a Guest. */
export type RingMemory = Pick<Guest, "bytes" | "view">;

/** What both ends have in common. */
abstract class HostRing {
  protected readonly memory: RingMemory;
  readonly address: number;
  readonly slots: number;
  /** The index that this end owns. */
  protected own = 0;
  #faults = 0;

  /**
   * @param address  of a ring that the guest made, before the guest ran
   * @throws RangeError when there cannot be a ring
   */
  constructor(memory: RingMemory, address: number) {
    const size = memory.bytes.length;
    if (address % 64 !== 0 || address < 0 || address + RING_SLOTS > size)
      throw new RangeError(`there is no ring at ${address}`);
    const slots = memory.view.getUint32(address + RING_SLOT_COUNT, true);
    const isPowerOfTwo = slots > 0 && (slots & (slots - 1)) === 0;
    if (!isPowerOfTwo || slots > MOST_SLOTS || address + RING_SLOTS + slots * RING_SLOT_SIZE > size)
      throw new RangeError(`the ring at ${address} cannot have ${slots} slots`);
    this.memory = memory;
    this.address = address;
    this.slots = slots;
  }

  /** Bytes that fit each buffer; 0 for a ring that the guest fills. */
  abstract readonly capacity: number;

  get index(): number {
    return this.own;
  }

  /** How often the guest wrote what makes no sense. */
  get faults(): number {
    return this.#faults;
  }

  protected fault(): void {
    this.#faults++;
  }

  protected slotAt(index: number): number {
    return this.address + RING_SLOTS + (index & (this.slots - 1)) * RING_SLOT_SIZE;
  }

  /** @returns the bytes, or undefined when they do not lie in the guest's memory; the first page, where address 0 is, holds no packets */
  protected packetBytes(offset: number, length: number): Uint8Array | undefined {
    const { bytes } = this.memory;
    if (offset === 0 || offset + length > bytes.length) {
      this.fault();
      return undefined;
    }
    return bytes.subarray(offset, offset + length);
  }
}

/** The end of a ring that the host fills, and the guest receives from. */
export class ReceiveRing extends HostRing {
  readonly #capacity: number;

  constructor(memory: RingMemory, address: number) {
    super(memory, address);
    this.#capacity = Math.min(memory.view.getUint32(address + RING_CAPACITY, true), LONGEST_PACKET);
    this.own = memory.view.getUint32(address + RING_PRODUCER, true);
  }

  /** Longest packet that fits, in bytes. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Packets that `write` would take now. */
  get room(): number {
    const consumed = this.memory.view.getUint32(this.address + RING_CONSUMER, true);
    const waiting = (this.own - consumed) >>> 0;
    return waiting > this.slots ? 0 : this.slots - waiting;
  }

  /**
   * Gives the guest a packet, cut to the ring's capacity.
   * @returns whether it was taken: false when the ring is full, or the guest named no buffer for it (a fault; the slot is passed over)
   */
  write(packet: Uint8Array): boolean {
    if (this.room === 0) return false;
    const slot = this.slotAt(this.own);
    const length = Math.min(packet.length, this.#capacity);
    const buffer = this.packetBytes(this.memory.view.getUint32(slot, true), length);
    buffer?.set(packet.length > length ? packet.subarray(0, length) : packet);
    this.memory.view.setUint32(slot + SLOT_LENGTH, buffer ? length : 0, true); // flags are zero
    this.own = (this.own + 1) >>> 0;
    this.memory.view.setUint32(this.address + RING_PRODUCER, this.own, true);
    return buffer !== undefined;
  }
}

/** The end of a ring that the guest sends to, and the host empties. */
export class TransmitRing extends HostRing {
  readonly capacity = 0;

  constructor(memory: RingMemory, address: number) {
    super(memory, address);
    this.own = memory.view.getUint32(address + RING_CONSUMER, true);
  }

  /** Packets that wait. An index that makes no sense counts as none: what it named is passed over. */
  get ready(): number {
    const produced = this.memory.view.getUint32(this.address + RING_PRODUCER, true);
    const ready = (produced - this.own) >>> 0;
    if (ready <= this.slots) return ready;
    this.fault();
    this.#moveTo(produced);
    return 0;
  }

  /**
   * Takes packets out, at most those that wait now.
   * @param take  sees each packet in guest memory, and must not keep it. @returns false when it cannot take it: the packet stays
   * @returns how many it took
   */
  read(take: (packet: Uint8Array) => boolean): number {
    let taken = 0;
    for (let left = this.ready; left > 0; left--) {
      const slot = this.slotAt(this.own);
      const { view } = this.memory;
      const packet = this.packetBytes(view.getUint32(slot, true), view.getUint16(slot + SLOT_LENGTH, true));
      if (packet) {
        if (!take(packet)) break;
        taken++;
      }
      this.#moveTo((this.own + 1) >>> 0);
    }
    return taken;
  }

  #moveTo(index: number): void {
    this.own = index;
    this.memory.view.setUint32(this.address + RING_CONSUMER, index, true);
  }
}
