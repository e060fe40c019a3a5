/**
 * What all queues share: a ring of packet addresses, its counts and handlers. Head and tail run freely, and a ring size that is a
 * power of two makes them places, so that a packet costs one store and one load.
 */
import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { kill, Packet } from "../kernel/packet";
import { allocate, release } from "../kernel/state";
import { consoleText, Text } from "../kernel/text";

export abstract class Storage extends Element {
  /** Packets that fit. */
  @arg("CAPACITY u32 positional") @handler("r.") capacity: u32 = 1000;

  /** Packets dropped because the queue was full. */
  @handler("r") drops: u64 = 0;
  /** Most packets that it ever held since the last reset. */
  @handler("r") highwaterLength: u32 = 0;

  /** The element's name, for its one message. */
  label: Bytes = changetype<Bytes>(0);

  /** The ring: address, places minus one, where the oldest packet is and where the next one goes. */
  ring: usize = 0;
  mask: u32 = 0;
  head: u32 = 0;
  tail: u32 = 0;

  initialize(): void {
    this.makeRing();
  }

  private makeRing(): void {
    let places: u32 = 1;
    while (places < this.capacity) places <<= 1;
    this.mask = places - 1;
    this.ring = allocate(<usize>places << 2);
  }

  /** Packets in the queue. */
  @inline
  get length(): u32 {
    return this.tail - this.head;
  }

  @inline
  private place(index: u32): usize {
    return this.ring + (<usize>(index & this.mask) << 2);
  }

  @inline
  packetAt(index: u32): Packet {
    return changetype<Packet>(<usize>load<u32>(this.place(index)));
  }

  /** Puts a packet behind the last one; the caller has checked that there is room for it. `length` is that before. */
  @inline
  append(p: Packet, length: u32): void {
    const tail = this.tail;
    store<u32>(this.place(tail), changetype<u32>(p));
    this.tail = tail + 1;
    if (length >= this.highwaterLength) this.highwaterLength = length + 1;
  }

  /** Puts a packet in front of the first one; the caller has checked that there is room for it. */
  prepend(p: Packet): void {
    this.head--;
    store<u32>(this.place(this.head), changetype<u32>(p));
    this.highwaterLength = max(this.highwaterLength, this.length);
  }

  /** Takes the first packet out; the caller has checked that there is one. */
  @inline
  removeFirst(): Packet {
    const head = this.head;
    this.head = head + 1;
    return this.packetAt(head);
  }

  /** Takes the last packet out; the caller has checked that there is one. */
  removeLast(): Packet {
    return this.packetAt(--this.tail);
  }

  /** Counts a dropped packet, and tells of the first. */
  countDrop(): void {
    if (this.drops == 0 && this.capacity > 0) {
      consoleText().bytes(this.label.start, this.label.length).put(": overflow\n").toConsole();
    }
    this.drops++;
  }

  /** Sends a packet for which there was no room to output 1. */
  refuse(p: Packet): void {
    this.countDrop();
    this.emit(1, p);
  }

  /** Packets in the queue. */
  @read("length")
  readLength(out: Text): void {
    out.unsigned(this.length);
  }

  /** Sets `drops` to zero and `highwater_length` to what is in the queue now. */
  @write("reset_counts", "", "b")
  resetCounts(): void {
    this.drops = 0;
    this.highwaterLength = this.length;
  }

  /** Drops all packets. */
  @write("reset", "", "b")
  reset(): void {
    while (this.head != this.tail) this.emit(1, this.removeFirst());
    this.madeRoom();
  }

  /** Makes the ring fit a changed capacity. The packets that came first stay; those that find no room any more are killed. */
  @method
  resize(): void {
    while (this.length > this.capacity) kill(this.surplus());
    const ring = this.ring;
    const bytes = (<usize>this.mask + 1) << 2;
    const length = this.length;
    const first = this.head;
    const mask = this.mask;
    this.makeRing();
    for (let i: u32 = 0; i < length; i++) {
      store<u32>(this.ring + (<usize>i << 2), load<u32>(ring + (<usize>((first + i) & mask) << 2)));
    }
    this.head = 0;
    this.tail = length;
    release(ring, bytes);
    this.madeRoom();
  }

  /** Packets were taken out, or the capacity changed. */
  madeRoom(): void {}

  /** Takes out the packet that goes first when there are too many. */
  surplus(): Packet {
    return this.removeLast();
  }

  /** Takes over the packets of another queue, as far as there is room. */
  adopt(old: Storage): void {
    while (old.length > this.capacity) kill(old.surplus());
    while (old.head != old.tail) this.append(old.removeFirst(), this.length);
    this.highwaterLength = this.length;
  }

  packetsHeld(): u32 {
    return this.capacity;
  }

  cleanup(): void {
    while (this.head != this.tail) kill(this.removeFirst());
    release(this.ring, (<usize>this.mask + 1) << 2);
  }
}
