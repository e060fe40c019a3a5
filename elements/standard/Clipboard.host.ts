/** Clipboard: reads its ranges. */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

/** Nothing beyond this lies in a packet, so that offset plus length never overflows. */
const MAXIMUM_END = 2 ** 24;

interface Range {
  readonly offset: number;
  readonly length: number;
}

export const hostHalf: HostHalf = {
  configure: (element, _values, rest) => configure(element, rest),
  reconfigure(element: HostedElement, _values: ArgumentValues, rest) {
    if (configure(element, rest)) element.call("makeClipboard");
  },
};

function configure(element: HostedElement, texts: readonly string[]): boolean {
  const ranges: Range[] = [];
  for (const [index, text] of texts.entries()) {
    const range = readRange(element, text, index);
    if (!range) return false;
    ranges.push(range);
  }
  const words = Uint32Array.from(ranges.flatMap(({ offset, length }) => [offset, length]));
  element.setTable("ranges", new Uint8Array(words.buffer));
  element.set("rangeCount", ranges.length);
  element.set("minimumLength", Math.max(0, ...ranges.map(({ offset, length }) => offset + length)));
  element.set(
    "size",
    ranges.reduce((sum, { length }) => sum + length, 0),
  );
  return true;
}

function readRange(element: HostedElement, text: string, index: number): Range | undefined {
  const slash = text.indexOf("/");
  if (slash <= 0 || slash >= text.length - 1) {
    element.error(`range ${index}: expected '/' between offset and length`);
    return undefined;
  }
  const offset = readNumber(element, "OFFSET", text.slice(0, slash));
  const length = readNumber(element, "LENGTH", text.slice(slash + 1));
  if (offset !== undefined && length !== undefined && offset + length <= MAXIMUM_END) return { offset, length };
  element.error(`range ${index}: invalid offset or length`);
  return undefined;
}

function readNumber(element: HostedElement, name: string, text: string): number | undefined {
  const parsed = element.parse("u32", text);
  if (parsed.ok) return Number(parsed.value);
  element.error(`${name}: ${parsed.error}`);
  return undefined;
}
