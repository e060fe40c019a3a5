/** Reads IP summary dumps: bytes in, packets out. */

import { splitWords, unquote } from "../../language/argumentText.ts";
import type { Diagnostics } from "../../language/diagnostics.ts";
import { parseDottedQuad } from "../../library/arguments/addresses.ts";
import { PROTOCOLS } from "../../library/arguments/builtInNames.ts";
import type { Field } from "./field.ts";
import { parseHalf, parseWord } from "./field.ts";
import { findField } from "./fields.ts";
import { parseProtocol } from "./ipFields.ts";
import { LineSource, type Piece } from "./lineSource.ts";
import { finishPacket, repeatPacket } from "./packetBuilder.ts";
import { type FlowId, PacketDraft } from "./packetDraft.ts";
import { ANNOTATION, type SummaryRecord, writeAnnotation } from "./record.ts";
import { MAJOR_VERSION, MINOR_VERSION } from "./writer.ts";

export interface ReaderOptions {
  /** The file's name, for messages. */
  readonly file: string;
  readonly diagnostics: Diagnostics;
  /** IP protocol of lines that give none: 6, TCP, in Click. */
  readonly protocol: number;
  readonly checksums: "set" | "left";
  /** Whether a line that stands for several packets becomes several. */
  readonly packets: "repeated" | "counted";
  /** Fields of a dump without `!data`. */
  readonly fields?: string | undefined;
  /** Addresses and ports of a dump without `!flowid`: `SOURCE PORT DESTINATION PORT [PROTOCOL]`. */
  readonly flow?: string | undefined;
}

/** A field of the dump at hand; undefined for a column of an unknown kind. */
type Column = Field | undefined;

/** Lines before the first packet that show that a dump without a banner is one. */
const DUMP_START = /^!(?:creator|data|contents|proto|flowid)/;

const IP_PROTOCOL_LIMIT = 256;

export class SummaryReader {
  readonly #options: ReaderOptions;
  readonly #source = new LineSource();
  #form: "text" | "binary" = "text";
  #lineNumber = 0;
  #columns: readonly Column[] = [];
  /** Positions of the columns in the order in which they are put into packets. */
  #order: readonly number[] = [];
  #protocol: number;
  #flow: FlowId | undefined;
  #aggregate: number | undefined;
  #minorVersion = MINOR_VERSION;
  #hasComplained = false;
  #repeats: Iterator<SummaryRecord> | undefined;
  #isAtEnd = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#protocol = options.protocol;
    if (options.fields) this.#setColumns(splitWords(options.fields));
    if (options.flow) this.#setFlow(splitWords(options.flow));
  }

  /** Takes bytes of the dump, in any portions. */
  write(chunk: Uint8Array): void {
    this.#source.add(chunk);
  }

  /** The dump has no more bytes. */
  end(): void {
    this.#source.complete();
  }

  /** Place in the dump behind the line or record read last. */
  get position(): number {
    return this.#source.position;
  }

  /** Whether all packets have been read. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /**
   * The next packet. Faults of the dump are reported, each once, and reading goes on after them where that makes sense.
   *
   * @returns undefined at the end, or when more bytes are needed
   */
  read(): SummaryRecord | undefined {
    for (;;) {
      const repeated = this.#repeats?.next();
      if (repeated !== undefined && !repeated.done) return repeated.value;
      this.#repeats = undefined;
      const piece = this.#nextPiece();
      if (piece.kind === "wait") return undefined;
      if (piece.kind === "end") {
        this.#isAtEnd = true;
        return undefined;
      }
      const record = this.#take(piece);
      if (record === undefined) continue;
      if (this.#options.packets === "counted") return record;
      this.#repeats = repeatPacket(record);
    }
  }

  #nextPiece(): Piece {
    const piece = this.#form === "text" ? this.#source.nextLine() : this.#source.nextRecord();
    if (piece.kind === "line" && this.#form === "text" && this.#lineNumber === 0) this.#checkFirstLine(piece.text);
    if (piece.kind !== "wait" && piece.kind !== "end") this.#lineNumber++;
    return piece;
  }

  /** @returns the packet, if the piece is one */
  #take(piece: Exclude<Piece, { kind: "wait" | "end" }>): SummaryRecord | undefined {
    switch (piece.kind) {
      case "fault":
        this.#error(piece.message);
        return undefined;
      case "record":
        return this.#readRecord(piece.bytes);
      case "line":
        if (piece.text.startsWith("!")) this.#readDirective(piece.text);
        return /^[!#]/.test(piece.text) ? undefined : this.#readLine(piece.text);
    }
  }

  get #landmark(): string {
    return `${this.#options.file}:${this.#form === "binary" ? "record " : ""}${this.#lineNumber}`;
  }

  #error(text: string): void {
    this.#options.diagnostics.error(this.#landmark, text);
  }

  #warning(text: string): void {
    this.#options.diagnostics.warning(this.#landmark, text);
  }

  #checkFirstLine(line: string): void {
    if (!line.startsWith("!IPSummaryDump")) {
      const isDump = DUMP_START.test(line) || this.#columns.length > 0;
      if (!isDump) this.#warning("missing banner line; is this an IP summary dump?");
      return;
    }
    const version = /^!IPSummaryDump\s*([+-]?[0-9]{1,9})\.([+-]?[0-9]{1,9})/.exec(line);
    if (version === null) return;
    const [major, minor] = [Number(version[1]), Number(version[2])];
    if (major === MAJOR_VERSION && minor <= MINOR_VERSION) this.#minorVersion = minor;
    else this.#warning(`unexpected IPSummaryDump version ${major}.${minor}`);
  }

  #readDirective(line: string): void {
    const [name, ...words] = splitWords(line);
    if (name === "!data" || name === "!contents") this.#setColumns(words);
    if (name === "!flowid") this.#setFlow(words);
    if (name === "!proto") this.#setProtocol(words, "!proto");
    if (name === "!aggregate") this.#setAggregate(words);
    if (name === "!binary") this.#startBinary(words);
  }

  #setColumns(words: readonly string[]): void {
    this.#columns = words.map(unquote).map((name) => {
      const field = findField(name);
      if (field === undefined) this.#warning(`unknown content type '${name}'`);
      else if (field.input === undefined) this.#warning(`content type '${name}' ignored on input`);
      return field;
    });
    if (words.length === 0) this.#error("no contents specified");
    const positions = [...this.#columns.keys()].filter((index) => this.#columns[index]?.input !== undefined);
    const orderOf = (index: number) => this.#columns[index]?.input?.order ?? 0;
    this.#order = positions.sort((a, b) => orderOf(a) - orderOf(b) || a - b);
  }

  #setFlow(words: readonly string[]): void {
    const [source, sourcePort, destination, destinationPort, protocol] = words;
    const flow = {
      source: given(source, parseDottedQuad),
      sourcePort: given(sourcePort, parseHalf),
      destination: given(destination, parseDottedQuad),
      destinationPort: given(destinationPort, parseHalf),
    };
    if (!isComplete(flow)) {
      this.#error("bad !flowid specification");
      this.#flow = undefined;
      return;
    }
    if (protocol !== undefined) this.#setProtocol([protocol], "!flowid");
    this.#flow = flow;
  }

  #setProtocol(words: readonly string[], where: string): void {
    const [word = "", ...others] = words;
    const protocol = PROTOCOLS.get(word) ?? parseProtocol(word);
    if (word === "" || others.length > 0) this.#error(`bad ${where}`);
    else if (protocol === undefined || protocol >= IP_PROTOCOL_LIMIT) this.#error(`bad protocol in ${where}`);
    else this.#protocol = protocol;
  }

  #setAggregate(words: readonly string[]): void {
    const [word = "", ...others] = words;
    this.#aggregate = others.length === 0 ? parseWord(word) : undefined;
    if (this.#aggregate === undefined) this.#error("bad !aggregate specification");
  }

  /** What follows the line are binary records, and messages count these. */
  #startBinary(words: readonly string[]): void {
    if (words.length > 0) this.#error("bad !binary specification");
    this.#form = "binary";
    this.#lineNumber = 1;
  }

  #startPacket(): PacketDraft {
    const defaults = { protocol: this.#protocol, flow: this.#flow, minorVersion: this.#minorVersion };
    const draft = new PacketDraft(defaults);
    if (this.#aggregate !== undefined) writeAnnotation(draft.annotations, ANNOTATION.aggregate, this.#aggregate);
    return draft;
  }

  #readLine(line: string): SummaryRecord | undefined {
    const texts = splitColumns(line, this.#columns.length);
    const draft = this.#startPacket();
    let fields = 0;
    for (const index of this.#order) {
      const text = texts[index] ?? "";
      if (text !== "" && text !== "-" && this.#columns[index]?.input?.read(text, draft)) fields++;
    }
    if (fields > 0) return this.#finish(draft);
    if (line.trim() !== "") this.#complain();
    return undefined;
  }

  #readRecord(bytes: Uint8Array): SummaryRecord | undefined {
    const values = this.#splitRecord(bytes);
    const draft = this.#startPacket();
    let fields = 0;
    for (const index of this.#order) {
      const value = values[index];
      if (value === undefined) continue;
      this.#columns[index]?.input?.readBinary(value, draft);
      fields++;
    }
    if (fields > 0) return this.#finish(draft);
    this.#complain();
    return undefined;
  }

  /** The bytes of each column. The first that does not fit takes the rest of the record with it. */
  #splitRecord(bytes: Uint8Array): readonly (Uint8Array | undefined)[] {
    let at = 0;
    return this.#columns.map((column) => {
      if (column === undefined) return undefined;
      const length = column.span(bytes, at);
      const value = length === undefined ? undefined : bytes.subarray(at, at + length);
      at = length === undefined ? bytes.length : at + length;
      return value;
    });
  }

  #finish(draft: PacketDraft): SummaryRecord {
    if (this.#flow !== undefined) draft.makeIp();
    return finishPacket(draft, this.#options.checksums);
  }

  /** Says once that a line makes no sense. */
  #complain(): void {
    if (!this.#hasComplained) this.#error(this.#columns.length === 0 ? "no '!data' provided" : "packet parse error");
    this.#hasComplained = true;
  }
}

/** A part of a flow: `-` stands for zero. */
function given(word: string | undefined, parse: (text: string) => number | undefined): number | undefined {
  if (word === undefined) return undefined;
  return word === "-" ? 0 : parse(word);
}

function isComplete(flow: { [K in keyof FlowId]: number | undefined }): flow is FlowId {
  return Object.values(flow).every((part) => part !== undefined);
}

/** A column's text: it ends at white space outside double quotes. */
const COLUMN = /(?:"(?:\\<[^>]*>?|\\[^<]|[^"\\])*"?|[^\s"])*/y;
const SPACE = /\s*/y;

function splitColumns(line: string, count: number): readonly string[] {
  const columns: string[] = [];
  let at = 0;
  while (columns.length < count && at < line.length) {
    COLUMN.lastIndex = at;
    const text = COLUMN.exec(line)?.[0] ?? "";
    columns.push(text);
    SPACE.lastIndex = at + text.length;
    SPACE.exec(line);
    at = SPACE.lastIndex;
  }
  return columns;
}
