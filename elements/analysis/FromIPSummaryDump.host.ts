/** FromIPSummaryDump: opens the dump, and brings its packets to the guest. */
import { hostAccess } from "../../src/host/hostAccess.ts";
import { SummaryReader } from "../../src/host/summary/index.ts";
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf, HostServices } from "../../src/library/hostHalf.ts";
import { systemErrorText } from "../../src/library/systemError.ts";
import { DumpMessages } from "./dumpMessages.host.ts";
import { SummaryFeed } from "./summaryFeed.host.ts";
import { openSource, type SummarySource, textSource } from "./summarySource.host.ts";

/** Probabilities have 28 bits of fraction. */
const CERTAIN = 1 << 28;
const TCP = 6;
/** The longest packet that a dump can describe: an Ethernet header and the longest IP packet. */
const LONGEST_PACKET = 0xffff + 14;
/** Dumps up to this size are looked through before they are read: that takes some milliseconds. */
const LARGEST_SCAN = 1 << 18;

/** What an element keeps from configuration to the end. */
interface Replay {
  readonly fileName: string;
  readonly text: string | undefined;
  readonly allowNonexistent: boolean;
  readonly messages: DumpMessages;
  readonly makeReader: (messages: DumpMessages) => SummaryReader;
  readonly reader: SummaryReader;
  source?: SummarySource;
  feed?: SummaryFeed;
}

const replays = new WeakMap<HostedElement, Replay>();

export const hostHalf: HostHalf = {
  configure(element, values) {
    boundSample(element);
    const fileName = textOf(values, "FILENAME");
    const text = textOf(values, "DATA");
    const makeReader = readerMaker(values, printedName(fileName, text));
    const messages = new DumpMessages();
    const reader = messages.during(element.diagnostics, () => makeReader(messages));
    if (text && fileName) element.error("FILENAME and DATA conflict");
    else if (!text && !fileName) element.error("FILENAME: required argument missing");
    replays.set(element, {
      fileName: fileName ?? "",
      text,
      allowNonexistent: values.get("ALLOW_NONEXISTENT") === true,
      messages,
      makeReader,
      reader,
    });
  },

  start(element, services) {
    const replay = replayOf(element);
    const source = openDump(element, replay);
    if (!source) return {};
    replay.source = source;
    const started = begin(element, services, replay, source);
    return {
      ...(started ? { service: () => replay.feed?.service() ?? false } : {}),
      close() {
        replay.feed?.close();
        source.close();
      },
    };
  },

  handlers: {
    filename: {
      flags: "r",
      documentation: "Name of the file; `<stdin>` for standard input, `<data>` for DATA.",
      read: (element) => nameOf(replayOf(element)),
    },
    filesize: {
      flags: "r",
      documentation: "Bytes in the file; `-` when it is not a regular file, or was read to its end.",
      read(element) {
        const { source, feed } = replayOf(element);
        return String((feed?.isClosed ? undefined : source?.size) ?? "-");
      },
    },
    encap: { flags: "r", documentation: "What the packets start with: `IP`.", read: () => "IP" },
  },
};

function replayOf(element: HostedElement): Replay {
  const replay = replays.get(element);
  if (!replay) throw new Error(`${element.name} was not configured`);
  return replay;
}

function textOf(values: ArgumentValues, keyword: string): string | undefined {
  const value = values.get(keyword);
  return value === undefined ? undefined : String(value);
}

function nameOf({ fileName, text }: Replay): string {
  return printedName(fileName, text);
}

function printedName(fileName: string | undefined, text: string | undefined): string {
  if (text) return "<data>";
  return !fileName || fileName === "-" ? "<stdin>" : fileName;
}

function boundSample(element: HostedElement): void {
  const probability = Number(element.get("samplingProbability"));
  if (probability > CERTAIN) {
    element.warning("SAMPLE probability reduced to 1");
    element.set("samplingProbability", CERTAIN);
  } else if (probability === 0) element.warning("SAMPLE probability is 0; emitting no packets");
}

/** Of several names of one argument the last in this order counts, as in Click. */
function lastOf(values: ArgumentValues, keywords: readonly string[]): string | undefined {
  return keywords.map((keyword) => textOf(values, keyword)).findLast((text) => text !== undefined);
}

function readerMaker(values: ArgumentValues, file: string): Replay["makeReader"] {
  return (messages) =>
    new SummaryReader({
      file,
      diagnostics: messages,
      protocol: Number(values.get("PROTO") ?? TCP),
      checksums: values.get("CHECKSUM") === true ? "set" : "left",
      packets: values.get("MULTIPACKET") === true ? "repeated" : "counted",
      fields: lastOf(values, ["DEFAULT_CONTENTS", "DEFAULT_FIELDS", "CONTENTS", "FIELDS"]),
      flow: lastOf(values, ["DEFAULT_FLOWID", "FLOWID"]),
    });
}

/** @returns undefined when a fault was reported */
function openDump(element: HostedElement, { fileName, text, allowNonexistent }: Replay): SummarySource | undefined {
  if (text) return textSource(text);
  try {
    return openSource(hostAccess(element).file(fileName));
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isMissing && allowNonexistent) return textSource("");
    const name = printedName(fileName, text);
    const isUnreadable = error instanceof Error && "syscall" in error && error.syscall === "read";
    if (isUnreadable) element.diagnostics.error(`${name}:0`, systemErrorText(error));
    else element.error(`${name}: ${systemErrorText(error)}`);
    return undefined;
  }
}

/** Checks the start of the dump, and gives the guest the first packets. @returns false when a fault was reported */
function begin(element: HostedElement, services: HostServices, replay: Replay, source: SummarySource): boolean {
  const { messages, reader } = replay;
  const landmark = `${nameOf(replay)}:0`;
  const start = new Uint8Array(1 << 12);
  let length = 0;
  try {
    if (!source.live) length = source.read(start);
  } catch (error) {
    element.diagnostics.error(landmark, systemErrorText(error));
    return false;
  }
  if (length === 0 && !source.live && !replay.allowNonexistent) {
    element.diagnostics.error(landmark, "empty file");
    return false;
  }
  element.expectPacketLength(longestIn(source, replay));
  const feed = new SummaryFeed(element, services, source, reader, messages, nameOf(replay));
  replay.feed = feed;
  messages.during(element.diagnostics, () => feed.begin(start.subarray(0, length)));
  feed.service();
  return true;
}

/** Length of the packets that buffers must hold. */
function longestIn(source: SummarySource, { makeReader }: Replay): number {
  const bytes = new Uint8Array(LARGEST_SCAN);
  const length = source.readAt(bytes, 0);
  if (length === 0 || length === bytes.length) return LONGEST_PACKET;
  const reader = makeReader(new DumpMessages());
  reader.write(bytes.subarray(0, length));
  reader.end();
  let longest = 0;
  for (let packet = reader.read(); packet; packet = reader.read()) longest = Math.max(longest, packet.data.length);
  return longest;
}
