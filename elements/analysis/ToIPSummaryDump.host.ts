/** ToIPSummaryDump: writes the lines of packets that come from the guest. */
import { hostname } from "node:os";
import { hostAccess } from "../../src/host/hostAccess.ts";
import { formatHeader, parseFieldList } from "../../src/host/summary/index.ts";
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf, HostServices } from "../../src/library/hostHalf.ts";
import { systemErrorText } from "../../src/library/systemError.ts";
import { openFile, type Sink, SummaryOutput, type SummaryStyle, standardOutput } from "./summaryOutput.host.ts";

const DEFAULT_FIELDS = "timestamp ip_src";
/** The guest asks the host to come when a quarter is full; a burst may then fill the rest. */
const STREAM = 1 << 20;
/** All dumps to standard output of a router share one stream, so that their lines come out in the order of the packets. */
const STANDARD_OUTPUT = Symbol("dumps to standard output");

interface Recording {
  readonly fileName: string;
  readonly style: SummaryStyle;
  readonly header: { readonly banner?: string | undefined; readonly verbose: boolean } | undefined;
  output?: SummaryOutput;
}

const recordings = new WeakMap<HostedElement, Recording>();

export const hostHalf: HostHalf = {
  configure(element, values) {
    const form = values.get("BINARY") === true ? "binary" : "text";
    const fields = parseFieldList(fieldsText(values), form, element.diagnostics, "");
    if (!fields) return;
    const banner = values.get("BANNER");
    recordings.set(element, {
      fileName: String(values.get("FILENAME") ?? ""),
      style: {
        writer: {
          fields,
          form,
          reportBad: values.get("BAD_PACKETS") === true,
          carefulTruncation: values.get("CAREFUL_TRUNC") !== false,
          extraLength: values.get("EXTRA_LENGTH") !== false,
        },
        separate: values.get("MULTIPACKET") === true,
      },
      header:
        values.get("HEADER") === false
          ? undefined
          : { banner: banner === undefined ? undefined : String(banner), verbose: values.get("VERBOSE") === true },
    });
  },

  start(element, services) {
    const recording = recordingOf(element);
    const output =
      recording.fileName === "-" ? sharedOutput(element, services) : fileOutput(element, services, recording);
    if (!output) return {};
    recording.output = output;
    element.set("writer", output.addWriter(recording.style));
    output.write(headerOf(recording, services));
    let isLossReported = false;
    const service = (): boolean => {
      if (!isLossReported && element.get("lost")) {
        isLossReported = true;
        services.printMessage(`${element.name}: packets lost: they come faster than they can be taken away\n`);
      }
      return output.drain();
    };
    return { service, close: () => output.close() };
  },

  handlers: {
    flush: {
      flags: "w",
      documentation: "Writes to the file what has not reached it yet.",
      write(element) {
        recordingOf(element).output?.drain();
      },
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

function sharedOutput(element: HostedElement, services: HostServices): SummaryOutput {
  const output = element.shared(STANDARD_OUTPUT, () => makeOutput(element, services, standardOutput(services.print)));
  element.set("stream", output.address);
  return output;
}

/** @returns undefined when a fault was reported */
function fileOutput(
  element: HostedElement,
  services: HostServices,
  { fileName }: Recording,
): SummaryOutput | undefined {
  try {
    return makeOutput(element, services, openFile(hostAccess(element).file(fileName)));
  } catch (error) {
    element.error(`${fileName}: ${systemErrorText(error)}`);
    return undefined;
  }
}

function makeOutput(element: HostedElement, services: HostServices, sink: Sink): SummaryOutput {
  const stream = services.makeStream("stream", STREAM);
  return new SummaryOutput(sink, stream, Number(element.get("stream")), (text) => services.printMessage(`${text}\n`));
}

function headerOf({ header, style }: Recording, services: HostServices): Uint8Array {
  if (!header) return new Uint8Array(0);
  const origin = header.verbose ? { host: hostname(), time: services.now() } : undefined;
  return Buffer.from(formatHeader({ ...style.writer, banner: header.banner, origin }), "latin1");
}
