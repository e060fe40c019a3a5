/**
 * A rate of events in the arithmetic of Click's shapers: within each second, the number of events that ought to have happened by
 * now is compared with the number that did. 32-bit fixed-point, so that counts under simulated time are the same.
 */
import { MICROSECOND, now, SECOND } from "../kernel/clock";

/** Bits of fraction of the gap between two events in microseconds. */
const GAP_SHIFT: u32 = 12;
/** Highest rate, in events a second: a gap of one unit. */
const MAX_RATE: u32 = 1_000_000 << GAP_SHIFT;
/** No second has begun yet. */
const UNSET: i64 = -1;

export class GapRate {
  rate: u32 = 0;
  private gap: u32 = MAX_RATE + 1;
  /** The current second, and how many events happened in it; negative when the last one left some to catch up with. */
  private second: i64 = UNSET;
  private events: i32 = 0;

  assign(rate: u32): void {
    const bounded = min(rate, MAX_RATE);
    if (bounded == this.rate) return;
    this.rate = bounded;
    this.gap = bounded == 0 ? MAX_RATE + 1 : MAX_RATE / bounded;
    if (this.second >= 0 && bounded != 0) this.events = (scaledMicroseconds(now()) / this.gap) as i32;
  }

  /** Forgets what happened so far. */
  reset(): void {
    this.second = UNSET;
  }

  /** Whether an event is due. */
  isDue(): bool {
    const time = now();
    const scaled = scaledMicroseconds(time);
    const second = <i64>(time / SECOND);
    const needed = scaled / this.gap;
    if (this.second < 0) {
      this.second = second;
      this.events = (needed + u32(scaled - needed * this.gap > this.gap / 2)) as i32;
    } else if (second > this.second) {
      this.second = second;
      if (this.events > 0) this.events -= <i32>this.rate;
    }
    return <i32>needed >= this.events;
  }

  /** Counts `n` events. */
  @inline
  count(n: u32): void {
    this.events += n;
  }
}

/** Microseconds of the current second, times 2^GAP_SHIFT: fits 32 bits. */
@inline
function scaledMicroseconds(time: u64): u32 {
  return <u32>((time % SECOND) / MICROSECOND) << GAP_SHIFT;
}
