/** All fields of IP summary dumps, by name. */

import { ANNOTATION_FIELDS } from "./annotationFields.ts";
import type { Field } from "./field.ts";
import { ICMP_FIELDS } from "./icmpFields.ts";
import { IP_FIELDS } from "./ipFields.ts";
import { LINK_FIELDS } from "./linkFields.ts";
import { PAYLOAD_FIELDS } from "./payloadFields.ts";
import { TCP_FIELDS } from "./tcpFields.ts";
import { UDP_FIELDS } from "./udpFields.ts";

const FIELDS: ReadonlyMap<string, Field> = new Map(
  [ANNOTATION_FIELDS, LINK_FIELDS, IP_FIELDS, TCP_FIELDS, UDP_FIELDS, ICMP_FIELDS, PAYLOAD_FIELDS].flatMap((fields) =>
    fields.map((field): [string, Field] => [field.name, field]),
  ),
);

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["utimestamp", "timestamp"],
  ["ts", "timestamp"],
  ["sec", "ts_sec"],
  ["usec", "ts_usec"],
  ["usec1", "ts_usec1"],
  ["first_utimestamp", "first_timestamp"],
  ["first_ts", "first_timestamp"],
  ["pkt_count", "count"],
  ["packet_count", "count"],
  ["agg", "aggregate"],
  ["wire_length", "wire_len"],
  ["ether_src", "eth_src"],
  ["ether_dst", "eth_dst"],
  ["ether_type", "eth_type"],
  ["length", "ip_len"],
  ["ip_p", "ip_proto"],
  ["tcp_seqno", "tcp_seq"],
  ["tcp_ackno", "tcp_ack"],
  ["tcp_win", "tcp_window"],
  ["payload_length", "payload_len"],
]);

/** The names of all fields, in order. */
export const FIELD_NAMES: readonly string[] = [...FIELDS.keys()];

/**
 * Finds a field by its name or another name of it. Spaces stand for underscores, and a word of its own for the field of the
 * IP header: `src` and `ip src` are `ip_src`.
 */
export function findField(name: string): Field | undefined {
  const field = FIELDS.get(ALIASES.get(name) ?? name);
  if (field !== undefined) return field;
  if (name.includes(" ")) return findField(name.replace(" ", "_"));
  return name.includes("_") ? undefined : findField(`ip_${name}`);
}
