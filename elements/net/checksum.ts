/**
 * The Internet checksum, RFC 1071. Sums are taken over memory as it lies, two bytes at a time: one's complement addition does
 * not care about byte order, so checksums are loaded and stored unswapped.
 */

/**
 * Sum of the 16-bit words at `at`, not folded; an odd last byte counts as if a zero followed it.
 * Eight bytes at a time into 64 bits: the carries stay in the upper half until `fold`.
 */
export function sumBytes(at: usize, length: u32): u64 {
  let sum: u64 = 0;
  let place = at;
  const end = at + length;
  const wordsEnd = at + (length & ~7);
  for (; place < wordsEnd; place += 8) {
    const word = load<u64>(place);
    sum += (word & 0xffff_ffff) + (word >> 32);
  }
  for (; place + 1 < end; place += 2) sum += load<u16>(place);
  if (place < end) sum += load<u8>(place);
  return sum;
}

/** Folds a sum to 16 bits. */
@inline
export function fold(sum: u64): u16 {
  let folded = (sum & 0xffff_ffff) + (sum >> 32);
  folded = (folded & 0xffff) + ((folded >> 16) & 0xffff) + (folded >> 32);
  folded = (folded & 0xffff) + (folded >> 16);
  return <u16>((folded & 0xffff) + (folded >> 16));
}

/** Checksum of a block: what goes into a checksum field that was zero, and zero for a block with a right one in it. */
@inline
export function checksum(at: usize, length: u32): u16 {
  return ~fold(sumBytes(at, length));
}

/** The checksum after a 16-bit word that it covers went from `before` to `after`: RFC 1624 equation 3. */
@inline
export function updatedChecksum(old: u16, before: u16, after: u16): u16 {
  return ~fold(<u64>(old ^ 0xffff) + <u64>(before ^ 0xffff) + <u64>after);
}
