/** Cuts a stream of bytes into the lines or binary records of a summary dump. */

import { readRecordLength } from "./writer.ts";

/** Longest line or record. A whole packet with every byte escaped is a quarter of it. */
const MAXIMUM_LENGTH = 1 << 20;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** What comes next in the stream. */
export type Piece =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "record"; readonly bytes: Uint8Array }
  | { readonly kind: "fault"; readonly message: string }
  | { readonly kind: "wait" }
  | { readonly kind: "end" };

const WAIT: Piece = { kind: "wait" };
const END: Piece = { kind: "end" };

export class LineSource {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Up to here there is no end of a line. */
  #searched = 0;
  #isComplete = false;
  /** Inside a line that is too long. */
  #isSkipping = false;
  #added = 0;

  /** Bytes of the stream that are behind us. */
  get position(): number {
    return this.#added - (this.#bytes.length - this.#at);
  }

  add(chunk: Uint8Array): void {
    this.#added += chunk.length;
    const rest = this.#bytes.subarray(this.#at);
    this.#searched -= this.#at;
    this.#at = 0;
    this.#bytes = rest.length === 0 ? new Uint8Array(chunk) : Buffer.concat([rest, chunk]);
  }

  /** No more bytes will come. */
  complete(): void {
    this.#isComplete = true;
  }

  /** The next line, without its end: LF, CR, or CR LF. */
  nextLine(): Piece {
    const end = this.#findLineEnd();
    if (end === undefined) return this.#unfinishedLine();
    const line = this.#bytes.subarray(this.#at, end);
    this.#moveTo(end + (this.#bytes[end] === CARRIAGE_RETURN && this.#bytes[end + 1] === LINE_FEED ? 2 : 1));
    if (!this.#isSkipping && line.length <= MAXIMUM_LENGTH)
      return { kind: "line", text: Buffer.from(line).toString("latin1") };
    this.#isSkipping = false;
    return { kind: "fault", message: "line too long" };
  }

  #findLineEnd(): number | undefined {
    for (let at = Math.max(this.#searched, this.#at); at < this.#bytes.length; at++) {
      const byte = this.#bytes[at];
      // After a CR one must see whether an LF follows.
      const isEnd =
        byte === LINE_FEED || (byte === CARRIAGE_RETURN && (at + 1 < this.#bytes.length || this.#isComplete));
      if (isEnd) return at;
      if (byte !== CARRIAGE_RETURN) this.#searched = at + 1;
    }
    return undefined;
  }

  #unfinishedLine(): Piece {
    const line = this.#bytes.subarray(this.#at);
    if (line.length > MAXIMUM_LENGTH) {
      this.#isSkipping = true;
      this.#moveTo(this.#bytes.length);
    }
    if (!this.#isComplete) return WAIT;
    const isEmpty = line.length === 0 && !this.#isSkipping;
    this.#moveTo(this.#bytes.length);
    if (isEmpty) return END;
    if (!this.#isSkipping) return { kind: "line", text: Buffer.from(line).toString("latin1") };
    this.#isSkipping = false;
    return { kind: "fault", message: "line too long" };
  }

  /** The next binary record, without its length; one that holds text as a line. A fault ends the stream. */
  nextRecord(): Piece {
    const available = this.#bytes.length - this.#at;
    if (available === 0 && this.#isComplete) return END;
    if (available < 4) return this.#isComplete ? this.#fail("truncated binary record") : WAIT;
    const { length, isText } = readRecordLength(this.#bytes, this.#at);
    if (length < 4) return this.#fail("binary record too short");
    if (length > MAXIMUM_LENGTH) return this.#fail("binary record too long");
    if (available < length) return this.#isComplete ? this.#fail("truncated binary record") : WAIT;
    const bytes = this.#bytes.slice(this.#at + 4, this.#at + length);
    this.#moveTo(this.#at + length);
    if (!isText) return { kind: "record", bytes };
    return {
      kind: "line",
      text: Buffer.from(bytes)
        .toString("latin1")
        .replace(/\0+$/, "")
        .replace(/\r?\n$/, ""),
    };
  }

  #fail(message: string): Piece {
    this.#isComplete = true;
    this.#moveTo(this.#bytes.length);
    return { kind: "fault", message };
  }

  #moveTo(at: number): void {
    this.#at = at;
    this.#searched = at;
  }
}
