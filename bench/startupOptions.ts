/** With which means starting and size are measured. */
import type { Library } from "../src/library/library.ts";
import { type Latency, latency } from "../src/report/index.ts";

/** Bytes in a KiB. */
export const KIB = 1024;
/** Length of the frames that are sent to see something come through. */
export const FRAME = 64;
/** First rounds of anything measured in this process are not counted: the engine is still compiling our own code. */
const WARM_UP = 20;

export interface StartupOptions {
  readonly library: Library;
  readonly directory: string;
  readonly processRuns: number;
  readonly rounds: number;
  /** A real Click, to stand beside. */
  readonly click?: string | undefined;
}

/** Milliseconds that `action` takes. */
export async function timed(action: () => Promise<void> | void): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** The times of an action, again and again, when the engine has compiled what it needs. */
export async function repeat(rounds: number, action: () => Promise<void> | void): Promise<Latency> {
  const times: number[] = [];
  for (let round = -WARM_UP; round < rounds; round++) {
    const time = await timed(action);
    if (round >= 0) times.push(time);
  }
  return latency(times)!; // rounds > 0
}
