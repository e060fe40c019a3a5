/** How measurements are told: statistics and tables, for the benchmarks and the demo. */

export { type Latency, latency, percentile, type Summary, summarize } from "./statistics.ts";
export { type Column, formatNumber, formatTable } from "./table.ts";
