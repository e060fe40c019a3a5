/** TCP options (RFC 9293 §3.1, RFC 7323, RFC 2018) as text. */

import {
  BadOption,
  END_OF_OPTIONS,
  formatUnknownOption,
  joinOptions,
  MALFORMED_OPTIONS,
  NO_OPERATION,
  type OptionScanner,
  parseOptions,
  parseUnknownOption,
  splitOptions,
  withLength,
  wordBytes,
} from "./optionText.ts";
import { viewOf } from "./record.ts";

const SEGMENT_SIZE = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const SACK = 5;
const TIMESTAMP = 8;

/** Which options a field is about. */
export interface OptionSelection {
  includes(kind: number): boolean;
  /** Whether `nop` and `eol` may be written in lines. */
  readonly padding: boolean;
}

export const ALL_OPTIONS: OptionSelection = { includes: () => true, padding: true };
export const ALL_BUT_TIMESTAMPS: OptionSelection = { includes: (kind) => kind !== TIMESTAMP, padding: false };
export const SACK_OPTIONS: OptionSelection = {
  includes: (kind) => kind === SACK_PERMITTED || kind === SACK,
  padding: false,
};

/** Lengths of the options that have only one. */
const LENGTHS: ReadonlyMap<number, number> = new Map([
  [SEGMENT_SIZE, 4],
  [WINDOW_SCALE, 3],
  [SACK_PERMITTED, 2],
  [TIMESTAMP, 10],
]);

/** @param bytes  the options of a TCP header, padding included */
export function formatTcpOptions(bytes: Uint8Array, selection: OptionSelection): string {
  const { options, isSound } = splitOptions(bytes);
  if (!isSound || !options.every(hasGoodLength)) return MALFORMED_OPTIONS;
  return joinOptions(options.filter((option) => selection.includes(option[0] ?? 0)).map(formatOption));
}

/** The selected options without padding, as far as the option list makes sense. */
export function selectTcpOptions(bytes: Uint8Array, selection: OptionSelection): Uint8Array {
  const selected = splitOptions(bytes).options.filter((option) => selection.includes(option[0] ?? 0));
  return Uint8Array.from(selected.flatMap((option) => [...option]));
}

function hasGoodLength(option: Uint8Array): boolean {
  const kind = option[0] ?? 0;
  return kind === SACK ? option.length % 8 === 2 : (LENGTHS.get(kind) ?? option.length) === option.length;
}

function formatOption(option: Uint8Array): string {
  const view = viewOf(option);
  switch (option[0]) {
    case SEGMENT_SIZE:
      return `mss${view.getUint16(2)}`;
    case WINDOW_SCALE:
      return `wscale${option[2]}`;
    case SACK_PERMITTED:
      return "sackok";
    case SACK:
      return formatSack(view);
    case TIMESTAMP:
      return `ts${view.getUint32(2)}:${view.getUint32(6)}`;
    default:
      return formatUnknownOption(option);
  }
}

function formatSack(view: DataView): string {
  const blocks: string[] = [];
  for (let at = 2; at < view.byteLength; at += 8) blocks.push(`sack${view.getUint32(at)}-${view.getUint32(at + 4)}`);
  return blocks.join(";");
}

/** @returns undefined when the text is not TCP options of this selection */
export function parseTcpOptions(text: string, selection: OptionSelection): Uint8Array | undefined {
  return parseOptions(text, (scanner, before) => parseOption(scanner, before, selection));
}

function parseOption(scanner: OptionScanner, before: readonly number[], selection: OptionSelection): readonly number[] {
  if (selection.padding && scanner.take("nop")) return [NO_OPERATION];
  if (selection.padding && scanner.take("eol")) return [END_OF_OPTIONS];
  const option = parseNamedOption(scanner) ?? parseUnknownOption(scanner);
  const kind = option[0] ?? 0;
  if (!selection.includes(kind)) throw new BadOption();
  // A lone timestamp is aligned as RFC 7323 appendix A has it.
  return kind === TIMESTAMP && before.length === 0 ? [NO_OPERATION, NO_OPERATION, ...option] : option;
}

function parseNamedOption(scanner: OptionScanner): readonly number[] | undefined {
  if (scanner.take("mss")) {
    const size = scanner.number(0xffff);
    return withLength(SEGMENT_SIZE, [size >> 8, size & 255]);
  }
  if (scanner.take("wscale")) return withLength(WINDOW_SCALE, [scanner.number(255)]);
  if (scanner.take("sackok")) return withLength(SACK_PERMITTED, []);
  if (scanner.take("sack")) return parseSack(scanner);
  if (!scanner.take("ts")) return undefined;
  const value = scanner.number(0xffff_ffff);
  scanner.demand(":");
  return withLength(TIMESTAMP, [...wordBytes(value), ...wordBytes(scanner.number(0xffff_ffff))]);
}

/** Blocks that follow each other are one option. */
function parseSack(scanner: OptionScanner): readonly number[] {
  const body: number[] = [];
  do {
    body.push(...wordBytes(scanner.number(0xffff_ffff)));
    if (!scanner.take("-")) scanner.demand(":");
    body.push(...wordBytes(scanner.number(0xffff_ffff)));
  } while (scanner.take(",sack"));
  return withLength(SACK, body);
}
