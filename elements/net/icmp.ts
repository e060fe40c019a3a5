/** ICMP, RFC 792: the header as a view over packet memory, message types and codes. */
import { Packet } from "../kernel/packet";

/** Bytes of the header, and of the shortest message that is checked: all types have these. */
export const ICMP_HEADER: u32 = 8;
/** Bytes of a timestamp message. */
export const ICMP_TIMESTAMP_MESSAGE: u32 = 20;

/** Message types: RFC 792, RFC 950, RFC 1256. */
export const ICMP_ECHO_REPLY: u8 = 0;
export const ICMP_UNREACHABLE: u8 = 3;
export const ICMP_SOURCE_QUENCH: u8 = 4;
export const ICMP_REDIRECT: u8 = 5;
export const ICMP_ECHO: u8 = 8;
export const ICMP_TIME_EXCEEDED: u8 = 11;
export const ICMP_PARAMETER_PROBLEM: u8 = 12;
export const ICMP_TIMESTAMP: u8 = 13;
export const ICMP_TIMESTAMP_REPLY: u8 = 14;
export const ICMP_INFORMATION_REQUEST: u8 = 15;
export const ICMP_INFORMATION_REPLY: u8 = 16;

/** Codes that elements treat in ways of their own. */
export const ICMP_UNREACHABLE_PROTOCOL: u8 = 2;
export const ICMP_UNREACHABLE_PORT: u8 = 3;
export const ICMP_UNREACHABLE_NEED_FRAGMENT: u8 = 4;
export const ICMP_PARAMETER_PROBLEM_AT_POINTER: u8 = 0;

/** The header; nothing is copied, nothing is checked. The last four bytes mean what the type says. */
@unmanaged
export class IcmpHeader {
  type: u8;
  code: u8;
  /** As it lies in memory. */
  checksum: u16;
  /** Echo: identifier, in memory order. Parameter problem: the pointer is its first byte. Redirect: half of the gateway's address. */
  identifierBE: u16;
  /** Echo: sequence number. Unreachable for want of fragmentation: MTU of the next hop (RFC 1191). In memory order. */
  sequenceBE: u16;

  @inline get address(): usize { return changetype<usize>(this); }
  /** Type and code as one word in memory order, for checksums. */
  @inline get typeAndCode(): u16 { return load<u16>(this.address); }
}

/** The packet's ICMP header; its transport header must be set. */
@inline
export function icmp(p: Packet): IcmpHeader {
  return changetype<IcmpHeader>(p.transportHeader);
}

/** Bytes of a message in front of its data. */
@inline
export function icmpHeaderLength(type: u8): u32 {
  return type == ICMP_TIMESTAMP || type == ICMP_TIMESTAMP_REPLY ? ICMP_TIMESTAMP_MESSAGE : ICMP_HEADER;
}

/** Whether a message of that type reports an error, so that no error may answer it (RFC 1122 §3.2.2). */
@inline
export function isIcmpErrorType(type: u8): bool {
  return (
    type == ICMP_UNREACHABLE ||
    type == ICMP_SOURCE_QUENCH ||
    type == ICMP_REDIRECT ||
    type == ICMP_TIME_EXCEEDED ||
    type == ICMP_PARAMETER_PROBLEM
  );
}
