/** Measures the paths: every driver in turn, run by run, so that a drift of the machine hits all alike. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Summary, summarize } from "../src/report/index.ts";
import { writePcap } from "../src/traffic/index.ts";
import { type CaptureFile, configurationText, isComplete, type Path, packetsSent } from "./configurations.ts";
import type { Driver, Run } from "./drivers.ts";
import { capture, FLOWS, flowFrames } from "./frames.ts";

/** Nanoseconds a packet of one driver on one path. */
export interface Figure {
  /** Runs that are long enough that starting and the engine's warming up do not count. */
  readonly long: Summary;
  /** The path's usual number of packets, as one short run from the start. */
  readonly short: number;
  readonly packets: number;
}

export interface Measurement {
  readonly path: string;
  readonly frame: number;
  /** By the driver's name; what failed says why. */
  readonly figures: Readonly<Record<string, Figure | string>>;
}

export interface MeasureOptions {
  readonly drivers: readonly Driver[];
  readonly repetitions: number;
  /** For configurations and captures. */
  readonly directory: string;
}

/** What a long run takes, in seconds: V8 has compiled everything well within the first tenth of it. */
const LONG_RUN = 0.6;
/** A capture is read at most so often: every pass is an element of its own. */
const LARGEST_PASSES = 24;
/** Bytes of a capture file: all stay in the page cache together. */
const CAPTURE_BYTES = 24_000_000;

/** Makes the captures as they are needed, once each. */
export class Captures {
  readonly #directory: string;
  readonly #made = new Map<string, CaptureFile>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @returns undefined when the path needs none */
  for({ source }: Path, frame: number): CaptureFile | undefined {
    if (source === "one frame") return undefined;
    const flows = source === "many flows" ? FLOWS : 1;
    const name = `${flows}-flows-${frame}.pcap`;
    const existing = this.#made.get(name);
    if (existing) return existing;
    // Whole rounds of the flows, so that passes follow each other without a seam.
    const packets = Math.max(1, Math.floor(CAPTURE_BYTES / (frame + 16) / FLOWS)) * FLOWS;
    const file = { path: path.join(this.#directory, name), packets };
    writePcap(file.path, capture(flowFrames(frame, flows), packets));
    this.#made.set(name, file);
    return file;
  }
}

export async function measurePath(
  measured: Path,
  frame: number,
  captures: Captures,
  { drivers, repetitions, directory }: MeasureOptions,
): Promise<Measurement> {
  const captureFile = captures.for(measured, frame);
  const run = async (driver: Driver, packets: number): Promise<Run | undefined> => {
    const configurationFile = path.join(directory, `${measured.name}-${frame}-${driver.name}.click`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(configurationFile, configurationText(measured, frame, packets, captureFile));
    const result = await driver.run({ path: measured, frame, packets, configurationFile });
    const sent = driver.readsCaptures ? packetsSent(packets, captureFile) : packets;
    if (!result?.ok || isComplete(measured, sent, result.packets)) return result;
    return { ok: false, why: `of ${sent} packets, ${result.packets} arrived` };
  };
  const largest = captureFile ? captureFile.packets * LARGEST_PASSES : Number.MAX_SAFE_INTEGER;
  const contestants: Contestant[] = [];
  for (const driver of drivers) contestants.push(...contestant(driver, await run(driver, measured.packets), largest));
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const each of contestants) if (each.failure === undefined) each.take(await run(each.driver, each.packets));
  }
  return {
    path: measured.name,
    frame,
    figures: Object.fromEntries(contestants.map((each) => [each.driver.name, each.figure()])),
  };
}

/** A driver on one path, and what it achieved so far. */
class Contestant {
  readonly driver: Driver;
  readonly packets: number;
  readonly #short: number;
  readonly #long: number[] = [];
  failure: string | undefined;

  constructor(driver: Driver, short: number, packets: number, failure?: string) {
    this.driver = driver;
    this.#short = short;
    this.packets = packets;
    this.failure = failure;
  }

  take(run: Run | undefined): void {
    if (run?.ok) this.#long.push(run.nanoseconds);
    else this.failure = run?.why ?? "it has no such path";
  }

  figure(): Figure | string {
    const long = summarize(this.#long);
    if (this.failure !== undefined || !long) return this.failure ?? "it was not run";
    return { long, short: this.#short, packets: this.packets };
  }
}

function contestant(driver: Driver, short: Run | undefined, largest: number): readonly Contestant[] {
  if (!short) return [];
  if (!short.ok) return [new Contestant(driver, 0, 0, short.why)];
  const packets = Math.min(Math.max(Math.round((LONG_RUN * 1e9) / short.nanoseconds), short.packets), largest);
  return [new Contestant(driver, short.nanoseconds, packets)];
}
