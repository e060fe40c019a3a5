/** ToIPSummaryDump: writes the lines of packets that come from the guest. */
import { closeSync, openSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import {
  formatHeader,
  formatRecord,
  parseFieldList,
  separatePackets,
  type WriterOptions,
} from "../../src/host/summary/index.ts";
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostActivity, HostedElement, HostHalf, HostServices } from "../../src/library/hostHalf.ts";
import { systemErrorText } from "../../src/library/systemError.ts";
import { decodePackets } from "../../src/machine/packetRecords.ts";

const DEFAULT_FIELDS = "timestamp ip_src";
/** The guest asks the host to come when a quarter is full; a burst may then fill the rest. */
const STREAM = 1 << 20;

interface Recording {
  readonly fileName: string;
  readonly writer: WriterOptions;
  /** A packet that stands for several becomes several lines. */
  readonly separate: boolean;
  readonly header: { readonly banner?: string | undefined; readonly verbose: boolean } | undefined;
}

const recordings = new WeakMap<HostedElement, Recording>();
/** Brings to the files what the guest wrote, for the `flush` handler. */
const flushers = new WeakMap<HostedElement, () => void>();

export const hostHalf: HostHalf = {
  configure(element, values) {
    const form = values.get("BINARY") === true ? "binary" : "text";
    const fields = parseFieldList(fieldsText(values), form, element.diagnostics, "");
    if (!fields) return;
    const banner = values.get("BANNER");
    recordings.set(element, {
      fileName: String(values.get("FILENAME") ?? ""),
      writer: {
        fields,
        form,
        reportBad: values.get("BAD_PACKETS") === true,
        carefulTruncation: values.get("CAREFUL_TRUNC") !== false,
        extraLength: values.get("EXTRA_LENGTH") !== false,
      },
      separate: values.get("MULTIPACKET") === true,
      header:
        values.get("HEADER") === false
          ? undefined
          : { banner: banner === undefined ? undefined : String(banner), verbose: values.get("VERBOSE") === true },
    });
  },

  start(element, services) {
    const recording = recordingOf(element);
    const sink = recording.fileName === "-" ? standardOutput(services) : openSink(element, recording.fileName);
    if (!sink) return {};
    const activity = record(element, services, sink, recording);
    flushers.set(element, () => activity.service?.());
    return activity;
  },

  handlers: {
    flush: {
      flags: "w",
      documentation: "Writes to the file what has not reached it yet.",
      write: (element) => flushers.get(element)?.(),
    },
  },
};

function recordingOf(element: HostedElement): Recording {
  const recording = recordings.get(element);
  if (!recording) throw new Error(`${element.name} was not configured`);
  return recording;
}

/** Of several names of one argument the last in this order counts, as in Click. */
function fieldsText(values: ArgumentValues): string {
  const given = ["FIELDS", "CONTENTS", "DATA"].map((keyword) => values.get(keyword));
  return String(given.findLast((value) => value !== undefined) ?? DEFAULT_FIELDS);
}

/** Where lines go: a file, or standard output. */
interface Sink {
  readonly name: string;
  write(bytes: Uint8Array): void;
  close(): void;
}

function standardOutput(services: HostServices): Sink {
  return {
    name: "<stdout>",
    write: (bytes) => services.print(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")),
    close: () => undefined,
  };
}

/** @returns undefined when a fault was reported */
function openSink(element: HostedElement, name: string): Sink | undefined {
  try {
    const file = openSync(name, "w");
    return { name, write: (bytes) => writeAll(file, bytes), close: () => closeSync(file) };
  } catch (error) {
    element.error(`${name}: ${systemErrorText(error)}`);
    return undefined;
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

/** Begins the file, and carries to it what comes from the guest. */
function record(element: HostedElement, services: HostServices, sink: Sink, recording: Recording): HostActivity {
  const stream = services.makeStream("stream", STREAM);
  const complain = (text: string): void => services.printMessage(`ToIPSummaryDump(${sink.name}): ${text}\n`);
  let isBroken = false;
  let isLossReported = false;
  const attempt = (work: () => void): void => {
    if (isBroken) return;
    try {
      work();
    } catch (error) {
      isBroken = true;
      complain(systemErrorText(error));
    }
  };
  const service = (): boolean => {
    const records = stream.read();
    if (!isLossReported && element.get("lost")) {
      isLossReported = true;
      complain("packets lost: they come faster than they can be taken away");
    }
    if (records.length === 0) return false;
    attempt(() => sink.write(formatAll(records, recording)));
    return true;
  };
  attempt(() => sink.write(headerOf(recording, services)));
  return {
    service,
    close() {
      service();
      attempt(() => sink.close());
    },
  };
}

function headerOf({ header, writer }: Recording, services: HostServices): Uint8Array {
  if (!header) return new Uint8Array(0);
  const origin = header.verbose ? { host: hostname(), time: services.now() } : undefined;
  return Buffer.from(formatHeader({ ...writer, banner: header.banner, origin }), "latin1");
}

function formatAll(records: Uint8Array, { writer, separate }: Recording): Uint8Array {
  const lines: Uint8Array[] = [];
  for (const packet of decodePackets(records)) {
    if (!separate) lines.push(formatRecord(packet, writer));
    else for (const single of separatePackets(packet, writer)) lines.push(formatRecord(single, writer));
  }
  return Buffer.concat(lines);
}
