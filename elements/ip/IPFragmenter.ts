import { Element } from "../kernel/element";
import { ANNOTATION_BYTES, clone, DEFAULT_HEADROOM, kill, makePacket, Packet } from "../kernel/packet";
import { random32 } from "../kernel/random";
import { consoleText } from "../kernel/text";
import {
  hasIp4Header,
  hasWholeIp4Header,
  ip4,
  Ip4Header,
  IP4_HEADER,
  IP_DONT_FRAGMENT,
  IP_MORE_FRAGMENTS,
  IPOPT_COPIED,
  IPOPT_END,
  IPOPT_NOP,
  optionLength,
} from "../net/ip4";

/** Data of all fragments but the last one comes in units of eight bytes, RFC 791 §2.3. */
const FRAGMENT_UNIT: i32 = 8;
/** Without VERBOSE only that many refused packets are reported. */
const MOST_REPORTS: u64 = 5;

/**
 * Splits IPv4 packets that are longer than a link takes.
 *
 * A packet of at most MTU bytes passes untouched. A longer one is split as RFC 791 §3.2 says: the first fragment keeps the whole
 * header and what stands in front of it; the others start with an IP header that has only the options meant for all fragments.
 * All get the packet's annotations. A packet that must not be fragmented, or whose header leaves no room for data, goes to output 1, usually
 * towards an ICMPError; the first five are reported on the console.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  packets and fragments of at most MTU bytes
 * @output 1  packets too long that cannot be fragmented, unchanged; dropped where nothing is connected
 * @note   Differs from Click: packets that end before their header says so are dropped.
 * @see ICMPError, IPReassembler
 */
@element("1/1-2", "h/h")
export class IPFragmenter extends Element {
  /** The longest packet that may leave, IP header included; at least 8. */
  @arg("MTU unsigned positional required") mtu: u32 = 0;
  /** Obey the "don't fragment" flag. Otherwise it is cleared, and the fragments get a random identification. */
  @arg("HONOR_DF bool positional") honorDf: bool = true;
  /** Report every refused packet. */
  @arg("VERBOSE bool positional") verbose: bool = false;
  /** Room in front of the fragments that are made, at least. */
  @arg headroom: u32 = <u32>DEFAULT_HEADROOM;
  /** Packets refused. */
  @handler("r") drops: u64 = 0;
  /** Fragments made. */
  @handler("r") fragments: u64 = 0;

  push(port: i32, p: Packet): void {
    if (p.networkHeader != 0 && <i32>p.networkLength <= <i32>this.mtu) this.emit(0, p);
    else this.fragment(p);
  }

  private fragment(p: Packet): void {
    if (!hasIp4Header(p)) return kill(p);
    const ip = ip4(p);
    const dataLength = (<i32>this.mtu - <i32>ip.headerLength) & -FRAGMENT_UNIT;
    if ((ip.fragmentWord & IP_DONT_FRAGMENT && this.honorDf) || dataLength < FRAGMENT_UNIT) return this.refuse(p);
    if (!hasWholeIp4Header(p) || ip.totalLength > p.networkLength) {
      this.drops++;
      return kill(p);
    }
    const end = ip.totalLength - ip.headerLength;
    const hadMore = this.firstFragment(p, ip, dataLength);
    this.laterFragments(p, ip, dataLength, end, hadMore);
    kill(p);
  }

  private refuse(p: Packet): void {
    const ip = ip4(p);
    if (this.verbose || this.drops < MOST_REPORTS) {
      consoleText().put("IPFragmenter(").unsigned(this.mtu).put(") DF ").ipAddress(ip.source).byte(0x20).ipAddress(ip.destination)
        .put(" len=").unsigned(p.length).newline().toConsole();
    }
    this.drops++;
    this.emit(1, p);
  }

  /** Turns the packet's header into the first fragment's and emits a copy. @returns whether the packet was a fragment with others behind it */
  private firstFragment(p: Packet, ip: Ip4Header, dataLength: u32): bool {
    let word = ip.fragmentWord;
    if (word & IP_DONT_FRAGMENT) {
      // The sender need not have chosen an identification for a packet that was not to be fragmented (RFC 6864 §4.1).
      ip.identificationBE = <u16>random32();
      word &= ~IP_DONT_FRAGMENT;
    }
    const hadMore = (word & IP_MORE_FRAGMENTS) != 0;
    ip.fragmentWord = word | IP_MORE_FRAGMENTS;
    ip.totalLength = ip.headerLength + dataLength;
    ip.setChecksum();
    this.emitFront(p, <u32>(p.networkHeader - p.data) + ip.totalLength);
    return hadMore;
  }

  /** Emits a copy of the first `length` bytes. */
  private emitFront(p: Packet, length: u32): void {
    const whole = p.length;
    p.length = length;
    const front = clone(p);
    p.length = whole;
    if (!front) return;
    this.fragments++;
    this.emit(0, front);
  }

  /** @param start  first byte of data that is still to be sent  @param end  bytes of data in the packet */
  private laterFragments(p: Packet, ip: Ip4Header, start: u32, end: u32, hadMore: bool): void {
    const headerLength = IP4_HEADER + copiedOptions(ip, 0);
    const room = (this.mtu - headerLength) & -FRAGMENT_UNIT;
    for (let offset = start; offset < end; offset += room) {
      const length = min(room, end - offset);
      const q = this.makeFragment(headerLength + length);
      if (!q) continue;
      q.setNetworkHeader(q.data, headerLength);
      memory.copy(q.transportHeader, ip.address + ip.headerLength + offset, length);
      writeHeader(ip4(q), ip, headerLength, offset, hadMore || offset + length < end);
      ip4(q).totalLength = q.length;
      ip4(q).setChecksum();
      copyAnnotations(q, p);
      this.fragments++;
      this.emit(0, q);
    }
  }

  private makeFragment(length: u32): Packet | null {
    const more = max(this.headroom, <u32>DEFAULT_HEADROOM) - <u32>DEFAULT_HEADROOM;
    const q = makePacket(length + more);
    if (q) q.pull(more);
    return q;
  }
}

/** Writes the header of a later fragment, but for length and checksum. @param first  the first fragment's header, which has its "more" flag set */
function writeHeader(fragment: Ip4Header, first: Ip4Header, headerLength: u32, offset: u32, more: bool): void {
  memory.copy(fragment.address, first.address, IP4_HEADER);
  copiedOptions(first, fragment.address + IP4_HEADER);
  fragment.versionAndLength = <u8>(0x40 | (headerLength >> 2));
  const word = <u16>(<u32>first.fragmentWord + offset / FRAGMENT_UNIT);
  fragment.fragmentWord = more ? word : word & ~IP_MORE_FRAGMENTS;
}

function copyAnnotations(to: Packet, from: Packet): void {
  memory.copy(to.annotations, from.annotations, ANNOTATION_BYTES);
  to.packetType = from.packetType;
  to.timestamp = from.timestamp;
}

/**
 * Copies the options that all fragments have, filled to a multiple of four bytes, to `to`; 0 = only counts.
 * @returns their bytes
 */
function copiedOptions(ip: Ip4Header, to: usize): u32 {
  const header = ip.address;
  const end = ip.headerLength;
  let copied: u32 = 0;
  let at = IP4_HEADER;
  while (at < end) {
    const type = load<u8>(header + at);
    if (type == IPOPT_NOP) {
      at++;
      continue;
    }
    const length = type == IPOPT_END ? 0 : optionLength(header + at, end - at);
    if (length == 0) break;
    if (type & IPOPT_COPIED) {
      if (to) memory.copy(to + copied, header + at, length);
      copied += length;
    }
    at += length;
  }
  for (; copied & 3; copied++) if (to) store<u8>(to + copied, IPOPT_END);
  return copied;
}
