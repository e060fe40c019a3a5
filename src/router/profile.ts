/**
 * Profiles a run by element (`click --profile`): linked code that keeps elements apart and counts their packets, under V8's sampling profiler.
 * V8 would put the elements together again: the launcher switches its inlining off (`--no-wasm-inlining`, bin/launch), which cannot be done once it runs.
 * The counting and the keeping apart cost time themselves: figures tell where time goes, not how fast the router is without them.
 */
import { Session } from "node:inspector/promises";
import { formatNumber, formatTable } from "../report/index.ts";
import type { Driver } from "./driver.ts";
import { LinkedTier } from "./linkedTier.ts";
import type { Router } from "./router.ts";

/** Microseconds between two samples: fine enough for a run of a second, coarse enough to cost little. */
const SAMPLING_INTERVAL = 200;
const COUNTER_SIZE = 8;

/** What one element did. */
export interface ElementProfile {
  readonly name: string;
  readonly className: string;
  readonly packets: bigint;
  /** Time in the element's own code. */
  readonly nanoseconds: number;
}

/** Runs a driver to its end under the profiler. @returns a row for each element, and the time spent elsewhere (kernel, host), as nanoseconds */
export async function profileRun(
  driver: Driver,
  run: () => Promise<void>,
): Promise<{ elements: ElementProfile[]; elsewhere: number }> {
  const { router } = driver;
  const counters = router.world.allocate(router.world, router.elements.length * COUNTER_SIZE);
  const tier = new LinkedTier(driver, undefined, counters);
  const session = new Session();
  session.connect();
  try {
    await tier.start("eager");
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: SAMPLING_INTERVAL });
    await session.post("Profiler.start");
    await run();
    const { profile } = await session.post("Profiler.stop");
    return account(router, counters, selfTimes(profile));
  } finally {
    session.disconnect();
    tier.close();
  }
}

/** The parts of V8's profile that are read here. */
interface SampledProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string } }[];
  readonly samples?: readonly number[] | undefined;
  readonly timeDeltas?: readonly number[] | undefined;
}

/** @returns nanoseconds by function name */
function selfTimes({ nodes, samples = [], timeDeltas = [] }: SampledProfile): Map<string, number> {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = names.get(id) ?? "";
    if (name === "(idle)" || name === "(program)") return;
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0) * 1000);
  });
  return times;
}

/** Linked functions are called `ELEMENT/METHOD`; element names may contain slashes themselves. */
function account(
  router: Router,
  counters: number,
  times: ReadonlyMap<string, number>,
): { elements: ElementProfile[]; elsewhere: number } {
  const own = new Map<string, number>();
  let elsewhere = 0;
  for (const [name, time] of times) {
    const element = name.slice(0, Math.max(name.lastIndexOf("/"), 0));
    if (router.element(element)) own.set(element, (own.get(element) ?? 0) + time);
    else elsewhere += time;
  }
  const { view } = router.world.guest;
  const elements = router.elements.map(({ name, className }, index) => ({
    name,
    className,
    packets: view.getBigUint64(counters + index * COUNTER_SIZE, true),
    nanoseconds: own.get(name) ?? 0,
  }));
  return { elements, elsewhere };
}

/** The table that `click --profile` prints: elements that had packets or took time, in the configuration's order. */
export function profileTable({
  elements,
  elsewhere,
}: {
  readonly elements: readonly ElementProfile[];
  readonly elsewhere: number;
}): string {
  const total = elements.reduce((sum, { nanoseconds }) => sum + nanoseconds, elsewhere) || 1;
  const share = (nanoseconds: number): string => `${((nanoseconds / total) * 100).toFixed(1)}%`;
  const rows = elements
    .filter(({ packets, nanoseconds }) => packets > 0n || nanoseconds > 0)
    .map(({ name, className, packets, nanoseconds }) => [
      name,
      className,
      String(packets),
      packets > 0n ? formatNumber(nanoseconds / Number(packets)) : "",
      share(nanoseconds),
    ]);
  return formatTable(
    [
      { title: "element", align: "left" },
      { title: "class", align: "left" },
      { title: "packets", align: "right" },
      { title: "ns/packet", align: "right" },
      { title: "time", align: "right" },
    ],
    [...rows, ["(kernel and host)", "", "", "", share(elsewhere)]],
  );
}
