/**
 * Packets. Each has a buffer of its own: this header, then room for the data. Nothing is shared: a clone is a copy, so an
 * element may always write to the packet that it was given.
 */
import { noteClone, noteKill } from "./observe";
import { kernel } from "./state";

/** What `route` returns instead of an output port: drop the packet, or keep it (the element took it). */
export const DROP: i32 = -1;
export const HELD: i32 = -2;

/** Bytes of the packet header at the start of each buffer; data never starts before. */
export const PACKET_HEADER: usize = 96;
/**
 * Room in front of a new packet's data, enough for several encapsulations. Data starts two bytes behind a 16-byte boundary (NET_IP_ALIGN in
 * Linux), so that what follows an Ethernet header lies on one, and Ethernet and IP header share a cache line.
 */
export const DEFAULT_HEADROOM: usize = 98;
/** Bytes from the 16-byte boundary to the start of a new packet's data. */
export const DATA_ALIGNMENT: usize = 2;
/** Bytes of Click's annotation area. */
export const ANNOTATION_BYTES: usize = 48;

/** Link-level packet types, numbered as in Linux's if_packet.h. */
export const PACKET_HOST: u8 = 0;
export const PACKET_BROADCAST: u8 = 1;
export const PACKET_MULTICAST: u8 = 2;
export const PACKET_OTHERHOST: u8 = 3;
export const PACKET_OUTGOING: u8 = 4;

/** Offsets in the annotation area; they overlap on purpose, as in Click. */
export const DST_IP_ANNO: u32 = 0;
export const PAINT_ANNO: u32 = 16;
export const ICMP_PARAMPROB_ANNO: u32 = 17;
export const FIX_IP_SRC_ANNO: u32 = 19;
export const VLAN_TCI_ANNO: u32 = 20;
export const AGGREGATE_ANNO: u32 = 20;
export const EXTRA_PACKETS_ANNO: u32 = 24;
export const EXTRA_LENGTH_ANNO: u32 = 28;
export const FIRST_TIMESTAMP_ANNO: u32 = 32;
export const PACKET_NUMBER_ANNO: u32 = 32;
export const SEQUENCE_NUMBER_ANNO: u32 = 36;
export const PERFCTR_ANNO: u32 = 40;

@unmanaged
export class Packet {
  /** Address and number of the data bytes. */
  data: usize;
  length: u32;
  /** Addresses of the headers; 0 = not known. They may lie before `data` (stripped) . */
  networkHeader: usize;
  transportHeader: usize;
  macHeader: usize;
  packetType: u8;
  /** What a trace knows of the packet (observe.ts): its last record said that the element kept it; which trace it was; further down, the packet's number and who has it. */
  traceKept: bool;
  traceEpoch: u16;
  /** Nanoseconds since 1970 UTC; 0 = none. */
  timestamp: i64;
  /** The next packet of the list that this one is in: the pool's, or that of the element which keeps it. */
  next: Packet | null;
  traceNumber: u32;
  private annotation0: u64;
  private annotation8: u64;
  private annotation16: u64;
  private annotation24: u64;
  private annotation32: u64;
  private annotation40: u64;
  traceHolder: usize;
  private reserved: u32;

  @inline get buffer(): usize { return changetype<usize>(this) + PACKET_HEADER; }
  @inline get bufferEnd(): usize { return changetype<usize>(this) + kernel.bufferStride; }
  @inline get end(): usize { return this.data + this.length; }
  @inline get headroom(): u32 { return <u32>(this.data - this.buffer); }
  @inline get tailroom(): u32 { return <u32>(this.bufferEnd - this.end); }

  @inline get annotations(): usize { return changetype<usize>(this) + offsetof<Packet>("annotation0"); }
  /** Annotation bytes by offset; the caller keeps offset + size within 48. */
  @inline anno8(offset: u32): u8 { return load<u8>(this.annotations + offset); }
  @inline setAnno8(offset: u32, value: u8): void { store<u8>(this.annotations + offset, value); }
  @inline anno16(offset: u32): u16 { return load<u16>(this.annotations + offset); }
  @inline setAnno16(offset: u32, value: u16): void { store<u16>(this.annotations + offset, value); }
  @inline anno32(offset: u32): u32 { return load<u32>(this.annotations + offset); }
  @inline setAnno32(offset: u32, value: u32): void { store<u32>(this.annotations + offset, value); }
  @inline anno64(offset: u32): u64 { return load<u64>(this.annotations + offset); }
  @inline setAnno64(offset: u32, value: u64): void { store<u64>(this.annotations + offset, value); }

  /** Destination for the next hop, network byte order in memory (as all IPv4 addresses here). */
  @inline get destinationAnno(): u32 { return this.anno32(DST_IP_ANNO); }
  @inline set destinationAnno(address: u32) { this.setAnno32(DST_IP_ANNO, address); }
  @inline get paint(): u8 { return this.anno8(PAINT_ANNO); }
  @inline set paint(color: u8) { this.setAnno8(PAINT_ANNO, color); }

  /** Bytes from the network header to the end of the packet. */
  @inline get networkLength(): u32 { return <u32>(this.end - this.networkHeader); }
  @inline get networkHeaderLength(): u32 { return <u32>(this.transportHeader - this.networkHeader); }
  /** Bytes from the transport header to the end of the packet. */
  @inline get transportLength(): u32 { return <u32>(this.end - this.transportHeader); }

  @inline setNetworkHeader(address: usize, headerLength: u32): void {
    this.networkHeader = address;
    this.transportHeader = address + headerLength;
  }
  @inline clearHeaders(): void {
    this.macHeader = 0;
    this.networkHeader = 0;
    this.transportHeader = 0;
  }
  /** Forgets headers, timestamp and annotations. */
  @inline clear(): void {
    // Headers and packet type lie together.
    v128.store(changetype<usize>(this) + offsetof<Packet>("networkHeader"), i64x2.splat(0));
    this.timestamp = 0;
    const at = this.annotations;
    v128.store(at, i64x2.splat(0));
    v128.store(at, i64x2.splat(0), 16);
    v128.store(at, i64x2.splat(0), 32);
  }
  clearAnnotations(): void {
    // Three vectors: `memory.fill` is a call out of compiled code, 2 to 3 ns a packet more.
    const at = this.annotations;
    const zero = i64x2.splat(0);
    v128.store(at, zero);
    v128.store(at, zero, 16);
    v128.store(at, zero, 32);
    this.packetType = PACKET_HOST;
    this.timestamp = 0;
  }

  /** Removes `n` bytes from the front; the caller has checked that they are there. */
  @inline pull(n: u32): void {
    this.data += n;
    this.length -= n;
  }
  /** Removes `n` bytes from the end; the caller has checked that they are there. */
  @inline take(n: u32): void {
    this.length -= n;
  }
  /**
   * Makes room for `n` bytes at the front. Their content is undefined.
   * @returns false, with the packet unchanged, when the buffer has not that much room.
   */
  @inline push(n: u32): bool {
    if (n > this.headroom) return this.pushShifted(n);
    this.data -= n;
    this.length += n;
    return true;
  }
  /** The slow half of `push`: moves the data towards the end of the buffer first. */
  private pushShifted(n: u32): bool {
    const missing = n - this.headroom;
    if (missing > this.tailroom) return false;
    const from = this.data;
    memory.copy(from + missing, from, this.length);
    if (this.networkHeader) this.networkHeader += missing;
    if (this.transportHeader) this.transportHeader += missing;
    if (this.macHeader) this.macHeader += missing;
    this.data = from + missing - n;
    this.length += n;
    return true;
  }
  /**
   * Makes room for `n` bytes at the end. Their content is undefined.
   * @returns false, with the packet unchanged, when the buffer has not that much room.
   */
  put(n: u32): bool {
    if (n > this.tailroom) {
      const missing = n - this.tailroom;
      if (missing > this.headroom) return false;
      this.shiftDown(missing);
    }
    this.length += n;
    return true;
  }
  /** Moves the data by `n` bytes towards the start of the buffer; the caller has checked the headroom. */
  shiftDown(n: u32): void {
    memory.copy(this.data - n, this.data, this.length);
    this.data -= n;
    if (this.networkHeader) this.networkHeader -= n;
    if (this.transportHeader) this.transportHeader -= n;
    if (this.macHeader) this.macHeader -= n;
  }
}

/** Adds `count` buffers of `stride` bytes (a multiple of 64) to the pool. Called by the host before the guest runs. */
export function addPackets(count: u32, stride: u32): void {
  while (kernel.freshPackets != kernel.freshPacketsEnd) {
    const rest = changetype<Packet>(kernel.freshPackets);
    kernel.freshPackets += kernel.bufferStride;
    rest.next = changetype<Packet | null>(kernel.freePackets);
    kernel.freePackets = changetype<usize>(rest);
  }
  kernel.bufferStride = stride;
  kernel.freshPackets = (poolMemory(<usize>count * stride + PAGE - 1) + PAGE - 1) & ~(PAGE - 1);
  kernel.freshPacketsEnd = kernel.freshPackets + <usize>count * stride;
  kernel.packets += count;
  kernel.packetsFree += count;
}

/**
 * The pool starts on a page of the processor: the header of its first packets, which a quiet guest uses again and again, then lies within one. Where it crossed into
 * the next, a packet cost 5 ns more.
 */
const PAGE: usize = 4096;

/** The heap's blocks are smaller than 1 GiB (AssemblyScript's rt/tlsf.ts, BLOCK_MAXSIZE); it goes on behind memory that others have added. */
const LARGEST_HEAP_BLOCK: usize = 1 << 29;

function poolMemory(bytes: usize): usize {
  if (bytes <= LARGEST_HEAP_BLOCK) return heap.alloc(bytes);
  const firstPage = memory.grow(<i32>((bytes + 0xffff) >>> 16));
  if (firstPage < 0) abort("no memory for the packet pool");
  return <usize>firstPage << 16;
}

/** A buffer from the pool, its header not initialized; null when the pool is dry. */
@inline
function takeBuffer(): Packet | null {
  const head = kernel.freePackets;
  if (head == 0) return takeFreshBuffer();
  const p = changetype<Packet>(head);
  kernel.freePackets = changetype<usize>(p.next);
  kernel.packetsFree--;
  return p;
}

function takeFreshBuffer(): Packet | null {
  const fresh = kernel.freshPackets;
  if (fresh == kernel.freshPacketsEnd) {
    kernel.packetsRefused++;
    return null;
  }
  kernel.freshPackets = fresh + kernel.bufferStride;
  kernel.packetsFree--;
  return changetype<Packet>(fresh);
}

/** Longest packet that fits behind the default headroom. */
@inline
export function maximumLength(): u32 {
  return kernel.bufferStride - <u32>(PACKET_HEADER + DEFAULT_HEADROOM);
}

/**
 * A new packet of `length` bytes, content undefined, annotations and headers cleared.
 * @returns null when the pool is dry or `length` does not fit a buffer.
 */
export function makePacket(length: u32): Packet | null {
  if (length > maximumLength()) return null;
  const p = takeBuffer();
  if (!p) return null;
  p.data = p.buffer + DEFAULT_HEADROOM;
  p.length = length;
  p.clear();
  return p;
}

/** Returns a packet to the pool. */
@inline
export function kill(p: Packet): void {
  if (kernel.trace) noteKill(p);
  p.next = changetype<Packet | null>(kernel.freePackets);
  kernel.freePackets = changetype<usize>(p);
  kernel.packetsFree++;
}

/** An independent copy with all annotations; null when the pool is dry. */
export function clone(p: Packet): Packet | null {
  const copy = takeBuffer();
  if (!copy) return null;
  memory.copy(changetype<usize>(copy), changetype<usize>(p), PACKET_HEADER);
  const distance = changetype<usize>(copy) - changetype<usize>(p);
  copy.data += distance;
  if (copy.networkHeader) copy.networkHeader += distance;
  if (copy.transportHeader) copy.transportHeader += distance;
  if (copy.macHeader) copy.macHeader += distance;
  memory.copy(copy.data, p.data, p.length);
  if (kernel.trace) noteClone(copy);
  return copy;
}
