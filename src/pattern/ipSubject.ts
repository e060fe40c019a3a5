/** What a test of an IP pattern is about: its kinds and header fields, and how messages name them. */
import {
  PROTOCOL_ICMP,
  PROTOCOL_IGMP,
  PROTOCOL_IPIP,
  PROTOCOL_TCP,
  PROTOCOL_TCP_OR_UDP,
  PROTOCOL_TRANSPORT,
  PROTOCOL_UDP,
} from "./protocols.ts";

/** Kinds of subjects and values. Header fields are numbers too: see {@link field}. */
export const Kind = {
  /** A word that could not be understood; reported already. */
  WRONG: -2,
  NONE: 0,
  /** The name of a kind, as a word. */
  SUBJECT: 1,
  NUMBER: 3,
  HOST: 10,
  PROTOCOL: 11,
  FRAGMENT: 12,
  PORT: 13,
  TCP_FLAG: 14,
  ETHER: 15,
  NET: 30,
  UNFRAGMENTED: 31,
  ECN: 32,
  CONGESTED: 33,
} as const;

export const NO_PROTOCOL = -1000;

const FIELD = 0x40000000;
const PROTOCOL_SHIFT = 21;
const OFFSET_SHIFT = 5;

/**
 * A header field as a number: protocol (0 for IP) in 9 bits, offset in bits in 16, length in bits less one in 5.
 * A position that is too large runs over into the neighbouring bits, and a negative one makes the number negative.
 */
export function field(protocol: number, bitOffset: number, bitLength: number): number {
  return FIELD | (protocol << PROTOCOL_SHIFT) | (bitOffset << OFFSET_SHIFT) | (bitLength - 1);
}

export const isField = (kind: number): boolean => (kind & FIELD) !== 0;
export const fieldProtocol = (kind: number): number => (kind >> PROTOCOL_SHIFT) & 0x1ff;
export const fieldBitOffset = (kind: number): number => (kind >> OFFSET_SHIFT) & 0xffff;
export const fieldBitLength = (kind: number): number => (kind & 0x1f) + 1;

/** RFC 791 §3.1, RFC 2474 §3 (dscp), RFC 9293 §3.1 (win), RFC 792 (type). */
export const TOS = field(0, 8, 8);
export const ICMP_TYPE = field(PROTOCOL_ICMP, 0, 8);
export const NAMED_FIELDS: readonly (readonly [string, number])[] = [
  ["vers", field(0, 0, 4)],
  ["hl", field(0, 4, 4)],
  ["tos", TOS],
  ["dscp", field(0, 8, 6)],
  ["len", field(0, 16, 16)],
  ["id", field(0, 32, 16)],
  ["ttl", field(0, 64, 8)],
  ["win", field(PROTOCOL_TCP, 112, 16)],
  ["type", ICMP_TYPE],
];

export type Direction = "src" | "dst" | "src or dst" | "src and dst";

const KIND_TEXT = new Map<number, string>([
  [Kind.NONE, "<none>"],
  [Kind.HOST, "ip host"],
  [Kind.PROTOCOL, "proto"],
  [Kind.ETHER, "ether host"],
  [Kind.FRAGMENT, "ip frag"],
  [Kind.PORT, "port"],
  [Kind.TCP_FLAG, "tcp opt"],
  [Kind.NET, "ip net"],
  [Kind.UNFRAGMENTED, "ip unfrag"],
  [Kind.ECN, "ip ect"],
  [Kind.CONGESTED, "ip ce"],
  ...NAMED_FIELDS.map(([name, code]): [number, string] => [
    code,
    `${name === "win" ? "tcp" : name === "type" ? "icmp" : "ip"} ${name}`,
  ]),
]);

/** A subject as messages name it. */
export function subjectText(direction: Direction | undefined, kind: number): string {
  const prefix = direction === undefined ? "" : `${direction} `;
  const named = KIND_TEXT.get(kind);
  if (named !== undefined) return prefix + named;
  if (!isField(kind)) return `${prefix}<unknown type ${kind}>`;
  const protocol = fieldProtocol(kind);
  return `${prefix}${protocol === 0 ? "ip" : protocolText(protocol)}[...]`;
}

const PROTOCOL_TEXT = new Map<number, string>([
  [NO_PROTOCOL, ""],
  [PROTOCOL_ICMP, "icmp"],
  [PROTOCOL_IGMP, "igmp"],
  [PROTOCOL_IPIP, "ipip"],
  [PROTOCOL_TCP, "tcp"],
  [PROTOCOL_UDP, "udp"],
  [PROTOCOL_TCP_OR_UDP, "tcpudp"],
  [PROTOCOL_TRANSPORT, "transp"],
]);

/** A transport protocol as messages name it. */
export function protocolText(protocol: number): string {
  return PROTOCOL_TEXT.get(protocol) ?? `ip proto ${protocol}`;
}
