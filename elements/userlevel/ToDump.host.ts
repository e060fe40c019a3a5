/** ToDump: makes the file, and writes to it what comes from the guest. */
import { CaptureOutput } from "../../src/host/capture/captureOutput.ts";
import { ETHERNET, formatLinkType, parseLinkType } from "../../src/host/capture/linkTypes.ts";
import { formatFileHeader } from "../../src/host/capture/pcap.ts";
import { hostAccess } from "../../src/host/hostAccess.ts";
import { splitWords } from "../../src/language/argumentText.ts";
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostActivity, HostedElement, HostHalf, HostServices } from "../../src/library/hostHalf.ts";
import { systemErrorText } from "../../src/library/systemError.ts";

const DEFAULT_SNAP_LENGTH = 2000;
const UNLIMITED = 0xffff_ffff;
/** The guest asks the host to come when a quarter is full; a burst may then fill the rest. */
const STREAM = 1 << 20;
/** After those whose encapsulation is asked for (Click's CONFIGURE_PHASE_DEFAULT + 100). */
const PHASE = 200;

/** Where records go: a file, or standard output. */
interface Sink {
  begin(header: Uint8Array): void;
  write(bytes: Uint8Array): void;
  close(): void;
}

interface Recording {
  readonly fileName: string;
  /** What packets start with: a link type, or the elements that know. */
  readonly encapsulation: number | readonly HostedElement[];
}

const recordings = new WeakMap<HostedElement, Recording>();

export const hostHalf: HostHalf = {
  phase: PHASE,
  goesOn: true,

  configure(element, values) {
    const snapLength = Number(values.get("SNAPLEN") ?? DEFAULT_SNAP_LENGTH);
    element.set("snapLength", snapLength === 0 ? UNLIMITED : snapLength);
    const encapsulation = encapsulationOf(element, values);
    if (encapsulation === undefined) return;
    recordings.set(element, { fileName: String(values.get("FILENAME") ?? ""), encapsulation });
  },

  start(element, services) {
    const { fileName, encapsulation } = recordingOf(element);
    const linkType =
      typeof encapsulation === "number" ? encapsulation : agreedLinkType(element, services, encapsulation);
    if (linkType === undefined) return {};
    const sink = fileName === "-" ? standardOutput(services) : openSink(element, fileName, linkType);
    if (!sink) return {};
    const header = formatFileHeader({
      nanoseconds: Boolean(element.get("nano")),
      snapLength: Number(element.get("snapLength")),
      linkType,
    });
    return record(element, services, sink, printedName(fileName), header);
  },

  handlers: {
    filename: {
      flags: "r",
      documentation: "Name of the file; `<stdout>` for standard output.",
      read: (element) => printedName(recordingOf(element).fileName),
    },
  },
};

function recordingOf(element: HostedElement): Recording {
  const recording = recordings.get(element);
  if (!recording) throw new Error(`${element.name} was not configured`);
  return recording;
}

function printedName(fileName: string): string {
  return fileName === "-" ? "<stdout>" : fileName;
}

/** @returns undefined when a fault was reported */
function encapsulationOf(element: HostedElement, values: ArgumentValues): Recording["encapsulation"] | undefined {
  const name = String(values.get("ENCAP") ?? "");
  const from = String(values.get("USE_ENCAP_FROM") ?? "");
  if (name !== "" && from !== "") {
    element.error("specify at most one of 'ENCAP' and 'USE_ENCAP_FROM'");
    return undefined;
  }
  if (from !== "") return namedElements(element, splitWords(from));
  const linkType = name === "" ? ETHERNET : parseLinkType(name);
  if (linkType === undefined) element.error("bad encapsulation type");
  return linkType;
}

function namedElements(element: HostedElement, names: readonly string[]): readonly HostedElement[] | undefined {
  const found: HostedElement[] = [];
  for (const name of names) {
    const named = element.find(name);
    if (!named) {
      element.error(`no element named '${name}'`);
      return undefined;
    }
    found.push(named);
  }
  return found;
}

/** @returns the link type that all of them have, undefined when a fault was reported */
function agreedLinkType(
  element: HostedElement,
  services: HostServices,
  sources: readonly HostedElement[],
): number | undefined {
  const texts: string[] = [];
  for (const source of sources) {
    const handler = services.findHandler(`${source.name}.encap`, "read");
    if (typeof handler === "string") {
      element.error(`'${source.name} :: ${source.declaration}' has no 'encap' read handler`);
      return undefined;
    }
    texts.push(handler.read("").trim());
  }
  let agreed: number | undefined;
  for (const [index, text] of texts.entries()) {
    const linkType = parseLinkType(text);
    if (linkType === undefined) {
      const source = sources[index];
      element.error(`'${source?.name}.encap' did not return a valid encapsulation type`);
      return undefined;
    }
    agreed ??= linkType;
    if (linkType === agreed) continue;
    element.error("source encapsulation types disagree:");
    for (const [each, source] of sources.entries())
      element.error(`  ${source.name} :: ${source.declaration} has ${texts[each]}`);
    return undefined;
  }
  return agreed;
}

function openSink(element: HostedElement, fileName: string, linkType: number): Sink | undefined {
  try {
    return CaptureOutput.open(hostAccess(element).file(fileName), `${formatLinkType(linkType)} ${element.get("nano")}`);
  } catch (error) {
    element.error(`${fileName}: ${systemErrorText(error)}`);
    return undefined;
  }
}

function standardOutput(services: HostServices): Sink {
  const write = (bytes: Uint8Array): void => services.print(Buffer.from(bytes).toString("latin1"));
  return { begin: write, write, close: () => undefined };
}

/** Begins the file, and carries to it what comes from the guest. */
function record(
  element: HostedElement,
  services: HostServices,
  sink: Sink,
  name: string,
  header: Uint8Array,
): HostActivity {
  const stream = services.makeStream("stream", STREAM);
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      element.set("active", false);
      services.printMessage(`ToDump(${name}): ${systemErrorText(error)}\n`);
    }
  };
  let lossReported = false;
  const service = (): boolean => {
    if (!lossReported && element.get("lost")) {
      lossReported = true;
      services.printMessage(`ToDump(${name}): packets lost: they come faster than they can be taken away\n`);
    }
    const moved = stream.drain((records) => {
      if (element.get("active")) attempt(() => sink.write(records));
    });
    return moved > 0;
  };
  attempt(() => sink.begin(header));
  if (!element.get("active") && element.get("unbuffered")) element.error(`${name}: unable to write file header`);
  return {
    service,
    close() {
      service();
      attempt(() => sink.close());
    },
  };
}
