/** IP options (RFC 791 §3.1) as text: routes, timestamps, and others by their bytes. */

import { formatIPAddress } from "../../library/arguments/addresses.ts";
import {
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

const RECORD_ROUTE = 7;
const TIMESTAMP = 68;
const LOOSE_ROUTE = 131;
const STRICT_ROUTE = 137;

const ROUTE_NAMES: ReadonlyMap<number, string> = new Map([
  [RECORD_ROUTE, "rr"],
  [LOOSE_ROUTE, "lsrr"],
  [STRICT_ROUTE, "ssrr"],
]);

/** What timestamps stand beside (the flag of RFC 791's timestamp option). */
const TIMESTAMP_ONLY = 0;
const TIMESTAMP_WITH_ADDRESS = 1;
const TIMESTAMP_PRESPECIFIED = 3;

const TIMESTAMP_NAMES: ReadonlyMap<number, string> = new Map([
  [TIMESTAMP_ONLY, "ts"],
  [TIMESTAMP_WITH_ADDRESS, "ts.ip"],
  [TIMESTAMP_PRESPECIFIED, "ts.preip"],
]);

/** The top bit of a timestamp says that it is not in milliseconds since midnight. */
const NONSTANDARD_TIME = 0x8000_0000;

/** @param bytes  the options of an IP header, padding included */
export function formatIpOptions(bytes: Uint8Array): string {
  const { options, isSound } = splitOptions(bytes);
  return isSound ? joinOptions(options.map(formatOption)) : MALFORMED_OPTIONS;
}

/** @returns undefined when the option makes no sense */
function formatOption(option: Uint8Array): string | undefined {
  const kind = option[0] ?? END_OF_OPTIONS;
  const routeName = ROUTE_NAMES.get(kind);
  if (routeName !== undefined) return formatRoute(routeName, option);
  return kind === TIMESTAMP ? formatTimestamps(option) : formatUnknownOption(option);
}

/** The pointer counts from one, and points at the next entry to be filled or visited. */
function pointerOf(option: Uint8Array): number {
  return (option[2] ?? 0) - 1;
}

/** Bytes before the first entry, in routes and in timestamps. */
const ROUTE_HEADER = 3;
const TIMESTAMP_HEADER = 4;

function formatRoute(name: string, option: Uint8Array): string | undefined {
  const pointer = pointerOf(option);
  if (option.length < ROUTE_HEADER || pointer < ROUTE_HEADER) return undefined;
  const isRecord = option[0] === RECORD_ROUTE;
  let text = `${name}{`;
  let separator = "";
  let at = ROUTE_HEADER;
  for (; at + 4 <= option.length; at += 4) {
    if (at === pointer && isRecord) break;
    text += (at === pointer ? "^" : separator) + formatIPAddress(viewOf(option).getUint32(at));
    separator = ",";
  }
  if (at === option.length && at === pointer && !isRecord) text += "^";
  const isPartlyFree = isRecord && at === pointer && at + 4 <= option.length;
  return isPartlyFree ? `${text}}+${Math.floor((option.length - at) / 4)}` : `${text}}`;
}

function formatTimestamps(option: Uint8Array): string | undefined {
  const pointer = pointerOf(option);
  if (option.length < TIMESTAMP_HEADER || pointer < TIMESTAMP_HEADER) return undefined;
  const flag = (option[3] ?? 0) & 15;
  const overflow = (option[3] ?? 0) >> 4;
  const size = flag === TIMESTAMP_ONLY ? 4 : 8;
  let text = `${TIMESTAMP_NAMES.get(flag) ?? `ts.${flag}`}{`;
  let separator = "";
  let at = TIMESTAMP_HEADER;
  for (; at + size <= option.length; at += size) {
    if (at === pointer && flag !== TIMESTAMP_PRESPECIFIED) break;
    text += (at === pointer ? "^" : separator) + formatEntry(option, at, flag, pointer);
    separator = ",";
  }
  if (at === option.length && at === pointer) text += "^";
  text += "}";
  if (at === pointer && at + size <= option.length) text += `+${Math.floor((option.length - at) / size)}`;
  return overflow === 0 ? text : `${text}++${overflow}`;
}

function formatEntry(option: Uint8Array, at: number, flag: number, pointer: number): string {
  const view = viewOf(option);
  if (flag === TIMESTAMP_ONLY) return formatTime(view.getUint32(at));
  const address = formatIPAddress(view.getUint32(at));
  const isFilled = flag !== TIMESTAMP_PRESPECIFIED || at < pointer;
  return isFilled ? `${address}=${formatTime(view.getUint32(at + 4))}` : address;
}

function formatTime(time: number): string {
  return time >= NONSTANDARD_TIME ? `!${time - NONSTANDARD_TIME}` : String(time);
}

/** @returns undefined when the text is not IP options */
export function parseIpOptions(text: string): Uint8Array | undefined {
  return parseOptions(text, parseOption);
}

function parseOption(scanner: OptionScanner): readonly number[] {
  for (const [kind, name] of ROUTE_NAMES) {
    if (scanner.take(`${name}{`)) return parseRoute(scanner, kind);
  }
  if (scanner.take("ts{")) return parseTimestamps(scanner, undefined);
  if (scanner.take("ts.")) return parseTimestamps(scanner, parseFlag(scanner));
  if (scanner.take("nop")) return [NO_OPERATION];
  if (scanner.take("eol")) return [END_OF_OPTIONS];
  return parseUnknownOption(scanner);
}

function parseRoute(scanner: OptionScanner, kind: number): readonly number[] {
  const addresses: number[] = [];
  let pointer: number | undefined;
  for (;;) {
    if (pointer === undefined && scanner.take("^")) pointer = addresses.length;
    if (!scanner.isAtDigit) break;
    addresses.push(...scanner.address());
    scanner.take(",");
  }
  scanner.demand("}");
  pointer ??= addresses.length;
  addresses.push(...parseFreeEntries(scanner, 4));
  return withLength(kind, [pointer + ROUTE_HEADER + 1, ...addresses]);
}

/** More free entries than any header holds are not added. */
const MAXIMUM_FREE_ENTRIES = 63;

/** `+N`: room for entries at the end. */
function parseFreeEntries(scanner: OptionScanner, size: number): readonly number[] {
  if (!scanner.isBeforeNumber("+")) return [];
  scanner.demand("+");
  const count = scanner.number(0xffff_ffff);
  return new Array<number>(count > MAXIMUM_FREE_ENTRIES ? 0 : count * size).fill(0);
}

function parseFlag(scanner: OptionScanner): number {
  if (scanner.take("ip{")) return TIMESTAMP_WITH_ADDRESS;
  if (scanner.take("preip{")) return TIMESTAMP_PRESPECIFIED;
  const flag = scanner.number(15);
  scanner.demand("{");
  return flag;
}

/** @param writtenFlag  undefined when the entries must tell */
function parseTimestamps(scanner: OptionScanner, writtenFlag: number | undefined): readonly number[] {
  const entries: number[] = [];
  let flag = writtenFlag;
  let pointer: number | undefined;
  for (;;) {
    if (pointer === undefined && scanner.take("^")) pointer = entries.length;
    if (!scanner.isAtDigit && !scanner.isBeforeNumber("!")) break;
    const isPointedAt = pointer !== undefined;
    flag ??= scanner.isBeforeAddress ? (isPointedAt ? TIMESTAMP_PRESPECIFIED : TIMESTAMP_WITH_ADDRESS) : TIMESTAMP_ONLY;
    if (isPointedAt && writtenFlag === undefined && flag === TIMESTAMP_WITH_ADDRESS) flag = TIMESTAMP_PRESPECIFIED;
    entries.push(...parseEntry(scanner, flag, isPointedAt));
    scanner.take(",");
  }
  // Click lets a text end here.
  if (!scanner.isAtEnd) scanner.demand("}");
  flag ??= TIMESTAMP_ONLY;
  pointer ??= entries.length;
  const hasAddresses = flag === TIMESTAMP_WITH_ADDRESS || flag === TIMESTAMP_PRESPECIFIED;
  const free = parseFreeEntries(scanner, hasAddresses ? 8 : 4);
  const overflow = parseOverflow(scanner);
  return withLength(TIMESTAMP, [pointer + TIMESTAMP_HEADER + 1, (overflow << 4) | flag, ...entries, ...free]);
}

function parseEntry(scanner: OptionScanner, flag: number, isPointedAt: boolean): readonly number[] {
  if (flag !== TIMESTAMP_WITH_ADDRESS && flag !== TIMESTAMP_PRESPECIFIED) return parseTime(scanner);
  const address = scanner.address();
  if (isPointedAt && (scanner.take("=?") || !scanner.isBefore("="))) return [...address, 0, 0, 0, 0];
  scanner.demand("=");
  return [...address, ...parseTime(scanner)];
}

function parseTime(scanner: OptionScanner): readonly number[] {
  const nonstandard = scanner.take("!") ? NONSTANDARD_TIME : 0;
  return wordBytes((scanner.number(0xffff_ffff) | nonstandard) >>> 0);
}

/** `++N`: how many hosts found no room. */
function parseOverflow(scanner: OptionScanner): number {
  if (!scanner.isBeforeNumber("++")) return 0;
  scanner.demand("++");
  return scanner.number(15);
}
