/** Fields of the ICMP header. */

import { ICMP_CODES, ICMP_TYPES } from "../../library/arguments/builtInNames.ts";
import { type BinaryForm, BYTE, defineField, type Field, HALF, ORDER, parseByte, parseHalf } from "./field.ts";
import type { PacketDraft } from "./packetDraft.ts";
import type { PacketView } from "./packetView.ts";
import {
  HEADER_LENGTH,
  ICMP_NEED_FRAGMENTATION,
  ICMP_UNREACHABLE,
  PROTOCOL,
  SEQUENCED_ICMP_TYPES,
  TIMESTAMP_ICMP_TYPES,
} from "./protocols.ts";

/** A field at a fixed place in the header, which not every message has. */
interface HeaderField {
  readonly name: string;
  readonly binary: BinaryForm<number>;
  readonly offset: number;
  readonly order: number;
  /** Whether messages with this type and code have the field. */
  isIn(type: number, code: number): boolean;
  /** Bytes of the header that must be there, so that it can be told whether the message has the field. */
  readonly neededToTell: number;
  format?(value: number, view: PacketView): string;
  parse(text: string, draft: PacketDraft): number | undefined;
  inject(draft: PacketDraft, icmp: number, value: number): void;
}

function headerField(field: HeaderField): Field {
  const needed = field.offset + (field.binary === HALF ? 2 : 1);
  return defineField<number>({
    name: field.name,
    needsHeaders: true,
    binary: field.binary,
    extract(view) {
      const icmp = view.transport;
      const isHeader = view.transportLayer === "icmp";
      if (!isHeader || view.transportLength < field.neededToTell) return view.missing("icmp", field.neededToTell);
      if (!field.isIn(view.byte(icmp), view.byte(icmp + 1))) return undefined;
      if (view.transportLength < needed) return view.missing("icmp", needed);
      return field.binary === HALF ? view.half(icmp + field.offset) : view.byte(icmp + field.offset);
    },
    format: field.format ?? String,
    input: {
      order: field.order,
      parse: field.parse,
      inject(draft, value) {
        const icmp = draft.makeIp(PROTOCOL.icmp) === undefined ? undefined : draft.makeTransport();
        if (icmp === undefined) return;
        draft.growTo(icmp + HEADER_LENGTH.icmp);
        field.inject(draft, icmp, value);
      },
    },
  });
}

function typeField(name: string, format: (value: number) => string): Field {
  return headerField({
    name,
    binary: BYTE,
    offset: 0,
    order: ORDER.transport,
    isIn: () => true,
    neededToTell: 1,
    format,
    parse: (text) => ICMP_TYPES.get(text) ?? parseByte(text),
    inject(draft, icmp, value) {
      draft.setByte(icmp, value);
      draft.hasIcmpType = true;
      if (TIMESTAMP_ICMP_TYPES.has(value)) draft.growTo(icmp + HEADER_LENGTH.icmpTimestamp);
    },
  });
}

function codeField(name: string, format: (value: number, view: PacketView) => string): Field {
  return headerField({
    name,
    binary: BYTE,
    offset: 1,
    order: ORDER.transport + 1,
    isIn: () => true,
    neededToTell: 2,
    format,
    parse(text, draft) {
      const type = draft.hasIcmpType ? draft.byte(draft.transportOffset ?? 0) : undefined;
      const named = type === undefined ? undefined : ICMP_CODES.get(type)?.get(text);
      return named ?? parseByte(text);
    },
    inject(draft, icmp, value) {
      draft.setByte(icmp + 1, value);
      draft.hasIcmpCode = true;
    },
  });
}

/** Identifier or sequence number. */
function sequencedField(name: string, offset: number): Field {
  return headerField({
    name,
    binary: HALF,
    offset,
    order: ORDER.transport + 2,
    isIn: (type) => SEQUENCED_ICMP_TYPES.has(type),
    neededToTell: 1,
    parse: parseHalf,
    inject(draft, icmp, value) {
      if (!draft.hasIcmpType || SEQUENCED_ICMP_TYPES.has(draft.byte(icmp))) draft.setHalf(icmp + offset, value);
    },
  });
}

/** The maximum transmission unit that a router could not exceed (RFC 1191 §4). */
const nextMtuField = headerField({
  name: "icmp_nextmtu",
  binary: HALF,
  offset: 6,
  order: ORDER.transport + 2,
  isIn: (type, code) => type === ICMP_UNREACHABLE && code === ICMP_NEED_FRAGMENTATION,
  neededToTell: 2,
  parse: parseHalf,
  inject(draft, icmp, value) {
    const typeFits = !draft.hasIcmpType || draft.byte(icmp) === ICMP_UNREACHABLE;
    const codeFits = !draft.hasIcmpCode || draft.byte(icmp + 1) === ICMP_NEED_FRAGMENTATION;
    if (typeFits && codeFits) draft.setHalf(icmp + 6, value);
  },
});

/** Names that dumps print, in no order. */
const TYPE_NAMES: readonly string[] = [
  "echo-reply",
  "unreachable",
  "sourcequench",
  "redirect",
  "echo",
  "routeradvert",
  "routersolicit",
  "timeexceeded",
  "parameterproblem",
  "timestamp",
  "timestamp-reply",
  "inforeq",
  "inforeq-reply",
  "maskreq",
  "maskreq-reply",
];
const CODE_NAMES: readonly string[] = [
  "net",
  "host",
  "protocol",
  "port",
  "needfrag",
  "srcroutefail",
  "netunknown",
  "hostunknown",
  "isolated",
  "netprohibited",
  "hostprohibited",
  "tosnet",
  "toshost",
  "filterprohibited",
  "hostprecedence",
  "precedencecutoff",
  "transit",
  "reassembly",
  "erroratptr",
  "missingopt",
  "length",
];

function typeName(type: number): string {
  return TYPE_NAMES.find((name) => ICMP_TYPES.get(name) === type) ?? String(type);
}

function codeName(code: number, view: PacketView): string {
  const codes = ICMP_CODES.get(view.byte(view.transport));
  return CODE_NAMES.find((name) => codes?.get(name) === code) ?? String(code);
}

export const ICMP_FIELDS: readonly Field[] = [
  typeField("icmp_type", String),
  codeField("icmp_code", String),
  typeField("icmp_type_name", typeName),
  codeField("icmp_code_name", codeName),
  sequencedField("icmp_flowid", 4),
  sequencedField("icmp_seq", 6),
  nextMtuField,
];
