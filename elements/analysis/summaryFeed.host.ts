/** Reads a dump and brings its packets, as records, to a guest's stream, well before they are needed: where portions end does not show in the guest. */
import type { SummaryReader } from "../../src/host/summary/index.ts";
import type { HostedElement, HostServices, HostStream } from "../../src/library/hostHalf.ts";
import { systemErrorText } from "../../src/library/systemError.ts";
import { encodePacket, encodeText } from "../../src/machine/packetRecords.ts";
import type { DumpMessages } from "./dumpMessages.host.ts";
import type { SummarySource } from "./summarySource.host.ts";

/** The guest asks for more when it has less than this: more than the longest record, so that it never waits for a file. */
const LOW_WATER = 1 << 17;
const STREAM = 1 << 18;
/** Bytes of the dump that are read at once. */
const PORTION = 1 << 16;

export class SummaryFeed {
  readonly #source: SummarySource;
  readonly #reader: SummaryReader;
  readonly #messages: DumpMessages;
  readonly #name: string;
  readonly #stream: HostStream;
  readonly #portion = new Uint8Array(PORTION);
  /** Records that were made and did not fit yet. */
  #waiting: Uint8Array[] = [];
  /** All of the dump was given to the reader. */
  #isComplete = false;
  #isClosed = false;

  /**
   * Makes the element's stream.
   * @param name  of the dump, for messages
   */
  constructor(
    element: HostedElement,
    services: HostServices,
    source: SummarySource,
    reader: SummaryReader,
    messages: DumpMessages,
    name: string,
  ) {
    this.#source = source;
    this.#reader = reader;
    this.#messages = messages;
    this.#name = name;
    this.#stream = services.makeStream("stream", STREAM);
    element.set("lowWater", LOW_WATER);
    if (source.live) this.#follow(element, services, source.live.stream());
  }

  /** The dump is closed: all its packets were given to the guest. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Gives the reader a first line that is known already, and what follows it.
   * @param start  bytes from the start of the dump
   * @returns messages about the first line go out meanwhile; those about the rest come with the packets
   */
  begin(start: Uint8Array): void {
    const ends = start.findIndex((byte) => byte === LINE_FEED || byte === CARRIAGE_RETURN);
    // A CR ends a line only when one sees that no LF follows, so two bytes more.
    const first = start.subarray(0, ends < 0 ? start.length : ends + 2);
    this.#reader.write(first);
    this.#take();
    this.#reader.write(start.subarray(first.length));
  }

  /** @returns whether anything was moved */
  service(): boolean {
    if (this.#isClosed || this.#stream.room < STREAM >> 2) return false;
    return this.#fill();
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Moves packets until the stream is full or the dump has no more. */
  #fill(): boolean {
    let moved = false;
    for (;;) {
      while (this.#waiting.length > 0) {
        const record = this.#waiting[0];
        if (!record || record.length > this.#stream.room) return moved;
        this.#stream.write(record);
        this.#waiting.shift();
        moved = true;
      }
      if (this.#take()) continue;
      if (this.#reader.isAtEnd) break;
      if (!this.#isComplete && (this.#source.live || !this.#readPortion())) return moved;
    }
    this.#stream.close();
    this.#isClosed = true;
    this.#source.close();
    return true;
  }

  /** Makes records of the next packet and of what there is to say before it. @returns whether there was anything */
  #take(): boolean {
    const packet = this.#reader.read();
    const lines = this.#messages.takeLines();
    if (lines.length > 0) this.#waiting.push(encodeText(Buffer.from(`${lines.join("\n")}\n`, "latin1")));
    if (packet) this.#waiting.push(encodePacket(packet, this.#reader.position));
    return lines.length > 0 || packet !== undefined;
  }

  #readPortion(): boolean {
    try {
      const length = this.#source.read(this.#portion);
      this.#reader.write(this.#portion.subarray(0, length));
      if (length < this.#portion.length) this.#complete();
    } catch (error) {
      this.#messages.error(this.#name, systemErrorText(error));
      this.#complete();
    }
    return true;
  }

  #complete(): void {
    this.#isComplete = true;
    this.#reader.end();
  }

  /** Takes what comes from a pipe or a terminal. */
  #follow(element: HostedElement, services: HostServices, input: NodeJS.ReadableStream): void {
    element.set("live", true);
    const deliver = (): void => {
      this.#fill();
      element.call("resume");
      services.noteActivity();
    };
    input.on("data", (bytes: Buffer) => {
      this.#reader.write(bytes);
      deliver();
    });
    const end = (): void => {
      this.#complete();
      deliver();
    };
    input.on("end", end);
    input.on("error", end);
  }
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
