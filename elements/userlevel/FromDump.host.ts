/** FromDump: opens the file, checks its header, and brings its bytes to the guest. */
import { CaptureInput } from "../../src/host/capture/captureInput.ts";
import { formatLinkType, mayHoldIp, RAW_IP } from "../../src/host/capture/linkTypes.ts";
import {
  FILE_HEADER,
  longestPacket,
  MAXIMUM_CAPTURE,
  type PcapHeader,
  parseFileHeader,
} from "../../src/host/capture/pcap.ts";
import { hostAccess } from "../../src/host/hostAccess.ts";
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import { HandlerError, type HostedElement, type HostHalf, type HostServices } from "../../src/library/hostHalf.ts";
import { systemErrorText } from "../../src/library/systemError.ts";
import { FileFeed } from "./fileFeed.host.ts";
import { LiveFeed } from "./liveFeed.host.ts";

/** Probabilities have 28 bits of fraction. */
const CERTAIN = 1 << 28;
/** Files up to this size are looked through before they are read: that takes milliseconds. */
const LARGEST_SCAN = 1 << 24;

/** What the guest does at the end (FromDump.ts). */
const END_STOP = 1;
const END_INACTIVE = 2;
const END_CALL = 3;

/** What an element keeps from configuration to the end. */
interface Replay {
  readonly fileName: string;
  readonly filePosition: bigint;
  input?: CaptureInput;
  feed?: FileFeed | LiveFeed;
}

const replays = new WeakMap<HostedElement, Replay>();

export const hostHalf: HostHalf = {
  goesOn: true,

  configure(element, values) {
    boundSample(element);
    configureTimes(element, values);
    configureEnd(element, values);
    replays.set(element, {
      fileName: String(values.get("FILENAME") ?? ""),
      filePosition: BigInt(Number(values.get("FILEPOS") ?? 0)),
    });
  },

  start(element, services) {
    const replay = replayOf(element);
    const input = openInput(element, replay.fileName);
    if (!input) return {};
    replay.input = input;
    const close = (): void => {
      replay.feed?.close();
      input.close();
    };
    const header = readHeader(element, input, printedName(replay.fileName));
    if (!header || !prepare(element, services, replay, input, header)) return { close };
    return {
      service() {
        const resumeAt = BigInt(element.get("resumeAt"));
        if (resumeAt < 0n) return replay.feed?.service() ?? false;
        element.set("resumeAt", -1n);
        move(element, resumeAt);
        return true;
      },
      close,
    };
  },

  handlers: {
    filename: {
      flags: "r",
      documentation: "Name of the file; `<stdin>` for standard input.",
      read: (element) => printedName(replayOf(element).fileName),
    },
    filesize: {
      flags: "r",
      documentation: "Bytes in the file; `-` when it is not a regular file.",
      read: (element) => String(replayOf(element).input?.size ?? "-"),
    },
    filepos: { flags: "w", documentation: "Place in the file behind what was read.", write: writePosition },
    encap: {
      flags: "r",
      documentation: "What the packets start with, as ToDump's ENCAP takes it.",
      read: (element) => formatLinkType(Number(element.get("linkType"))),
    },
  },
};

function replayOf(element: HostedElement): Replay {
  const replay = replays.get(element);
  if (!replay) throw new Error(`${element.name} was not configured`);
  return replay;
}

function printedName(fileName: string): string {
  return fileName === "" || fileName === "-" ? "<stdin>" : fileName;
}

function boundSample(element: HostedElement): void {
  const probability = Number(element.get("samplingProbability"));
  if (probability > CERTAIN) {
    element.warning("SAMPLE probability reduced to 1");
    element.set("samplingProbability", CERTAIN);
  } else if (probability === 0) element.warning("SAMPLE probability is 0; emitting no packets");
}

/** A time of zero counts as not given, as in Click. */
function timeOf(values: ArgumentValues, keyword: string): bigint | undefined {
  const value = values.get(keyword);
  return typeof value === "bigint" && value !== 0n ? value : undefined;
}

function configureTimes(element: HostedElement, values: ArgumentValues): void {
  const start = timeOf(values, "START");
  const startAfter = timeOf(values, "START_AFTER");
  if (start !== undefined && startAfter !== undefined) {
    element.error("START and START_AFTER are mutually exclusive");
    return;
  }
  element.set("hasFirstTime", start !== undefined || startAfter !== undefined);
  element.set("firstTime", start ?? startAfter ?? 0n);
  element.set("firstRelative", start === undefined);

  const end = timeOf(values, "END");
  const endAfter = timeOf(values, "END_AFTER");
  const interval = timeOf(values, "INTERVAL");
  const given = [end, endAfter, interval].filter((time) => time !== undefined);
  if (given.length > 1) {
    element.error("END, END_AFTER, and INTERVAL are mutually exclusive");
    return;
  }
  element.set("hasLastTime", given.length > 0);
  element.set("lastTime", given[0] ?? 0n);
  element.set("lastRelative", endAfter !== undefined);
  element.set("lastAfterFirst", interval !== undefined);
}

function configureEnd(element: HostedElement, values: ArgumentValues): void {
  const stops = values.get("STOP") === true;
  const calls = values.has("END_CALL");
  if (stops && calls) element.error("END_CALL and STOP are mutually exclusive");
  else if (calls) {
    element.set("endAction", END_CALL);
    element.set("endCall", element.handlerCall(String(values.get("END_CALL"))));
  } else if (stops) element.set("endAction", END_STOP);
  else if (element.get("hasLastTime")) element.set("endAction", END_INACTIVE);
}

function openInput(element: HostedElement, fileName: string): CaptureInput | undefined {
  try {
    return CaptureInput.open(hostAccess(element).file(fileName));
  } catch (error) {
    element.error(`${printedName(fileName)}: ${systemErrorText(error)}`);
    return undefined;
  }
}

function readHeader(element: HostedElement, input: CaptureInput, name: string): PcapHeader | undefined {
  element.declaration = `${element.className}(${name})`;
  const bytes = new Uint8Array(FILE_HEADER);
  let length: number;
  try {
    length = input.read(bytes);
  } catch (error) {
    element.error(systemErrorText(error), name);
    return undefined;
  }
  const header = length === 0 ? "empty file" : parseFileHeader(bytes.subarray(0, length));
  if (typeof header !== "string") return header;
  element.error(header, name);
  return undefined;
}

/** Tells the guest about the file. @returns false when a fault was reported */
function prepare(
  element: HostedElement,
  services: HostServices,
  replay: Replay,
  input: CaptureInput,
  header: PcapHeader,
): boolean {
  const name = printedName(replay.fileName);
  if (element.get("forceIp") && !mayHoldIp(header.linkType)) {
    element.error(`unknown linktype ${header.linkType | 0}; can't force IP packets`, name);
    return false;
  }
  if (header.linkType === RAW_IP) element.set("forceIp", true);
  element.set("swapped", header.swapped);
  element.set("nanoseconds", header.nanoseconds);
  element.set("extraHeader", header.extraHeader);
  element.set("minorVersion", header.minorVersion);
  element.set("linkType", header.linkType);
  element.setBytes("fileName", Buffer.from(name, "latin1"));
  element.expectPacketLength(longestIn(input, header));
  if (replay.filePosition !== 0n && !input.seek(Number(replay.filePosition))) {
    element.error("FILEPOS out of range");
    return false;
  }
  element.set("position", BigInt(input.position));
  replay.feed = input.live ? new LiveFeed(element, services, input) : new FileFeed(element, services, input, name);
  return true;
}

/** Length of the packets that buffers must hold. */
function longestIn(input: CaptureInput, header: PcapHeader): number {
  if (input.size !== undefined && input.size <= LARGEST_SCAN)
    return longestPacket((into, position) => input.readAt(into, position), header, FILE_HEADER);
  return Math.min(header.snapLength || MAXIMUM_CAPTURE, MAXIMUM_CAPTURE);
}

function writePosition(element: HostedElement, text: string): void {
  if (!/^\s*\d+\s*$/.test(text)) throw new HandlerError("argument must be file offset");
  if (!move(element, BigInt(text))) throw new HandlerError("FILEPOS out of range");
}

/** Goes on at another place of the file. @returns false when that is not possible */
function move(element: HostedElement, position: bigint): boolean {
  const { input, feed } = replayOf(element);
  if (!input || !(feed instanceof FileFeed) || !input.seek(Number(position))) return false;
  element.call("moveTo", BigInt(input.position));
  feed.restart();
  return true;
}
