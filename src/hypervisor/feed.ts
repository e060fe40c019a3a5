/** What is observed in a guest, on its way to whoever asked for it. */

import { ToolstackError } from "../domain/toolstack.ts";
import { ObservationError } from "../router/observation.ts";

/** Items that may wait for a slow reader; beyond them the source fills, and counts what it loses. */
const MOST_WAITING = 4096;

/** Where observed things come from: an observation of a router (src/router/observation.ts), for instance. */
export interface Source<T> {
  /** Whether no more will come. */
  readonly isOver: boolean;
  /** Takes what has come since the last time. @throws ObservationError */
  poll(): T[];
  /** Ends it; what has come by now is left for `poll`. */
  stop(): void;
}

/** Both begin and end with the iteration. */
export class Feed<T> {
  readonly #source: Source<T>;
  readonly #mostWaiting: number;
  #waiting: T[] = [];
  #fault: unknown;
  #ended = false;
  #news: () => void = () => undefined;

  /** @param mostWaiting  items that may wait for a slow reader */
  constructor(source: Source<T>, mostWaiting = MOST_WAITING) {
    this.#source = source;
    this.#mostWaiting = mostWaiting;
  }

  /** Takes what the guest has told since the last time. To be called after each of its runs. */
  poll(): void {
    if (this.#ended || this.#waiting.length > this.#mostWaiting) return;
    try {
      if (this.#source.isOver) this.#source.stop();
      const items = this.#source.poll();
      this.#waiting.push(...items);
      this.#ended = this.#source.isOver && items.length === 0;
      if (items.length > 0 || this.#ended) this.#news();
    } catch (error) {
      if (!(error instanceof ObservationError)) throw error;
      this.#fault = asToolstackError(error);
      this.end();
    }
  }

  /** Nothing more comes: the guest is gone, or nobody wants more. */
  end(): void {
    if (!this.#ended) this.#source.stop();
    this.#ended = true;
    this.#news();
  }

  async *items(signal: AbortSignal): AsyncGenerator<T> {
    const stop = (): void => this.end();
    signal.addEventListener("abort", stop, { once: true });
    try {
      for (;;) {
        const items = this.#waiting;
        this.#waiting = [];
        yield* items;
        if (signal.aborted || (this.#ended && this.#waiting.length === 0)) break;
        if (this.#waiting.length === 0)
          await new Promise<void>((resolve) => {
            this.#news = resolve;
          });
      }
      if (this.#fault !== undefined) throw this.#fault;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }
}

export function asToolstackError(error: ObservationError): ToolstackError {
  return new ToolstackError(error.code, error.messages);
}
