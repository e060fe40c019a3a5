/** Seeded random numbers (xorshift64*, Vigna 2016): the same seed gives the same run. */
import { kernel } from "./state";

/** 32 random bits. */
export function random32(): u32 {
  let x = kernel.random;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  kernel.random = x;
  return <u32>((x * 0x2545f4914f6cdd1d) >> 32);
}

/** A number from 0 to 2^31 - 1, the range of Click's `click_random()`. */
@inline
export function random31(): u32 {
  return random32() >> 1;
}

/** A number from `low` to `high`, both included, without bias that matters (multiply-shift). */
export function randomBetween(low: u32, high: u32): u32 {
  const span = <u64>high - <u64>low + 1;
  return low + <u32>((<u64>random32() * span) >> 32);
}
