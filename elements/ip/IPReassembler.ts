import { now, SECOND } from "../kernel/clock";
import { Element } from "../kernel/element";
import { kill, makePacket, Packet } from "../kernel/packet";
import { allocate, release } from "../kernel/state";
import { consoleText, Text } from "../kernel/text";
import { hasWholeIp4Header, ip4, IP4_HEADER, IP4_LONGEST_PACKET, IP_MORE_FRAGMENTS, IP_OFFSET_MASK } from "../net/ip4";
import { begin, belongsTo, Chunk, extend, finish, firstChunk, insert, isWhole, nextChunk, takeFront } from "./reassembly";

/** Buckets of datagrams in the making, by identification. */
const BUCKETS: u32 = 256;
/** Bytes that a datagram in the making counts beside its data. */
const OVERHEAD: u32 = 40;
/** Seconds after which an incomplete datagram is given up, RFC 791 §3.2, and between two looks for such. */
const TIMEOUT: i64 = 30;
const INTERVAL: i64 = 10;
/** HIMEM bytes a packet that may be held: so the pool is not drained by floods of short fragments. */
const BYTES_A_PACKET: u32 = 2048;
const FEWEST_PACKETS: u32 = 16;

/**
 * Puts IPv4 fragments together.
 *
 * Fragments are kept until their datagram is whole; then it leaves, with the link header and annotations of its first fragment and the
 * timestamp of the last one that came. Datagrams of which nothing has been seen for 30 seconds are given up: what there is of them
 * leaves on output 1, at its place in the packet. The same happens to the oldest ones when all together need more than HIMEM bytes,
 * until they need less than three quarters of it. Packets that are no fragments pass untouched. Fragments with impossible lengths are dropped.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  whole IPv4 packets
 * @output 1  incomplete datagrams that were given up; dropped where nothing is connected
 * @note   Differs from Click: at most one datagram for 2 KB of HIMEM is in the making (but always up to 16); IP options of a first
 *         fragment that comes late do not damage the data; the age of a datagram counts from its latest fragment; a last fragment
 *         that ends before data that is there already is dropped as bad.
 * @see IPFragmenter, ICMPError
 */
@element("1/1-2", "a/ah")
export class IPReassembler extends Element {
  /** Bytes that datagrams in the making may need. */
  @arg("HIMEM u32") limit: u32 = 262144;
  /** A two-byte annotation that receives the length of the longest fragment; none by default. */
  @arg("MAX_MTU_ANNO anno(2)") mtuAnno: i32 = -1;

  @constant private buckets: usize = 0;
  private held: u32 = 0;
  private used: u32 = 0;
  /** Seconds: when to look for datagrams to give up. */
  private reapTime: i64 = 0;
  private fragments: u64 = 0;
  private good: u64 = 0;
  private failed: u64 = 0;
  private bad: u64 = 0;

  initialize(): void {
    this.buckets = allocate(BUCKETS << 2);
  }

  cleanup(): void {
    for (let bucket: u32 = 0; bucket < BUCKETS; bucket++) {
      let q = this.head(bucket);
      while (q != null) {
        const next = q.next;
        kill(q);
        q = next;
      }
    }
    release(this.buckets, BUCKETS << 2);
  }

  packetsHeld(): u32 {
    return max(this.limit / BYTES_A_PACKET, FEWEST_PACKETS) + 1;
  }

  push(port: i32, p: Packet): void {
    const whole = this.take(p);
    if (whole) this.emit(0, whole);
  }

  pull(port: i32): Packet | null {
    const p = this.fetch(0);
    return p ? this.take(p) : null;
  }

  /** @returns a packet that may leave: the one that came, or the datagram that it completed */
  private take(p: Packet): Packet | null {
    if (!hasWholeIp4Header(p)) {
      kill(p);
      return null;
    }
    return ip4(p).isFragment ? this.takeFragment(p) : p;
  }

  private takeFragment(p: Packet): Packet | null {
    this.fragments++;
    if (p.timestamp / <i64>SECOND == 0) p.timestamp = now();
    const time = p.timestamp / <i64>SECOND;
    if (time >= this.reapTime) this.reap(time);
    const ip = ip4(p);
    const more = (ip.fragmentWord & IP_MORE_FRAGMENTS) != 0;
    const start = <u32>(ip.fragmentWord & IP_OFFSET_MASK) << 3;
    const length = <i32>ip.totalLength - <i32>ip.headerLength;
    const end = start + length;
    const possible = length > 0 && end + ip.headerLength <= IP4_LONGEST_PACKET && !(more && (end & 7) != 0);
    if (!possible || <i32>p.transportLength < length) return this.refuse(p);
    p.take(p.transportLength - length);
    if (this.used > this.limit || this.held >= this.packetsHeld() - 1) this.reapOverfull(time);
    const bucket: u32 = ip.identificationBE & (BUCKETS - 1);
    const q = this.find(bucket, p);
    if (q) return this.join(q, bucket, p, start, end, more);
    this.makeDatagram(bucket, p, start);
    return null;
  }

  private refuse(p: Packet): Packet | null {
    this.bad++;
    kill(p);
    return null;
  }

  /** Starts a datagram with its first fragment seen. */
  private makeDatagram(bucket: u32, p: Packet, start: u32): void {
    const q = start == 0 ? p : copyAtPlace(p, start);
    if (!q) {
      kill(p);
      consoleText().put("out of memory").newline().toConsole();
      return;
    }
    if (this.mtuAnno >= 0) q.setAnno16(this.mtuAnno, <u16>p.networkLength);
    if (q !== p) kill(p);
    this.used += OVERHEAD + q.transportLength;
    this.held++;
    ip4(q).fragmentWord &= ~IP_OFFSET_MASK;
    begin(q, start);
    q.next = this.head(bucket);
    this.setHead(bucket, q);
  }

  /** Adds a fragment to its datagram. @returns the datagram when it is whole */
  private join(q: Packet, bucket: u32, p: Packet, start: u32, end: u32, more: bool): Packet | null {
    const open = (ip4(q).fragmentWord & IP_MORE_FRAGMENTS) != 0;
    const there = q.transportLength;
    if (!more && end < there) return this.refuse(p);
    const longest: u16 = this.mtuAnno < 0 ? 0 : max<u16>(q.anno16(this.mtuAnno), <u16>p.networkLength);
    if (end > there) {
      if (!open) {
        kill(p);
        return null;
      }
      if (!extend(q, start, end)) return this.giveUp(q, bucket, p);
      this.used += end - there;
    }
    insert(q, p.transportHeader, start, end);
    if (start == 0 && !takeFront(q, p)) return this.giveUp(q, bucket, p);
    if (this.mtuAnno >= 0) q.setAnno16(this.mtuAnno, longest);
    if (!more) ip4(q).fragmentWord &= ~IP_MORE_FRAGMENTS;
    q.timestamp = p.timestamp;
    kill(p);
    if (!isWhole(q)) return null;
    this.good++;
    this.unlink(bucket, q);
    finish(q);
    ip4(q).totalLength = q.networkLength;
    ip4(q).setChecksum();
    return q;
  }

  /** Drops a datagram that its buffer cannot hold. */
  private giveUp(q: Packet, bucket: u32, p: Packet): Packet | null {
    consoleText().put("out of memory").newline().toConsole();
    this.unlink(bucket, q);
    kill(q);
    kill(p);
    return null;
  }

  /** Gives up what nothing has been seen of for long. */
  private reap(time: i64): void {
    for (let bucket: u32 = 0; bucket < BUCKETS; bucket++) {
      for (let q = this.head(bucket); q != null; ) {
        const next = q.next;
        if (q.timestamp / <i64>SECOND < time - TIMEOUT) this.expel(bucket, q);
        q = next;
      }
    }
    this.reapTime = time + INTERVAL;
  }

  /** Makes room: gives up what is 10 seconds old, then 5 seconds, then anything. */
  private reapOverfull(time: i64): void {
    for (let age: i64 = 10; age >= 0; age -= 5) {
      for (let bucket: u32 = 0; bucket < BUCKETS; bucket++) {
        for (let q = this.head(bucket); q != null; ) {
          const next = q.next;
          if (age == 0 || q.timestamp / <i64>SECOND < time - age) {
            this.expel(bucket, q);
            this.failed++;
            if (this.used <= (this.limit >> 2) * 3 && this.held < this.packetsHeld() - 1) return;
          }
          q = next;
        }
      }
    }
    consoleText().put("IPReassembler: cannot free enough memory!").newline().toConsole();
  }

  private expel(bucket: u32, q: Packet): void {
    this.unlink(bucket, q);
    this.emit(1, q);
  }

  private unlink(bucket: u32, q: Packet): void {
    this.used -= OVERHEAD + q.transportLength;
    this.held--;
    if (this.head(bucket) === q) {
      this.setHead(bucket, q.next);
      return;
    }
    let before = this.head(bucket)!;
    while (before.next !== q) before = before.next!;
    before.next = q.next;
  }

  private find(bucket: u32, p: Packet): Packet | null {
    let q = this.head(bucket);
    while (q != null && !belongsTo(p, q)) q = q.next;
    return q;
  }

  @inline
  private head(bucket: u32): Packet | null {
    return changetype<Packet | null>(<usize>load<u32>(this.buckets + (bucket << 2)));
  }

  @inline
  private setHead(bucket: u32, q: Packet | null): void {
    store<u32>(this.buckets + (bucket << 2), <u32>changetype<usize>(q));
  }

  /** Counts, and for each datagram in the making its flow, its identification and the chunks of data that there are. */
  @read("dump") dump(out: Text): void {
    out.put("frags seen total:    ").unsigned(this.fragments).newline();
    out.put("good reassemblies:   ").unsigned(this.good).newline();
    out.put("failed reassemblies: ").unsigned(this.failed).newline();
    out.put("bad fragments seen:  ").unsigned(this.bad).newline();
    out.put("cached chunk data:\n");
    for (let bucket: u32 = 0; bucket < BUCKETS; bucket++) {
      let q = this.head(bucket);
      while (q != null) {
        putDatagram(out, q);
        q = q.next;
      }
    }
  }
}

/** A packet with a header of 20 bytes and the fragment's data where it belongs; null when there is none so long. */
function copyAtPlace(p: Packet, start: u32): Packet | null {
  const length = p.transportLength;
  const q = makePacket(IP4_HEADER + start + length);
  if (!q) return null;
  q.setNetworkHeader(q.data, IP4_HEADER);
  memory.copy(q.data, p.networkHeader, IP4_HEADER);
  ip4(q).versionAndLength = 0x45;
  memory.fill(q.transportHeader, 0, start);
  memory.copy(q.transportHeader + start, p.transportHeader, length);
  q.timestamp = p.timestamp;
  return q;
}

function putDatagram(out: Text, q: Packet): void {
  const ip = ip4(q);
  const ports = q.transportHeader;
  const has = q.transportLength >= 4;
  out.put(" (").ipAddress(ip.source).put(", ").unsigned(has ? bswap<u16>(load<u16>(ports)) : 0).put(", ");
  out.ipAddress(ip.destination).put(", ").unsigned(has ? bswap<u16>(load<u16>(ports, 2)) : 0).put(") ").unsigned(ip.identification);
  for (let chunk: Chunk | null = firstChunk(q); chunk != null; chunk = nextChunk(q, chunk)) {
    if (chunk.end > chunk.start) out.put(" (").unsigned(chunk.start).byte(0x2c).unsigned(chunk.end).byte(0x29);
  }
  out.newline();
}
