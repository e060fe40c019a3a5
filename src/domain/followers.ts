/** Passes items on to any number of readers, each at its own pace. */
import { ToolstackError } from "./toolstack.ts";

/** Items that wait for a reader, at most: a reader that does not read must not cost memory without end. */
const MOST_WAITING = 4096;

export class Followers<Item> {
  readonly #readers = new Set<Reader<Item>>();

  publish(item: Item): void {
    for (const reader of this.#readers) reader.put(item);
  }

  /** Readers get what waits for them, then their iteration ends. */
  end(): void {
    for (const reader of this.#readers) reader.end();
  }

  /**
   * @param signal  ends the iteration
   * @param first  items to begin with
   * @returns items from now on, not only from when they are first read; throws UNAVAILABLE when the reader falls too far behind
   */
  follow(signal: AbortSignal, first: readonly Item[] = []): AsyncIterable<Item> {
    const reader = new Reader(first, () => {
      this.#readers.delete(reader);
      signal.removeEventListener("abort", abort);
    });
    const abort = (): void => reader.abort();
    this.#readers.add(reader);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    return reader.items();
  }
}

class Reader<Item> {
  #waiting: Item[];
  #ended = false;
  #fault: ToolstackError | undefined;
  #wake = (): void => {};
  readonly #leave: () => void;

  constructor(first: readonly Item[], leave: () => void) {
    this.#waiting = [...first];
    this.#leave = leave;
  }

  put(item: Item): void {
    this.#waiting.push(item);
    if (this.#waiting.length > MOST_WAITING) {
      this.#fault = new ToolstackError("UNAVAILABLE", `the reader is more than ${MOST_WAITING} items behind`);
      this.abort();
    }
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#leave();
    this.#wake();
  }

  abort(): void {
    this.#waiting = [];
    this.end();
  }

  async *items(): AsyncGenerator<Item> {
    try {
      for (;;) {
        const items = this.#waiting;
        this.#waiting = [];
        yield* items;
        if (this.#fault) throw this.#fault;
        if (this.#waiting.length > 0) continue;
        if (this.#ended) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#leave();
    }
  }
}
