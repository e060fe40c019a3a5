/**
 * Receive offload in software, in Linux's words generic receive offload: segments of a TCP flow that follow each other become one long frame, which costs the
 * next network stack as much as one of them. Only what `segment` would make anew is put together: headers are equal but for what counts up, checksums are
 * right. Nothing is copied; a device sends the pieces from where they lie.
 */
import { fold } from "../elements/net/checksum";
import { IP4_HEADER, IP4_LONGEST_PACKET, IP_DONT_FRAGMENT, IP_PROTO_TCP } from "../elements/net/ip4";
import { TCP_ACK, TCP_HEADER, TCP_PSH } from "../elements/net/tcp";
import { sumFrame } from "./checksum";
import { Entry, GSO_NONE, GSO_TCP4, GSO_TCP6, NEEDS_CHECKSUM } from "./entry";
import { HIDDEN, Headers, TCP_CHECKSUM_OFFSET, TRANSPORT } from "./headers";

/** Segments in a frame at most: 45 full ones of Ethernet's 1460 bytes fill an IP packet. */
const MOST_SEGMENTS: u32 = 64;

/** Flows that are followed at a time. When two fall into one slot, the second ends the run of the first, no more. */
const RUN_SLOTS_LOG: u32 = 5;
const RUN_SLOTS: u32 = 1 << RUN_SLOTS_LOG;

/** Echo of a congestion mark, RFC 3168 §6.1: the same in all segments until the sender has answered it. */
const TCP_ECE: u8 = 0x40;
/** A header with timestamps, and how their option starts when it is laid out as RFC 7323 appendix A recommends: NOP, NOP, kind 8, 10 bytes. */
const TIMESTAMP_HEADER: u32 = TCP_HEADER + 12;
const TIMESTAMP_START: u32 = 0x0a08_0101;

/** Segments that follow each other: the headers of the first, and what would come next. */
@unmanaged
class Run extends Headers {
  /** The first segment's entry, null while there is no run, and the last one's. */
  first: Entry | null;
  last: Entry;
  segments: u32;
  /** Bytes of payload of each segment, and the sequence number behind the last. */
  segmentSize: u32;
  sequence: u32;
  /** IPv4 identification of the last segment, and by how much each one's is higher than the one before. */
  identification: u32;
  identificationStep: u32;

  open(entry: Entry): void {
    this.find(entry.data, entry.length);
    this.first = entry;
    this.last = entry;
    this.segments = 1;
    this.segmentSize = this.payloadLength;
    this.sequence = this.tcp.sequence + this.segmentSize;
    if (this.version == 4) this.identification = this.ip4.identification;
  }

  /** Whether a segment continues the run. The sums come last: they cost the most. */
  continuedBy(other: Headers): bool {
    if (this.first == null || this.segments == MOST_SEGMENTS || other.tcp.sequence != this.sequence) return false;
    const length = other.payloadLength;
    if (length > this.segmentSize || this.packetLength + length > IP4_LONGEST_PACKET) return false;
    if (!sameHeaders(this, other) || (this.version == 4 && !this.countsUpTo(other))) return false;
    return (this.segments > 1 || isIntact(this)) && isIntact(other);
  }

  /** Bytes of the IP packet so far. */
  @inline
  private get packetLength(): u32 {
    return this.payload - this.network + (this.sequence - this.tcp.sequence);
  }

  /** Whether the identification is the next one: one higher, or the same in all where it has no meaning (RFC 6864 §4.1: not to be fragmented). */
  @inline
  private countsUpTo(other: Headers): bool {
    const step = (other.ip4.identification - this.identification) & 0xffff;
    if (this.segments > 1) return step == this.identificationStep;
    return step == 1 || (step == 0 && (other.ip4.fragmentWord & IP_DONT_FRAGMENT) != 0);
  }

  append(entry: Entry, other: Headers): void {
    const length = other.payloadLength;
    entry.length = other.end;
    entry.merge = <u16>other.payload;
    this.last.next = entry;
    this.last = entry;
    this.segments++;
    this.sequence += length;
    if (this.version == 4) this.countTo(other.ip4.identification);
    const isPushed = (other.tcp.flags & TCP_PSH) != 0;
    if (isPushed) this.tcp.flags |= TCP_PSH;
    if (isPushed || length < this.segmentSize) this.close();
  }

  @inline
  private countTo(identification: u32): void {
    this.identificationStep = (identification - this.identification) & 0xffff;
    this.identification = identification;
  }

  /** Ends the run. If it is one, its headers become those of the long packet. */
  close(): void {
    const entry = this.first;
    this.first = null;
    if (entry == null || this.segments == 1) return;
    const length = this.payload - this.transport + (this.sequence - this.tcp.sequence);
    this.setTransportLength(length);
    this.tcp.checksum = fold(this.pseudoHeaderSum(length));
    entry.length = this.end;
    entry.flags = NEEDS_CHECKSUM;
    entry.gsoType = this.version == 4 ? GSO_TCP4 : GSO_TCP6;
    entry.headerLength = <u16>this.payload;
    entry.segmentSize = <u16>this.segmentSize;
    entry.checksumStart = <u16>this.transport;
    entry.checksumOffset = TCP_CHECKSUM_OFFSET;
  }
}

const runs: usize = memory.data(offsetof<Run>() * RUN_SLOTS, 8);
/** Of the frame that is looked at. */
const headers = changetype<Headers>(memory.data(offsetof<Headers>(), 8));

@inline
function runAt(slot: u32): Run {
  return changetype<Run>(runs + slot * offsetof<Run>());
}

/** The slot of a flow, found by addresses and ports: a flow has one only. The multiplier is Fibonacci hashing's, 2^64 divided by the golden ratio. */
@inline
function runOf(frame: Headers): Run {
  const network = frame.frame + frame.network;
  const ports: u64 = load<u32>(frame.frame + frame.transport);
  const addresses =
    frame.version == 4
      ? load<u64>(network, 12)
      : load<u64>(network, 8) ^ load<u64>(network, 16) ^ load<u64>(network, 24) ^ load<u64>(network, 32);
  return runAt(<u32>(((addresses ^ ports) * 0x9e37_79b9_7f4a_7c15) >> (64 - RUN_SLOTS_LOG)));
}

function closeAll(): void {
  for (let slot: u32 = 0; slot < RUN_SLOTS; slot++) runAt(slot).close();
}

/** Bits in which the values of type T at `offset` differ. */
@inline
function differ<T>(one: usize, other: usize, offset: usize): u64 {
  return <u64>(load<T>(one + offset) ^ load<T>(other + offset));
}

/** Whether all headers are equal, but for lengths, identification, sequence number, checksums and PSH. */
function sameHeaders(one: Headers, other: Headers): bool {
  if (one.network != other.network || one.payload != other.payload) return false;
  // An Ethernet header has 14, 18 or 22 bytes: three words that overlap cover each.
  const a = one.frame;
  const b = other.frame;
  const link = differ<u64>(a, b, 0) | differ<u64>(a, b, 6) | differ<u64>(a, b, one.network - 8);
  if (link != 0) return false;
  const network = one.version == 4 ? differ4(a + one.network, b + one.network) : differ6(a + one.network, b + one.network);
  return network == 0 && differTcp(a + one.transport, b + one.transport, one.payload - one.transport) == 0;
}

/** IPv4 without options: version and type of service; flags and offset; time to live and protocol; addresses. */
@inline
function differ4(one: usize, other: usize): u64 {
  return differ<u16>(one, other, 0) | differ<u32>(one, other, 6) | differ<u64>(one, other, 12);
}

/** IPv6: version, class and label; next header and hop limit; addresses. */
@inline
function differ6(one: usize, other: usize): u64 {
  const fixed = differ<u32>(one, other, 0) | differ<u16>(one, other, 6);
  const source = differ<u64>(one, other, 8) | differ<u64>(one, other, 16);
  return fixed | source | differ<u64>(one, other, 24) | differ<u64>(one, other, 32);
}

/** TCP: ports; acknowledgment; length, flags but for PSH, and window; urgent pointer; timestamps. */
@inline
function differTcp(one: usize, other: usize, headerLength: u32): u64 {
  const flagsAndWindow = differ<u32>(one, other, 12) & ~(<u64>TCP_PSH << 8);
  const fixed = differ<u32>(one, other, 0) | differ<u32>(one, other, 8) | flagsAndWindow | differ<u16>(one, other, 18);
  if (headerLength == TCP_HEADER) return fixed;
  return fixed | differ<u32>(one, other, 20) | differ<u64>(one, other, 24);
}

/** Whether the checksums are right. A long packet gets new ones: a wrong one must not become right by that. */
function isIntact(frame: Headers): bool {
  if (frame.version == 4 && frame.ip4.foldedSum != 0xffff) return false;
  const length = frame.end - frame.transport;
  return fold(sumFrame(frame.frame + frame.transport, length) + frame.pseudoHeaderSum(length)) == 0xffff;
}

/** Whether a TCP segment may be put together with others: payload, ACK, no flags that mean something for one segment only, no options but timestamps. */
@inline
function isPlainData(frame: Headers): bool {
  const tcp = frame.tcp;
  if ((tcp.flags & ~(TCP_PSH | TCP_ECE)) != TCP_ACK || frame.payloadLength == 0) return false;
  if (frame.version == 4 && frame.ip4.headerLength != IP4_HEADER) return false;
  const headerLength = tcp.headerLength;
  return headerLength == TCP_HEADER || (headerLength == TIMESTAMP_HEADER && load<u32>(tcp.address, 20) == TIMESTAMP_START);
}

/** Whether an entry is a frame of its own, with nothing left to do for a device. */
@inline
function isWhole(entry: Entry, isLast: bool): bool {
  const isContinued = !isLast && entry.at(1).merge != 0;
  return (entry.flags & NEEDS_CHECKSUM) == 0 && entry.gsoType == GSO_NONE && entry.merge == 0 && !isContinued;
}

/** @returns whether the entry now continues another one */
function join(entry: Entry, isLast: bool): bool {
  const content = headers.find(entry.data, entry.length);
  if (content == HIDDEN) closeAll();
  if (content != TRANSPORT || headers.protocol != IP_PROTO_TCP) return false;
  const run = runOf(headers);
  const isData = isWhole(entry, isLast) && isPlainData(headers);
  if (isData && run.continuedBy(headers)) {
    run.append(entry, headers);
    return true;
  }
  run.close();
  if (isData && (headers.tcp.flags & TCP_PSH) == 0) run.open(entry);
  return false;
}

/**
 * Makes long frames of the TCP segments among `count` entries that are about to be sent to a device with offloads. The first entry of each gets new headers,
 * in its frame and in the entry; those that continue it follow at once, and `merge` says how many of their bytes are headers to be left out. The order between
 * flows may change, the order within a flow does not. Entries that have something left to do are not touched. Frames are changed in place: none may be in use
 * elsewhere.
 *
 * @returns how many entries now continue another one
 */
export function coalesce(entries: Entry, count: u32): u32 {
  let joined: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const entry = entries.at(index);
    entry.next = null;
    if (index > 0 && entry.merge != 0) entries.at(index - 1).next = entry;
    else joined += u32(join(entry, index == count - 1));
  }
  closeAll();
  if (joined > 0) arrange(entries, count);
  return joined;
}

/** Sorts entries so that each is followed by what continues it, otherwise in the order in which they are. */
function arrange(entries: Entry, count: u32): void {
  let place: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    let entry: Entry | null = entries.at(index);
    if (index > 0 && entry.merge != 0) continue;
    for (; entry != null; entry = entry.next) entry.place = place++;
  }
  for (let index: u32 = 0; index < count; index++) {
    const entry = entries.at(index);
    while (entry.place != index) swap(entry, entries.at(entry.place));
  }
}

@inline
function swap(one: Entry, other: Entry): void {
  const a = changetype<usize>(one);
  const b = changetype<usize>(other);
  const low = v128.load(a);
  const high = v128.load(a, 16);
  v128.store(a, v128.load(b));
  v128.store(a, v128.load(b, 16), 16);
  v128.store(b, low);
  v128.store(b, high, 16);
}
