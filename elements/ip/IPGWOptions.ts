import { now, MILLISECOND } from "../kernel/clock";
import { Element } from "../kernel/element";
import { DROP, ICMP_PARAMPROB_ANNO, Packet } from "../kernel/packet";
import { hasWholeIp4Header, ip4, IP4_HEADER, IPOPT_END, IPOPT_NOP, IPOPT_RECORD_ROUTE, IPOPT_TIMESTAMP, optionLength } from "../net/ip4";

/** Kinds of timestamp options, RFC 791 §3.1: times alone, addresses with times, and times for the addresses that the sender listed. */
const TIMES_ONLY: u32 = 0;
const ADDRESSES_AND_TIMES: u32 = 1;
const LISTED_ADDRESSES: u32 = 3;
/** Places of the fields of an option: length, pointer (which counts from one), and of the timestamp option overflow and kind. */
const LENGTH_FIELD: u32 = 1;
const POINTER_FIELD: u32 = 2;
const OVERFLOW_FIELD: u32 = 3;
/** The overflow counter has four bits. */
const MOST_OVERFLOWS: u32 = 15;
const MILLISECONDS_A_DAY: u64 = 86_400_000;
/** What handling an option returns when it is done: an option's fault lies at one of its fields, never here. */
const DONE: u32 = 0;

/**
 * Processes the IP options that concern a router (RFC 1812 §5.2.4, RFC 791 §3.1).
 *
 * Record Route: MYADDR is stored where the option has room. Timestamp: MYADDR and the time of day in milliseconds are stored as the
 * option asks; with addresses listed by the sender, only when the next of them is MYADDR or one of OTHERADDRS. The header
 * checksum is then computed anew. All other options are left alone: source routes are not followed.
 *
 * A packet with a malformed option leaves on output 1; its parameter problem annotation says which byte is wrong, for ICMPError.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  the same packets, options processed
 * @output 1  packets with bad options; dropped where nothing is connected
 * @note   Differs from Click: packets without an IP header in them are dropped; Click stops with a failed assertion.
 * @note   Differs from Click: a timestamp option of fewer than four bytes, or a record of fewer than three, is malformed; Click works on the bytes behind it.
 * @see ICMPError
 */
@element(
  "1/1-2",
  "a/ah",
  "x/x",
  "MYADDR IPAddress positional required: this router's address, which is recorded",
  "OTHERADDRS IPAddress... positional: this router's other addresses",
)
export class IPGWOptions extends Element {
  /** This router's address. */
  @constant myAddress: u32 = 0;
  /** The router's other addresses, and how many there are; the host fills the table. */
  @constant otherAddresses: usize = 0;
  @constant otherAddressCount: u32 = 0;
  /** Packets with bad options. */
  @handler("r") drops: u64 = 0;

  route(p: Packet): i32 {
    if (!hasWholeIp4Header(p)) return DROP;
    return ip4(p).headerLength == IP4_HEADER ? 0 : this.process(p);
  }

  private process(p: Packet): i32 {
    const header = p.networkHeader;
    const end = ip4(p).headerLength;
    let changed = false;
    let at = IP4_HEADER;
    while (at < end) {
      const type = load<u8>(header + at);
      if (type == IPOPT_END) break;
      if (type == IPOPT_NOP) {
        at++;
        continue;
      }
      const length = optionLength(header + at, end - at);
      if (length == 0) return this.refuse(p, at + LENGTH_FIELD);
      if (type == IPOPT_RECORD_ROUTE || type == IPOPT_TIMESTAMP) {
        changed = true;
        const fault = type == IPOPT_TIMESTAMP ? this.timestamp(header + at, length) : this.recordRoute(header + at, length);
        if (fault != DONE) return this.refuse(p, at + fault);
      }
      at += length;
    }
    if (changed) ip4(p).setChecksum();
    return 0;
  }

  /** @returns the field at fault, or DONE */
  private recordRoute(option: usize, length: u32): u32 {
    if (length <= POINTER_FIELD) return POINTER_FIELD;
    const place = pointer(option);
    if (place >= 3 && place + 4 <= <i32>length) {
      store<u32>(option + place, this.myAddress);
      advance(option, 4);
      return DONE;
    }
    return place == <i32>length ? DONE : POINTER_FIELD;
  }

  /** @returns the field at fault, or DONE */
  private timestamp(option: usize, length: u32): u32 {
    if (length <= OVERFLOW_FIELD) return POINTER_FIELD;
    const place = pointer(option);
    const kind: u32 = load<u8>(option, OVERFLOW_FIELD) & 15;
    const time = bswap<u32>(<u32>(now() / MILLISECOND % MILLISECONDS_A_DAY));
    if (place < 4) return POINTER_FIELD;
    if (kind == TIMES_ONLY) {
      if (place + 4 > <i32>length) return overflow(option);
      store<u32>(option + place, time);
      advance(option, 4);
      return DONE;
    }
    if (kind == ADDRESSES_AND_TIMES) {
      if (place + 8 > <i32>length) return overflow(option);
      store<u32>(option + place, this.myAddress);
    } else if (kind != LISTED_ADDRESSES || place + 8 > <i32>length) return OVERFLOW_FIELD;
    else if (!this.isMine(load<u32>(option + place))) return DONE;
    store<u32>(option + place, time, 4);
    advance(option, 8);
    return DONE;
  }

  private isMine(address: u32): bool {
    if (address == this.myAddress) return true;
    for (let i: u32 = 0; i < this.otherAddressCount; i++) if (load<u32>(this.otherAddresses + (i << 2)) == address) return true;
    return false;
  }

  /** @param fault  place of the wrong byte, from the start of the header */
  private refuse(p: Packet, fault: u32): i32 {
    this.drops++;
    p.setAnno8(ICMP_PARAMPROB_ANNO, <u8>fault);
    return 1;
  }
}

/** Where the option's next entry goes, from its start; -1 for a pointer of zero. */
@inline
function pointer(option: usize): i32 {
  return <i32>load<u8>(option, POINTER_FIELD) - 1;
}

@inline
function advance(option: usize, bytes: u8): void {
  store<u8>(option, load<u8>(option, POINTER_FIELD) + bytes, POINTER_FIELD);
}

/** Counts a router that found no room. @returns the field at fault when the counter is full, or DONE */
function overflow(option: usize): u32 {
  const field = load<u8>(option, OVERFLOW_FIELD);
  if (field >> 4 == MOST_OVERFLOWS) return OVERFLOW_FIELD;
  store<u8>(option, field + 16, OVERFLOW_FIELD);
  return DONE;
}
