/**
 * Records of a pcap file: 32-bit words for seconds since 1970 UTC, fraction of a second, captured length, and real length of the packet; then the
 * captured bytes (draft-ietf-opsawg-pcap).
 */

/** Bytes in front of a record's data. */
export const RECORD_HEADER: u32 = 16;

/** Nanoseconds in the unit of the fraction. */
export const MICROSECOND_FRACTION: u32 = 1000;
export const NANOSECOND_FRACTION: u32 = 1;

const SECOND: i64 = 1_000_000_000;

/**
 * Nanoseconds since 1970 of a record's time. Seconds are signed; a fraction of a second and more counts, modulo 2^32, as in Click.
 */
@inline
export function captureTime(seconds: u32, fraction: u32, unit: u32): i64 {
  return <i64>(<i32>seconds) * SECOND + <i64>(fraction * unit);
}

/** Up to this length vector steps beat `memory.copy`, which is a call out of the compiled code. */
export const SHORT: u32 = 256;

/** Copies up to SHORT bytes in steps of 64, and of 16 at the end: both sides have the room. */
@inline
export function copyShort(to: usize, from: usize, length: u32): void {
  let i: u32 = 0;
  for (; i + 64 <= length; i += 64) {
    v128.store(to + i, v128.load(from + i));
    v128.store(to + i, v128.load(from + i, 16), 16);
    v128.store(to + i, v128.load(from + i, 32), 32);
    v128.store(to + i, v128.load(from + i, 48), 48);
  }
  for (; i < length; i += 16) v128.store(to + i, v128.load(from + i));
}
