/** Where the command reads and writes: the process's streams, or those of a test. */
import type { Readable, Writable } from "node:stream";

export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly output: Output;
  readonly errors: Output;
}

/** A stream that tells its width and height when it is a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

/**
 * Writes, and waits until the reader has taken it.
 *
 * @throws what the system says: EPIPE when the reader has gone
 */
export function write(output: Output, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(data, (error) => (error ? reject(error) : resolve()));
  });
}

/** Colours are for people who look at a terminal, and did not forbid them (no-color.org: a value that is not empty). */
export function hasColours(output: Output): boolean {
  return output.isTTY === true && !process.env.NO_COLOR;
}

/** Runs until the work is done, or until Ctrl-C or SIGTERM, which abort the signal; a second one ends the process. */
export async function untilInterrupted(work: (stop: AbortController) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  process.once("SIGINT", abort);
  process.once("SIGTERM", abort);
  try {
    await work(stop);
  } finally {
    process.off("SIGINT", abort);
    process.off("SIGTERM", abort);
    stop.abort();
  }
}

/** The items until the signal is aborted: what breaks off then has ended, not failed. */
export async function* untilAborted<Item>(items: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item> {
  try {
    yield* items;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
