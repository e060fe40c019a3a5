/** Files to write captures to: regular files, and compressed ones. */
import { closeSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { openCommandPipe } from "./fifo.ts";

/** By the ending of the file's name. */
const COMPRESSORS: readonly (readonly [string, string])[] = [
  [".Z", "compress"],
  [".gz", "gzip"],
  [".bz2", "bzip2"],
];
/** Milliseconds until a pipe that does not block and is full is tried again. */
const NAP = 1;

/** Open outputs by file and form. */
const outputs = new Map<string, CaptureOutput>();

export class CaptureOutput {
  readonly #fd: number;
  readonly #key: string;
  #users = 1;
  #begun = false;

  private constructor(fd: number, key: string) {
    this.#fd = fd;
    this.#key = key;
    outputs.set(key, this);
  }

  /**
   * Makes the file, or empties it; or goes on with it, where it is open in the same form already: when an element is replaced by one with other
   * arguments, the old one has still something to write.
   * @param form  what all writers of a file must agree on
   * @throws system errors
   */
  static open(name: string, form: string): CaptureOutput {
    const key = `${form} ${path.resolve(name)}`;
    const open = outputs.get(key);
    if (open) {
      open.#users++;
      return open;
    }
    const compressor = COMPRESSORS.find(([ending]) => name.endsWith(ending))?.[1];
    let fd = openSync(name, "w");
    if (compressor !== undefined) {
      closeSync(fd); // it was opened because the shell's complaint would come too late
      fd = openCommandPipe(`${compressor} >"$1"`, name, "w");
    }
    return new CaptureOutput(fd, key);
  }

  /**
   * Writes the file's header, unless it is written already.
   * @throws system errors
   */
  begin(header: Uint8Array): void {
    if (this.#begun) return;
    this.#begun = true;
    this.write(header);
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

  /**
   * Closes the file when nobody else has it open.
   * @throws system errors: the last bytes may not have reached the disk
   */
  close(): void {
    if (--this.#users > 0) return;
    outputs.delete(this.#key);
    closeSync(this.#fd);
  }
}

const NAP_WORD = new Int32Array(new SharedArrayBuffer(4));
