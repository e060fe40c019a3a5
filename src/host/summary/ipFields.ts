/** Fields of the IP header, and the ports that follow it. */

import { formatIPAddress, parseDottedQuad } from "../../library/arguments/addresses.ts";
import {
  BYTE,
  COUNTED_BYTES,
  defineField,
  type Field,
  HALF,
  ORDER,
  parseByte,
  parseHalf,
  parseWord,
  scanInteger,
  WORD,
} from "./field.ts";
import { byteAt, type HeaderField, halfAt } from "./headerField.ts";
import { formatIpOptions, parseIpOptions } from "./ipOptions.ts";
import type { PacketDraft } from "./packetDraft.ts";
import { FRAGMENT, HEADER_LENGTH, hasPorts, PROTOCOL } from "./protocols.ts";

function headerField(field: HeaderField): Field {
  return defineField<number>({
    name: field.name,
    needsHeaders: true,
    binary: field.binary,
    extract(view) {
      if (view.ip === undefined || view.networkLength < field.needed) return view.missing("ip", field.needed);
      return field.get(view, view.ip);
    },
    format: field.format ?? String,
    input: {
      order: field.order ?? ORDER.network,
      parse: field.parse,
      inject(draft, value) {
        const ip = draft.makeIp();
        if (ip !== undefined) field.set(draft, ip, value);
      },
    },
  });
}

function addressField(name: string, offset: number, needed: number): Field {
  return headerField({
    name,
    binary: WORD,
    needed,
    get: (view, ip) => view.word(ip + offset),
    format: formatIPAddress,
    parse: parseDottedQuad,
    set: (draft, ip, value) => draft.setWord(ip + offset, value),
  });
}

/** Congestion notification (RFC 3168 §5), by its two bits; and the names that are read besides. */
const ECN_NAMES: readonly string[] = ["no", "ect1", "ect2", "ce"];
const OTHER_ECN_NAMES: readonly string[] = ["-", "ECT(1)", "ECT(0)", "CE"];
const ECN_MASK = 3;

function parseEcn(text: string): number | undefined {
  if (/^[0-3]$/.test(text)) return Number(text);
  const value = [ECN_NAMES, OTHER_ECN_NAMES].map((names) => names.indexOf(text)).find((index) => index >= 0);
  return value;
}

/** Protocols that dumps write as a letter. */
const PROTOCOL_LETTERS: ReadonlyMap<string, number> = new Map([
  ["T", PROTOCOL.tcp],
  ["U", PROTOCOL.udp],
  ["I", PROTOCOL.icmp],
]);

/** The protocol that a letter or number stands for. */
export function parseProtocol(text: string): number | undefined {
  return PROTOCOL_LETTERS.get(text) ?? parseByte(text);
}

function formatProtocol(value: number): string {
  return [...PROTOCOL_LETTERS].find(([, protocol]) => protocol === value)?.[0] ?? String(value);
}

/** What the letters of `ip_frag` mean; later fragments get some offset. */
const FRAGMENT_LETTERS: ReadonlyMap<string, number> = new Map([
  [".", 0],
  ["!", FRAGMENT.dont],
  ["F", FRAGMENT.more],
  ["f", 100],
]);

/** Since dumps of version 1.1 offsets are in bytes; the header counts eight of them. */
const OFFSET_UNIT_SHIFT = 3;

function parseFragment(text: string, draft: PacketDraft): number | undefined {
  const letter = FRAGMENT_LETTERS.get(text);
  if (letter !== undefined) return letter;
  const scanned = scanInteger(text, 0) ?? { value: 0, end: 0 };
  const flags = text.slice(scanned.end);
  if (text === "" || !/^[!+]*$/.test(flags)) return undefined;
  const offset = draft.defaults.minorVersion > 0 ? scanned.value >>> OFFSET_UNIT_SHIFT : scanned.value;
  return offset | (flags.includes("!") ? FRAGMENT.dont : 0) | (flags.includes("+") ? FRAGMENT.more : 0);
}

function formatFragmentOffset(value: number): string {
  const offset = (value & FRAGMENT.offsetMask) << OFFSET_UNIT_SHIFT;
  return `${offset}${value & FRAGMENT.more ? "+" : ""}${value & FRAGMENT.dont ? "!" : ""}`;
}

/** The letter of a fragment word, as its character code: binary records hold that. */
function fragmentLetter(word: number): string {
  if ((word & (FRAGMENT.more | FRAGMENT.offsetMask)) === 0) return word & FRAGMENT.dont ? "!" : ".";
  return (word & FRAGMENT.offsetMask) === 0 ? "F" : "f";
}

const setFragment = (draft: PacketDraft, ip: number, value: number) => draft.setHalf(ip + 6, value);

const ipLengthField = defineField<number>({
  name: "ip_len",
  needsHeaders: true,
  binary: WORD,
  extract(view) {
    const length = view.ip === undefined ? view.length : view.ipLength;
    return view.options.extraLength ? (length + view.extraLength) >>> 0 : length;
  },
  format: String,
  input: {
    order: ORDER.network + 1,
    parse: parseWord,
    inject(draft, value) {
      if (draft.makeIp() !== undefined) draft.wantedLength = (draft.networkOffset ?? 0) + value;
    },
  },
});

/** How much of the packet was captured; of no use when a packet is made. */
const capturedLengthField = defineField<number>({
  name: "ip_capture_len",
  needsHeaders: true,
  binary: WORD,
  extract: (view) => (view.ip === undefined ? view.length : Math.min(view.ipLength, view.networkLength)),
  format: String,
  input: { order: ORDER.payload + 2, parse: parseWord, inject: (draft) => void draft.makeIp() },
});

const optionsField = defineField<Uint8Array>({
  name: "ip_opt",
  needsHeaders: true,
  binary: COUNTED_BYTES,
  extract(view) {
    const length = view.headerLength;
    if (view.ip === undefined || (length > HEADER_LENGTH.ip && view.networkLength < length)) {
      return view.missing("ip", view.ip === undefined ? HEADER_LENGTH.ip : length);
    }
    return view.bytes(view.ip + HEADER_LENGTH.ip, view.ip + length);
  },
  format: formatIpOptions,
  input: { order: ORDER.network, parse: parseIpOptions, inject: injectOptions },
});

function injectOptions(draft: PacketDraft, options: Uint8Array): void {
  const ip = draft.makeIp();
  if (ip === undefined) return;
  draft.hasIpHeaderLength = true;
  if (options.length === 0) return;
  const length = roundedUp(HEADER_LENGTH.ip + options.length);
  draft.growTo(ip + length);
  if (length > draft.ipHeaderLength) draft.setIpHeaderLength(length);
  draft.setBytes(ip + HEADER_LENGTH.ip, options);
}

/** Header lengths are multiples of four. */
function roundedUp(length: number): number {
  return (length + 3) & ~3;
}

function setHeaderLength(draft: PacketDraft, ip: number, value: number): void {
  draft.hasIpHeaderLength = true;
  const length = roundedUp(value);
  const more = length - draft.ipHeaderLength;
  if (more > 0) draft.insertZeros(ip + draft.ipHeaderLength, more);
  if (more > 0) draft.setIpHeaderLength(length);
  else draft.setByte(ip, (draft.byte(ip) & 0xf0) | (length >> 2));
}

/** A port of any transport that has them. */
function portField(name: string, offset: number): Field {
  const needed = offset + 2;
  return defineField<number>({
    name,
    needsHeaders: true,
    binary: HALF,
    extract(view) {
      const isThere =
        view.ip !== undefined &&
        view.networkLength > view.headerLength &&
        view.isFirstFragment &&
        hasPorts(view.protocol) &&
        view.transportLength >= needed;
      return isThere ? view.half(view.transport + offset) : view.missing("tcp or udp", needed);
    },
    format: String,
    input: {
      order: ORDER.transport,
      parse: parseHalf,
      inject(draft, value) {
        const transport = draft.makeIp() === undefined ? undefined : draft.makeTransport();
        if (transport === undefined || (draft.protocol !== 0 && !hasPorts(draft.protocol))) return;
        draft.setHalf(transport + offset, value);
      },
    },
  });
}

export const IP_FIELDS: readonly Field[] = [
  addressField("ip_src", 12, 16),
  addressField("ip_dst", 16, 20),
  headerField({ name: "ip_tos", ...byteAt(1) }),
  headerField({
    name: "ip_dscp",
    binary: BYTE,
    needed: 2,
    get: (view, ip) => view.byte(ip + 1) >> 2,
    parse: parseByte,
    set: (draft, ip, value) => draft.setByte(ip + 1, (draft.byte(ip + 1) & ECN_MASK) | (value << 2)),
  }),
  headerField({
    name: "ip_ecn",
    binary: BYTE,
    needed: 2,
    get: (view, ip) => view.byte(ip + 1) & ECN_MASK,
    format: (value) => ECN_NAMES[value] ?? "",
    parse: parseEcn,
    set: (draft, ip, value) => draft.setByte(ip + 1, (draft.byte(ip + 1) & ~ECN_MASK) | (value & ECN_MASK)),
  }),
  headerField({ name: "ip_ttl", ...byteAt(8) }),
  headerField({
    name: "ip_frag",
    binary: BYTE,
    needed: 8,
    get: (view) => fragmentLetter(view.fragmentWord).charCodeAt(0),
    format: (value) => String.fromCharCode(value),
    parse: parseFragment,
    set: setFragment,
    order: ORDER.network - 2,
  }),
  headerField({
    name: "ip_fragoff",
    binary: HALF,
    needed: 8,
    get: (view) => view.fragmentWord,
    format: formatFragmentOffset,
    parse: parseFragment,
    set: setFragment,
    order: ORDER.network - 1,
  }),
  headerField({ name: "ip_id", ...halfAt(4) }),
  headerField({ name: "ip_sum", ...halfAt(10), order: ORDER.network + 2 }),
  headerField({
    name: "ip_proto",
    binary: BYTE,
    needed: 10,
    get: (view) => view.protocol,
    format: formatProtocol,
    parse: parseProtocol,
    set: (draft, ip, value) => draft.setByte(ip + 9, value),
  }),
  headerField({
    name: "ip_hl",
    binary: BYTE,
    needed: 1,
    get: (view) => view.headerLength,
    parse: parseByte,
    set: setHeaderLength,
    order: ORDER.network - 1,
  }),
  ipLengthField,
  capturedLengthField,
  optionsField,
  portField("sport", 0),
  portField("dport", 2),
];
