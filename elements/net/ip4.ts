/** IPv4, RFC 791: the header as a view over packet memory, its options, and what protocols above it need for their checksums. */
import { Packet } from "../kernel/packet";
import { fold, sumBytes, updatedChecksum } from "./checksum";

/** Bytes of a header without options, and of the longest one. */
export const IP4_HEADER: u32 = 20;
export const IP4_LONGEST_HEADER: u32 = 60;
/** The longest packet: what the total length field can say. */
export const IP4_LONGEST_PACKET: u32 = 65535;

/** Protocol numbers, https://www.iana.org/assignments/protocol-numbers. */
export const IP_PROTO_ICMP: u8 = 1;
export const IP_PROTO_TCP: u8 = 6;
export const IP_PROTO_UDP: u8 = 17;

/** Flags in the fragment word, RFC 791 §3.1. */
export const IP_DONT_FRAGMENT: u16 = 0x4000;
export const IP_MORE_FRAGMENTS: u16 = 0x2000;
export const IP_OFFSET_MASK: u16 = 0x1fff;

/** The two lowest bits of the type of service, RFC 3168 §5; what is above them is the DSCP, RFC 2474 §3. */
export const ECN_MASK: u8 = 0x03;
export const ECN_NOT_CAPABLE: u8 = 0;
export const ECN_CONGESTION_EXPERIENCED: u8 = 3;

/** Option types, RFC 791 §3.1. The highest bit says that each fragment gets a copy. */
export const IPOPT_END: u8 = 0;
export const IPOPT_NOP: u8 = 1;
export const IPOPT_RECORD_ROUTE: u8 = 7;
export const IPOPT_TIMESTAMP: u8 = 68;
export const IPOPT_LOOSE_SOURCE_ROUTE: u8 = 131;
export const IPOPT_STRICT_SOURCE_ROUTE: u8 = 137;
export const IPOPT_COPIED: u8 = 0x80;

/** The header. Nothing is copied, nothing is checked here. Numbers are in host order; addresses and the checksum stay as they lie. */
@unmanaged
export class Ip4Header {
  versionAndLength: u8;
  tos: u8;
  private totalLengthBE: u16;
  /** Identification, in memory order: only compared and copied. */
  identificationBE: u16;
  /** Flags and offset, in memory order: for checksums. */
  fragmentBE: u16;
  ttl: u8;
  protocol: u8;
  checksum: u16;
  source: u32;
  destination: u32;

  @inline get address(): usize { return changetype<usize>(this); }
  @inline get version(): u32 { return this.versionAndLength >> 4; }
  /** Header length in bytes: 20 to 60 once CheckIPHeader has passed the packet, otherwise 0 to 60. */
  @inline get headerLength(): u32 { return <u32>(this.versionAndLength & 0x0f) << 2; }
  @inline get totalLength(): u32 { return bswap<u16>(this.totalLengthBE); }
  @inline set totalLength(value: u32) { this.totalLengthBE = bswap<u16>(<u16>value); }
  @inline get identification(): u32 { return bswap<u16>(this.identificationBE); }
  /** Flags and fragment offset in units of eight bytes. */
  @inline get fragmentWord(): u16 { return bswap<u16>(this.fragmentBE); }
  @inline set fragmentWord(value: u16) { this.fragmentBE = bswap<u16>(value); }
  /** Not part of anything larger, or its first part: the transport header is here. */
  @inline get isFirstFragment(): bool { return (this.fragmentBE & bswap<u16>(IP_OFFSET_MASK)) == 0; }
  @inline get isFragment(): bool { return (this.fragmentBE & bswap<u16>(IP_OFFSET_MASK | IP_MORE_FRAGMENTS)) != 0; }

  /** Sum of the header's words, folded: 0xffff when the checksum is right. The stated length must be 20 at least, and lie within the packet. */
  @inline get foldedSum(): u16 {
    const at = this.address;
    let sum = <u64>load<u32>(at) + <u64>load<u32>(at, 4) + <u64>load<u32>(at, 8) + <u64>load<u32>(at, 12) + <u64>load<u32>(at, 16);
    const length = this.headerLength;
    for (let i = IP4_HEADER; i < length; i += 4) sum += load<u32>(at + i);
    return fold(sum);
  }

  /** Sets the type of service and updates the checksum. Its word in the checksum is shared with version and header length. */
  @inline changeTos(tos: u8): void {
    const before = load<u16>(this.address);
    this.tos = tos;
    this.checksum = updatedChecksum(this.checksum, before, load<u16>(this.address));
  }

  /** Computes the checksum anew; conditions as for `foldedSum`. */
  @inline setChecksum(): void {
    this.checksum = 0;
    this.checksum = ~this.foldedSum;
  }
}

/** The packet's IPv4 header; its network header must be set. */
@inline
export function ip4(p: Packet): Ip4Header {
  return changetype<Ip4Header>(p.networkHeader);
}

/** Whether the network header is set and at least a header without options follows it within the packet. */
@inline
export function hasIp4Header(p: Packet): bool {
  return p.networkHeader != 0 && <i32>p.networkLength >= <i32>IP4_HEADER;
}

/** Whether a whole IPv4 header, with the options that it states, lies at the network header. */
@inline
export function hasWholeIp4Header(p: Packet): bool {
  return hasIp4Header(p) && ip4(p).headerLength >= IP4_HEADER && ip4(p).headerLength <= p.networkLength;
}

/** Bytes from the transport header to the end of the packet; 0 when there is no transport header, or it lies behind the end. */
@inline
export function transportBytes(p: Packet): u32 {
  return p.transportHeader != 0 && p.transportHeader < p.end ? p.transportLength : 0;
}

/** Writes a header without options but for its length, checksum and addresses; type of service zero, not a fragment. */
export function writeIp4Header(ip: Ip4Header, headerLength: u32, protocol: u8, ttl: u8): void {
  ip.versionAndLength = <u8>(0x40 | (headerLength >> 2));
  ip.tos = 0;
  ip.fragmentBE = 0;
  ip.ttl = ttl;
  ip.protocol = protocol;
  ip.checksum = 0;
}

/**
 * Checksum of a TCP or UDP segment together with its pseudo header (RFC 9293 §3.1): zero when the one within it is right.
 * @param at  the segment, within the packet
 * @param length  of the segment in bytes
 */
export function transportChecksum(ip: Ip4Header, at: usize, length: u32): u16 {
  const destination = finalDestination(ip);
  const pseudoHeader = <u64>ip.source + <u64>destination + (<u64>ip.protocol << 8) + <u64>bswap<u16>(<u16>length);
  return ~fold(sumBytes(at, length) + pseudoHeader);
}

/** Where the packet goes in the end: the last address of a source route, if there is one. It is what the pseudo header contains. */
@inline
function finalDestination(ip: Ip4Header): u32 {
  return ip.headerLength <= IP4_HEADER ? ip.destination : lastSourceRouteAddress(ip);
}

function lastSourceRouteAddress(ip: Ip4Header): u32 {
  const header = ip.address;
  const end = ip.headerLength;
  let at = IP4_HEADER;
  while (at < end) {
    const type = load<u8>(header + at);
    if (type == IPOPT_END) break;
    if (type == IPOPT_NOP) {
      at++;
      continue;
    }
    const length = optionLength(header + at, end - at);
    if (length == 0) break;
    if (isSourceRoute(type) && length >= 7) return load<u32>(header + at + length - 4);
    at += length;
  }
  return ip.destination;
}

/** Length of the option at `at`, which is neither END nor NOP; 0 when it does not fit the `room` that is left of the header. */
@inline
export function optionLength(at: usize, room: u32): u32 {
  if (room < 2) return 0;
  const length: u32 = load<u8>(at, 1);
  return length < 2 || length > room ? 0 : length;
}

@inline
export function isSourceRoute(type: u8): bool {
  return type == IPOPT_LOOSE_SOURCE_ROUTE || type == IPOPT_STRICT_SOURCE_ROUTE;
}
