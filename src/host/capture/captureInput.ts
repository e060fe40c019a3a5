/** Files to read captures from: regular files, compressed ones, pipes, and standard input. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { isatty } from "node:tty";
import { openCommandPipe } from "./fifo.ts";

const STDIN = 0;
/** Enough to recognise compressed files. */
const SIGNATURE_LENGTH = 10;
/** Milliseconds between two looks at a descriptor that does not block and has nothing. */
const NAP = 1;

export class CaptureInput {
  readonly #fd: number;
  /** Bytes of a regular file; undefined for others. */
  readonly size: number | undefined;
  /** What is read comes when it comes, from a terminal or another program: read `stream()`, not to wait for it. */
  readonly live: boolean;
  /** Place of the next byte. */
  #position = 0;

  private constructor(fd: number, origin: "named" | "decompressor") {
    const status = fstatSync(fd);
    this.#fd = fd;
    this.size = status.isFile() ? status.size : undefined;
    this.live = origin === "named" && (status.isFIFO() || status.isSocket() || isatty(fd));
  }

  /**
   * @param name  `-` or nothing for standard input, which is taken as it is; compressed files are decompressed
   * @throws system errors, also that of the first read
   */
  static open(name: string): CaptureInput {
    if (name === "" || name === "-") return new CaptureInput(STDIN, "named");
    const fd = openSync(name, "r");
    try {
      const command = decompressor(fd);
      if (command === undefined) return new CaptureInput(fd, "named");
      closeSync(fd);
      return new CaptureInput(openCommandPipe(`${command} "$1"`, name, "r"), "decompressor");
    } catch (error) {
      closeQuietly(fd);
      throw error;
    }
  }

  get position(): number {
    return this.#position;
  }

  /** A live input as a stream of what comes from now on. */
  stream(): Readable {
    return this.#fd === STDIN ? process.stdin : new Socket({ fd: this.#fd, readable: true, writable: false });
  }

  /**
   * Fills `into` as far as the file goes; waits for data when there is none yet.
   * @returns how many bytes were read; less than asked for at the end of the file only
   * @throws system errors
   */
  read(into: Uint8Array): number {
    let done = 0;
    while (done < into.length) {
      const count = this.#readSome(into, done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  /**
   * Moves to a place of the file. What is not a regular file is read up to it.
   * @returns false when there is no way to get there
   */
  seek(position: number): boolean {
    if (position < 0 || (this.size === undefined && position < this.#position)) return false;
    if (this.size !== undefined) {
      this.#position = position;
      return true;
    }
    const ignored = new Uint8Array(1 << 16);
    while (this.#position < position) {
      if (this.read(ignored.subarray(0, position - this.#position)) === 0) break;
    }
    return true;
  }

  /** Reads a regular file without moving. */
  readAt(into: Uint8Array, position: number): number {
    return readSync(this.#fd, into, 0, into.length, position);
  }

  close(): void {
    if (this.#fd !== STDIN) closeQuietly(this.#fd);
  }

  #readSome(into: Uint8Array, offset: number): number {
    for (;;) {
      try {
        const place = this.size === undefined ? null : this.#position;
        const count = readSync(this.#fd, into, offset, into.length - offset, place);
        this.#position += count;
        return count;
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
        Atomics.wait(NAP_WORD, 0, 0, NAP);
      }
    }
  }
}

const NAP_WORD = new Int32Array(new SharedArrayBuffer(4));

function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // it was closed before, or is beyond help: nothing was written to it
  }
}

/** @returns the program that reads a compressed file, undefined for one that is not compressed (or cannot be looked into) */
function decompressor(fd: number): string | undefined {
  if (!fstatSync(fd).isFile()) return undefined;
  const start = Buffer.alloc(SIGNATURE_LENGTH);
  const length = readSync(fd, start, 0, SIGNATURE_LENGTH, 0);
  if (length >= 3 && start[0] === 0x1f && (start[1] === 0x9d || start[1] === 0x8b)) return "zcat";
  const isBzip2 =
    start.toString("latin1", 0, 3) === "BZh" && (start[4] === 0x17 || start.toString("latin1", 4) === "1AY&SY");
  return isBzip2 ? "bzcat" : undefined;
}
