/** The IP options that a router processes: Record Route and Timestamp, RFC 791 §3.1 and RFC 1812 §5.2.4. */
import { now, MILLISECOND } from "../kernel/clock";
import { Packet } from "../kernel/packet";
import { ip4, IP4_HEADER, IPOPT_END, IPOPT_NOP, IPOPT_RECORD_ROUTE, IPOPT_TIMESTAMP, optionLength } from "../net/ip4";

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
 * Processes the options of a packet whose whole header is there, and computes the checksum anew when there was one to process.
 *
 * @param mine  the address that is recorded
 * @param others  table of other addresses of this router, and how many there are
 * @returns place of the byte that is wrong, from the start of the header; 0 when all is well
 */
export function processOptions(p: Packet, mine: u32, others: usize, otherCount: u32): u32 {
  const header = p.networkHeader;
  const end = ip4(p).headerLength;
  let processed = false;
  let at = IP4_HEADER;
  while (at < end) {
    const type = load<u8>(header + at);
    if (type == IPOPT_END) break;
    if (type == IPOPT_NOP) {
      at++;
      continue;
    }
    const length = optionLength(header + at, end - at);
    if (length == 0) return at + LENGTH_FIELD;
    if (type == IPOPT_RECORD_ROUTE || type == IPOPT_TIMESTAMP) {
      processed = true;
      const fault = type == IPOPT_TIMESTAMP ? timestamp(header + at, length, mine, others, otherCount) : recordRoute(header + at, length, mine);
      if (fault != DONE) return at + fault;
    }
    at += length;
  }
  if (processed) ip4(p).setChecksum();
  return 0;
}

/** @returns the field at fault, or DONE */
function recordRoute(option: usize, length: u32, mine: u32): u32 {
  if (length <= POINTER_FIELD) return POINTER_FIELD;
  const place = pointer(option);
  if (place >= 3 && place + 4 <= <i32>length) {
    store<u32>(option + place, mine);
    advance(option, 4);
    return DONE;
  }
  return place == <i32>length ? DONE : POINTER_FIELD;
}

/** @returns the field at fault, or DONE */
function timestamp(option: usize, length: u32, mine: u32, others: usize, otherCount: u32): u32 {
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
    store<u32>(option + place, mine);
  } else if (kind != LISTED_ADDRESSES || place + 8 > <i32>length) return OVERFLOW_FIELD;
  else if (!isMine(load<u32>(option + place), mine, others, otherCount)) return DONE;
  store<u32>(option + place, time, 4);
  advance(option, 8);
  return DONE;
}

function isMine(address: u32, mine: u32, others: usize, otherCount: u32): bool {
  if (address == mine) return true;
  for (let i: u32 = 0; i < otherCount; i++) if (load<u32>(others + (i << 2)) == address) return true;
  return false;
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
