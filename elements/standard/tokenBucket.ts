/**
 * Token buckets, in Click's arithmetic: a tick is a millisecond, and what the bucket holds is a 32-bit fraction of its capacity, so that
 * counts under simulated time are the same.
 */
import { MILLISECOND, now } from "../kernel/clock";

/** Fullness of a full bucket, and the longest time in ticks. */
const FULL: u32 = u32.MAX_VALUE;
const TICKS_PER_SECOND: u32 = 1000;

/** Tokens that a bucket of bytes must contain before a packet goes on: more than any packet has, so that the bucket always can pay. */
export const BYTE_THRESHOLD: u32 = 131072;

export class TokenBucket {
  /** What one token is in units of fullness. */
  private scale: u32 = 1;
  /** Units that flow in each tick; 0 = never any. */
  private perTick: u32 = 0;
  private ticksUntilFull: u32 = FULL;
  private fullness: u32 = 0;
  /** The tick up to which tokens have flowed in. */
  private tick: u32 = 0;

  /** Sets the rate in tokens a second, and the most tokens it holds; what is in it keeps its fraction. */
  assign(rate: u32, capacity: u32): void {
    const limited = capacity == 0 ? 0 : rate;
    let room = capacity == 0 ? FULL : capacity;
    if (limited != 0) room = max(room, (limited - 1) / TICKS_PER_SECOND + 1);
    this.scale = FULL / room;
    if (limited == 0) {
      this.perTick = 0;
      this.ticksUntilFull = FULL;
    } else {
      this.perTick = max<u32>(<u32>((<u64>limited * this.scale) / TICKS_PER_SECOND), 1);
      this.ticksUntilFull = (FULL - 1) / this.perTick + 1;
    }
  }

  /** As `assign`; what is in it keeps its number of tokens. */
  assignKeepingTokens(rate: u32, capacity: u32): void {
    const before = this.scale;
    this.assign(rate, capacity);
    if (this.scale != before) this.fullness = <u32>min<u64>((<u64>this.fullness * this.scale) / before, FULL);
  }

  /** The rate, as far as it could be kept. */
  get rate(): u32 {
    const units = <u64>this.perTick * TICKS_PER_SECOND + this.perTick / 2;
    return <u32>min<u64>(units / this.scale, FULL);
  }

  /** Lets in the tokens of the time since the last call. */
  refill(): void {
    const tick = <u32>(now() / MILLISECOND);
    const passed: u32 = this.tick <= tick ? tick - this.tick : 0;
    if (passed >= this.ticksUntilFull) this.fullness = FULL;
    else if (passed != 0) {
      const filled = this.fullness + passed * this.perTick;
      this.fullness = filled < this.fullness ? FULL : filled;
    }
    this.tick = tick;
  }

  /** Makes it hold exactly `tokens`, or as many as it can. */
  set(tokens: u32): void {
    this.fullness = <u32>min<u64>(<u64>tokens * this.scale, FULL);
  }

  @inline
  contains(tokens: u32): bool {
    return <u64>tokens * this.scale <= <u64>this.fullness;
  }

  /** Takes `tokens` out, or all it has. */
  @inline
  remove(tokens: u32): void {
    const units = <u64>tokens * this.scale;
    this.fullness = units < <u64>this.fullness ? this.fullness - <u32>units : 0;
  }

  /** Takes `tokens` out if it has them. */
  @inline
  removeIf(tokens: u32): bool {
    if (!this.contains(tokens)) return false;
    this.remove(tokens);
    return true;
  }

  /** Nanoseconds until it contains `tokens`. */
  timeUntilContains(tokens: u32): u64 {
    return <u64>this.ticksUntilContains(tokens) * MILLISECOND;
  }

  private ticksUntilContains(tokens: u32): u32 {
    const units = <u64>tokens * this.scale;
    if (units > <u64>FULL) return FULL;
    if (units <= <u64>this.fullness) return 0;
    return this.perTick == 0 ? FULL : (<u32>units - this.fullness - 1) / this.perTick + 1;
  }
}
