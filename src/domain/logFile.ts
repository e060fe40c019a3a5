/** Brings what SQLite wrote to its write-ahead log onto the disk, in a thread of the runtime instead of the one that serves packets. */
import { closeSync, fdatasync, openSync } from "node:fs";
import { promisify } from "node:util";

const synchronize = promisify(fdatasync);

export class LogFile {
  readonly #descriptor: number;
  /** Whether something was written since the running flush began. */
  #dirty = false;
  #running: Promise<void> | undefined;
  #fault: unknown;

  /** @param file  the log's; SQLite keeps writing to the same file as long as the database is open */
  constructor(file: string) {
    this.#descriptor = openSync(file, "r+");
  }

  /** @throws Error when the disk refused what was written: it may be lost */
  requireHealthy(): void {
    if (this.#fault !== undefined) throw this.#fault;
  }

  flush(): void {
    this.#dirty = true;
    this.#running ??= this.#flushAll();
  }

  async close(): Promise<void> {
    await this.#running;
    closeSync(this.#descriptor);
  }

  async #flushAll(): Promise<void> {
    try {
      while (this.#dirty) {
        this.#dirty = false;
        await synchronize(this.#descriptor);
      }
    } catch (error) {
      this.#fault = error;
    }
    this.#running = undefined;
  }
}
