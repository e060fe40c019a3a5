/** Files to write captures to: regular files, and compressed ones. */
import { closeSync, openSync, writeSync } from "node:fs";
import { openCommandPipe } from "./fifo.ts";

/** By the ending of the file's name. */
const COMPRESSORS: readonly (readonly [string, string])[] = [
  [".Z", "compress"],
  [".gz", "gzip"],
  [".bz2", "bzip2"],
];
/** Milliseconds until a pipe that does not block and is full is tried again. */
const NAP = 1;

export class CaptureOutput {
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Makes the file, or empties it.
   * @throws system errors
   */
  static open(name: string): CaptureOutput {
    const compressor = COMPRESSORS.find(([ending]) => name.endsWith(ending))?.[1];
    if (compressor === undefined) return new CaptureOutput(openSync(name, "w"));
    closeSync(openSync(name, "w")); // the shell's own complaint would come too late
    return new CaptureOutput(openCommandPipe(`${compressor} >"$1"`, name, "w"));
  }

  /**
   * Writes all of `bytes`.
   * @throws system errors
   */
  write(bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) {
      try {
        done += writeSync(this.#fd, bytes, done);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
        Atomics.wait(NAP_WORD, 0, 0, NAP);
      }
    }
  }

  /** @throws system errors: the last bytes may not have reached the disk */
  close(): void {
    closeSync(this.#fd);
  }
}

const NAP_WORD = new Int32Array(new SharedArrayBuffer(4));
