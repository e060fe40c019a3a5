/** Fields of the TCP header. */

import { BYTE, COUNTED_BYTES, defineField, type Field, ORDER, parseByte, parseWord } from "./field.ts";
import { type HeaderField, halfAt, wordAt } from "./headerField.ts";
import type { PacketDraft } from "./packetDraft.ts";
import { HEADER_LENGTH, PROTOCOL } from "./protocols.ts";
import {
  ALL_BUT_TIMESTAMPS,
  ALL_OPTIONS,
  formatTcpOptions,
  type OptionSelection,
  parseTcpOptions,
  SACK_OPTIONS,
  selectTcpOptions,
} from "./tcpOptions.ts";

function makeTcp(draft: PacketDraft): number | undefined {
  return draft.makeIp(PROTOCOL.tcp) === undefined ? undefined : draft.makeTransport();
}

function headerField(field: HeaderField): Field {
  return defineField<number>({
    name: field.name,
    needsHeaders: true,
    binary: field.binary,
    extract(view) {
      const isThere = view.transportLayer === "tcp" && view.transportLength >= field.needed;
      return isThere ? field.get(view, view.transport) : view.missing("tcp", field.needed);
    },
    format: field.format ?? String,
    input: {
      order: field.order ?? ORDER.transport,
      parse: field.parse,
      inject(draft, value) {
        const tcp = makeTcp(draft);
        if (tcp !== undefined) field.set(draft, tcp, value);
      },
    },
  });
}

/** Letters of the flags from the lowest bit on: RFC 9293's, then ECN echo, congestion window reduced, and RFC 3540's nonce. */
const FLAG_LETTERS = "FSRPAUECN";
const PUSH_ACK = 0x18;
const MAXIMUM_FLAGS = 0xfff;

function formatFlags(flags: number): string {
  if (flags === PUSH_ACK) return "PA";
  if (flags === 0) return ".";
  return [...FLAG_LETTERS].filter((_, bit) => flags & (1 << bit)).join("");
}

function parseFlags(text: string): number | undefined {
  if (text === ".") return 0;
  if (/^[0-9]/.test(text)) {
    const flags = parseWord(text);
    return flags !== undefined && flags <= MAXIMUM_FLAGS ? flags : undefined;
  }
  const bits = [...text].map((letter) => FLAG_BITS.get(letter));
  if (bits.length === 0 || bits.includes(undefined)) return undefined;
  return bits.reduce<number>((flags, bit) => flags | (1 << (bit ?? 0)), 0);
}

/** The letters, and the older `X`, `Y` and `W` of the congestion flags. */
const FLAG_BITS: ReadonlyMap<string, number> = new Map([
  ...[...FLAG_LETTERS].map((letter, bit): [string, number] => [letter, bit]),
  ["X", FLAG_LETTERS.indexOf("E")],
  ["Y", FLAG_LETTERS.indexOf("C")],
  ["W", FLAG_LETTERS.indexOf("C")],
]);

function setHeaderLength(draft: PacketDraft, tcp: number, value: number): void {
  const length = (value + 3) & ~3;
  const more = length - draft.tcpHeaderLength;
  if (more > 0) draft.insertZeros(tcp + draft.tcpHeaderLength, more);
  draft.setTcpHeaderLength(length);
}

/** A lone timestamp after two bytes of padding (RFC 7323 appendix A), as its first word. */
const ALIGNED_TIMESTAMP = 0x0101_080a;

function optionsField(name: string, selection: OptionSelection, order: number): Field {
  const skipsTimestamps = selection !== ALL_OPTIONS;
  return defineField<Uint8Array>({
    name,
    needsHeaders: true,
    binary: {
      ...COUNTED_BYTES,
      encode: (value) => COUNTED_BYTES.encode(value && (skipsTimestamps ? selectTcpOptions(value, selection) : value)),
    },
    extract(view) {
      const tcp = view.transport;
      // A capture that ends before the header does may still be known to have no such options.
      const isThere = view.transportLayer === "tcp" && view.transportLength >= 13;
      const length = (view.byte(tcp + 12) >> 4) * 4;
      const isAligned =
        length === 32 && view.transportLength >= 24 && view.word(tcp + HEADER_LENGTH.tcp) === ALIGNED_TIMESTAMP;
      if (isThere && (length === HEADER_LENGTH.tcp || (skipsTimestamps && isAligned))) return new Uint8Array(0);
      if (!isThere || view.transportLength < length) return view.missing("tcp", view.transportLength + 1);
      return view.bytes(tcp + HEADER_LENGTH.tcp, tcp + length);
    },
    format: (value) => formatTcpOptions(value, selection),
    input: { order, parse: (text) => parseTcpOptions(text, selection), inject: injectOptions },
  });
}

function injectOptions(draft: PacketDraft, options: Uint8Array): void {
  const tcp = makeTcp(draft);
  if (tcp === undefined) return;
  draft.hasTcpHeaderLength = true;
  if (options.length === 0) return;
  const length = (HEADER_LENGTH.tcp + options.length + 3) & ~3;
  draft.growTo(tcp + length);
  if (length > draft.tcpHeaderLength) draft.setTcpHeaderLength(length);
  draft.setBytes(tcp + HEADER_LENGTH.tcp, options);
}

export const TCP_FIELDS: readonly Field[] = [
  headerField({ name: "tcp_seq", ...wordAt(4) }),
  headerField({ name: "tcp_ack", ...wordAt(8) }),
  headerField({
    name: "tcp_off",
    binary: BYTE,
    needed: 13,
    get: (view, tcp) => (view.byte(tcp + 12) >> 4) * 4,
    parse: parseByte,
    set: setHeaderLength,
    order: ORDER.transport - 1,
  }),
  headerField({
    name: "tcp_flags",
    binary: BYTE,
    needed: 14,
    get: (view, tcp) => view.half(tcp + 12) & MAXIMUM_FLAGS,
    format: formatFlags,
    parse: parseFlags,
    set(draft, tcp, value) {
      draft.setByte(tcp + 12, (draft.byte(tcp + 12) & 0xf0) | (value >> 8));
      draft.setByte(tcp + 13, value & 0xff);
    },
  }),
  headerField({ name: "tcp_window", ...halfAt(14) }),
  headerField({ name: "tcp_urp", ...halfAt(18) }),
  optionsField("tcp_opt", ALL_OPTIONS, ORDER.transport + 3),
  optionsField("tcp_ntopt", ALL_BUT_TIMESTAMPS, ORDER.transport + 2),
  optionsField("tcp_sack", SACK_OPTIONS, ORDER.transport + 1),
];
