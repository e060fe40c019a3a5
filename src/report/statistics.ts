/** What is told of repeated measurements. */

/** Of runs of the same thing: noise only ever adds, so the best says what the code can do, the median what one gets. */
export interface Summary {
  readonly best: number;
  readonly median: number;
  readonly runs: number;
}

/** @returns undefined when there are no values */
export function summarize(values: readonly number[]): Summary | undefined {
  if (values.length === 0) return undefined;
  return { best: Math.min(...values), median: percentile(values, 50), runs: values.length };
}

/** Of latencies: what half of the runs and what all but one in a hundred stay below. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly runs: number;
}

/** @returns undefined when there are no values */
export function latency(values: readonly number[]): Latency | undefined {
  if (values.length === 0) return undefined;
  return { p50: percentile(values, 50), p99: percentile(values, 99), runs: values.length };
}

/**
 * The smallest of the values that at least `percent` of them do not exceed (the nearest-rank method): always one that was measured.
 *
 * @throws RangeError when there are no values, or `percent` is not above 0 and at most 100
 */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new RangeError("no values");
  if (!(percent > 0 && percent <= 100)) throw new RangeError(`${percent} is not a percentage`);
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[rank - 1]!; // 1 <= rank <= length
}
