/** Named figures: what is measured besides the paths, and what is claimed of it. */
import type { Latency } from "../src/report/index.ts";

export interface NamedFigure {
  readonly what: string;
  /** A text when it could not be measured, and says why. */
  readonly value: Latency | number | string;
  readonly unit: "ns" | "us" | "ms" | "s" | "KiB" | "MiB" | "times" | "Mpps" | "Gb/s" | "%" | "lost" | "";
  /** Claims; of a latency, what half of the runs stay below. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface NamedMeasurement {
  /** What is told to have failed, if it does. */
  readonly what: string;
  readonly measure: () => Promise<readonly NamedFigure[]> | readonly NamedFigure[];
}

/** Makes measurements one after the other. One that fails says why, and the others go on. */
export async function measureInTurn(measurements: readonly NamedMeasurement[]): Promise<readonly NamedFigure[]> {
  const figures: NamedFigure[] = [];
  for (const { what, measure } of measurements) {
    try {
      figures.push(...(await measure()));
    } catch (error) {
      figures.push({ what, value: `failed: ${messageOf(error)}`, unit: "" });
    }
  }
  return figures;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
