/** Messages of a dump's reader: those about the configuration go out while the element starts; those about lines wait for their place between packets. */
import { Diagnostics } from "../../src/language/index.ts";

/** Landmarks of messages that are about no line: line 0. */
const BEFORE_LINES = /:0$/;

export class DumpMessages extends Diagnostics {
  #block: Diagnostics | undefined;
  #waiting: string[] = [];

  /** Runs `work` with messages going to a block of startup messages. */
  during<T>(block: Diagnostics, work: () => T): T {
    this.#block = block;
    try {
      return work();
    } finally {
      this.#block = undefined;
    }
  }

  /** The lines that came since the last call. */
  takeLines(): readonly string[] {
    const lines = this.#waiting;
    this.#waiting = [];
    return lines;
  }

  override error(landmark: string, text: string): void {
    if (this.#block && BEFORE_LINES.test(landmark)) this.#block.error(landmark, text);
    else this.#waiting.push(`${landmark}: ${text}`);
  }

  override warning(landmark: string, text: string): void {
    if (this.#block && BEFORE_LINES.test(landmark)) this.#block.warning(landmark, text);
    else this.#waiting.push(`${landmark}: warning: ${text}`);
  }
}
