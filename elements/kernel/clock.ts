/** Time as elements see it: nanoseconds since 1970 UTC. */
import { kernel } from "./state";

export const SECOND: u64 = 1_000_000_000;
export const MILLISECOND: u64 = 1_000_000;
export const MICROSECOND: u64 = 1_000;

/** The current time. Under simulated time each query advances the clock by one nanosecond, as Click's does. */
@inline
export function now(): u64 {
  const time = kernel.now;
  kernel.clockRead = true;
  if (kernel.simulated) kernel.now = time + 1;
  return time;
}

/**
 * Says that an element's work waits for a moment which is nearer than timers are precise. Time stands still within a slice, so the slice ends
 * with its round. Simulated time moves by itself.
 */
@inline
export function awaitClock(): void {
  if (!kernel.simulated) kernel.clockAwaited = true;
}

/** The time of the last query, without a query: for expiry checks that must not advance simulated time. */
@inline
export function recentNow(): u64 {
  return kernel.now;
}
