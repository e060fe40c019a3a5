/** Where dumps go: formats the packets that come through a guest's stream, and writes them to a file or to standard output. */
import { closeSync, openSync, writeSync } from "node:fs";
import { formatRecord, separatePackets, type WriterOptions } from "../../src/host/summary/index.ts";
import type { HostStream } from "../../src/library/hostHalf.ts";
import { systemErrorText } from "../../src/library/systemError.ts";
import { decodePackets } from "../../src/machine/packetRecords.ts";

/** How one element's packets become lines. */
export interface SummaryStyle {
  readonly writer: WriterOptions;
  /** A packet that stands for several becomes several lines. */
  readonly separate: boolean;
}

export interface Sink {
  readonly name: string;
  write(bytes: Uint8Array): void;
  close(): void;
}

/** @throws system errors */
export function openFile(name: string): Sink {
  const file = openSync(name, "w");
  return { name, write: (bytes) => writeAll(file, bytes), close: () => closeSync(file) };
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

/** @param print  takes text, one character a byte */
export function standardOutput(print: (text: string) => void): Sink {
  return {
    name: "<stdout>",
    write: (bytes) => print(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")),
    close: () => undefined,
  };
}

export class SummaryOutput {
  /** The stream's address in the guest: other elements may write to it, too. */
  readonly address: number;
  readonly #sink: Sink;
  readonly #stream: HostStream;
  readonly #complain: (text: string) => void;
  readonly #styles: SummaryStyle[] = [];
  #isBroken = false;

  /** @param complain  is told once why the output cannot be written any more */
  constructor(sink: Sink, stream: HostStream, address: number, complain: (text: string) => void) {
    this.#sink = sink;
    this.#stream = stream;
    this.address = address;
    this.#complain = complain;
  }

  /** @returns the number that the element gives in its records */
  addWriter(style: SummaryStyle): number {
    return this.#styles.push(style) - 1;
  }

  /** Writes what has come from the guest. @returns whether there was anything */
  drain(): boolean {
    const records = this.#stream.read();
    if (records.length > 0) this.write(this.#format(records));
    return records.length > 0;
  }

  write(bytes: Uint8Array): void {
    this.#attempt(() => this.#sink.write(bytes));
  }

  close(): void {
    this.drain();
    this.#attempt(() => this.#sink.close());
  }

  #attempt(work: () => void): void {
    if (this.#isBroken) return;
    try {
      work();
    } catch (error) {
      this.#isBroken = true;
      this.#complain(`ToIPSummaryDump(${this.#sink.name}): ${systemErrorText(error)}`);
    }
  }

  #format(records: Uint8Array): Uint8Array {
    const lines: Uint8Array[] = [];
    for (const packet of decodePackets(records)) {
      const style = this.#styles[packet.writer];
      if (!style) continue; // a guest that garbles its own records
      if (!style.separate) lines.push(formatRecord(packet, style.writer));
      else for (const single of separatePackets(packet, style.writer)) lines.push(formatRecord(single, style.writer));
    }
    return Buffer.concat(lines);
  }
}
