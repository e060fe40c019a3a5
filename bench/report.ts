/** The tables that `npm run bench` prints. */
import { type Column, formatNumber, formatTable, type Latency } from "../src/report/index.ts";
import { speedup, type Verdict } from "./claims.ts";
import type { Driver } from "./drivers.ts";
import type { NamedFigure } from "./figure.ts";
import type { Figure, Measurement } from "./measure.ts";

const left = (title: string): Column => ({ title, align: "left" });
const right = (title: string): Column => ({ title, align: "right" });

/** Best, median, and the short run, in nanoseconds a packet. */
function cells(figure: Figure | string | undefined): readonly string[] {
  if (figure === undefined) return ["", "", ""];
  if (typeof figure === "string") return ["failed", "", ""];
  return [figure.long.best, figure.long.median, figure.short].map(formatNumber);
}

export function measurementRow(measurement: Measurement, drivers: readonly Driver[]): readonly string[] {
  const ratio = (peer: string): string => {
    const value = speedup(measurement, peer);
    return value === undefined ? "" : formatNumber(peer === "reference" ? 1 / value : value);
  };
  return [
    measurement.path,
    String(measurement.frame),
    ...drivers.flatMap(({ name }) => cells(measurement.figures[name])),
    ratio("reference"),
    ratio("click"),
  ];
}

/** Nanoseconds a packet on every path, and below it what failed, and why. */
export function measurementTable(measurements: readonly Measurement[], drivers: readonly Driver[]): string {
  const columns = [
    left("path"),
    right("bytes"),
    ...drivers.flatMap(({ title }) => [right(title), right("median"), right("short")]),
    right("linked/C"),
    right("Click/linked"),
  ];
  const failures = measurements.flatMap(({ path, frame, figures }) =>
    Object.entries(figures).flatMap(([driver, figure]) =>
      typeof figure === "string" ? [`${path}, ${frame} B, ${driver}: ${figure}\n`] : [],
    ),
  );
  return [
    "ns/packet, source and sink included: best and median of long runs, and one short run from the start\n\n",
    formatTable(
      columns,
      measurements.map((each) => measurementRow(each, drivers)),
    ),
    ...(failures.length > 0 ? ["\nfailed:\n", ...failures] : []),
  ].join("");
}

/** @param title  of the first column */
export function figureTable(title: string, figures: readonly NamedFigure[]): string {
  const rows = figures.map(({ what, value, unit }) =>
    typeof value === "string" ? [what, "", "", "", value] : [what, ...valueCells(value), unit],
  );
  return formatTable([left(title), right("p50"), right("p99"), right("runs"), left("unit")], rows);
}

function valueCells(value: Latency | number): readonly string[] {
  if (typeof value === "number") return [formatNumber(value), "", ""];
  return [formatNumber(value.p50), formatNumber(value.p99), String(value.runs)];
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  const word = (holds: boolean | undefined): string => (holds === undefined ? "open" : holds ? "ok" : "MISSED");
  return formatTable(
    [left(""), left("claim"), left("measured")],
    verdicts.map(({ claim, measured, holds }) => [word(holds), claim, measured]),
  );
}
