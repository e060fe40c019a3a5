/** What sources send: their data and its length, from the configuration and from handlers. */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import { INT32_LIMITS, parseInteger } from "../../src/library/arguments/numbers.ts";
import { HandlerError, type HostedElement, type HostHandler } from "../../src/library/hostHalf.ts";

/** Click's text, 69 bytes. */
const DEFAULT_DATA = "Random bullshit in a packet, at least 64 bytes long. Well, now it is.";

/** The longest IP packet in the longest frame of Ethernet: longer ones would only waste memory. */
const MAXIMUM_LENGTH = 65535 + 18;

/** Fills the field `data` when the configuration has no DATA, and makes room for packets of that length. */
export function supplyData(element: HostedElement, values: ArgumentValues): void {
  const length = packetLength(values);
  if (length > MAXIMUM_LENGTH) element.error(`packets of ${length} bytes are too long, maximum ${MAXIMUM_LENGTH}`);
  else element.expectPacketLength(length);
  fillData(element, values);
}

/**
 * The same while packets run, when buffers are not made longer any more.
 *
 * @returns whether such packets fit; otherwise nothing changed
 */
export function replaceData(element: HostedElement, values: ArgumentValues): boolean {
  const length = packetLength(values);
  const longest = longestPacket(element);
  if (length > longest) element.error(tooLong(length, longest));
  else fillData(element, values);
  return length <= longest;
}

/** The length of the packets that the configuration asks for. */
function packetLength(values: ArgumentValues): number {
  const length = Number(values.get("DATASIZE") ?? values.get("LENGTH") ?? -1);
  return length < 0 ? String(values.get("DATA") ?? DEFAULT_DATA).length : length;
}

function fillData(element: HostedElement, values: ArgumentValues): void {
  if (!values.has("DATA")) element.setBytes("data", Buffer.from(DEFAULT_DATA, "latin1"));
}

function longestPacket(element: HostedElement): number {
  return Number(element.call("longestPossible"));
}

function tooLong(length: number, longest: number): string {
  return `packets of ${length} bytes are too long for the buffers, which hold ${longest}`;
}

/** Replaces the data while the source runs. */
export const dataHandler: HostHandler = {
  flags: "w%",
  documentation: "Bytes of each packet.",
  write(element, text) {
    const longest = longestPacket(element);
    if (text.length > longest) throw new HandlerError(tooLong(text.length, longest));
    element.setBytes("data", Buffer.from(text, "latin1"));
    element.call("changeData");
  },
};

/**
 * Replaces the length of the packets while the source runs.
 *
 * @param extraFlags  beside `w`
 * @param expectation  what to say of a text that is no number
 */
export function lengthHandler(extraFlags: string, expectation: string): HostHandler {
  return {
    flags: `w${extraFlags}`,
    documentation: "Length of each packet; negative = as long as the data.",
    write(element, text) {
      const length = parseInteger(text, INT32_LIMITS);
      if (!length.ok) throw new HandlerError(expectation);
      const longest = longestPacket(element);
      if (length.value > longest) throw new HandlerError(tooLong(Number(length.value), longest));
      element.call("changeLength", Number(length.value));
    },
  };
}
