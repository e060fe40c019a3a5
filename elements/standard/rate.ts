/**
 * Rates as Click's counters measure them: an exponentially weighted moving average of what came in each millisecond. A
 * fixed-point number whose scale the caller chooses; each millisecond moves it by 1/16 of its distance to the new sample.
 */
import { MILLISECOND } from "../kernel/clock";

const STABILITY_SHIFT: u64 = 4;
/** Half a step, added so that the average can reach the sample. */
const COMPENSATION: u64 = 1 << (STABILITY_SHIFT - 1);
/** After so many milliseconds without a sample the average is zero. */
const FORGOTTEN: u64 = 100;

/** Number of the millisecond that contains `time`. */
@inline
export function epochOf(time: u64): u64 {
  return time / MILLISECOND;
}

/** The average after a millisecond with `sample` (already scaled) and `idle` more without any. */
export function averaged(average: u64, sample: u64, idle: u64): u64 {
  const next = step(average, sample);
  if (idle >= FORGOTTEN) return 0;
  let result = next;
  for (let i: u64 = 0; i < idle; i++) result = step(result, 0);
  return result;
}

@inline
function step(average: u64, sample: u64): u64 {
  return average + <u64>(<i64>(sample + COMPENSATION - average) >> STABILITY_SHIFT);
}
