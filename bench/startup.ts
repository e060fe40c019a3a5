/** Start-up times and sizes: all of them, and what is claimed of them. */
import { atMost, type Verdict } from "./claims.ts";
import { coldStart } from "./coldStart.ts";
import { hotSwap } from "./hotSwap.ts";
import type { StartupFigure, StartupOptions } from "./startupFigure.ts";
import { guestMemory, imageBoot, linkTime, textToPacket, thousandRules } from "./warmStart.ts";

/** Everything about start and size. A measurement that fails says why, and the others go on. */
export async function measureStartup(options: StartupOptions): Promise<readonly StartupFigure[]> {
  const measurements = [coldStart, textToPacket, thousandRules, guestMemory, linkTime, imageBoot, hotSwap];
  const figures: StartupFigure[] = [];
  for (const measure of measurements) {
    try {
      figures.push(...(await measure(options)));
    } catch (error) {
      figures.push({ what: measure.name, value: `failed: ${messageOf(error)}`, unit: "ms" });
    }
  }
  return figures;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}

/** Judges the figures of which something is claimed; of a latency, what half of the runs stay below. */
export function judgeStartup(figures: readonly StartupFigure[]): readonly Verdict[] {
  return figures.flatMap(({ what, value, unit, limit }) =>
    limit === undefined ? [] : [atMost(what, typeof value === "object" ? value.p50 : value, limit, unit)],
  );
}
