/** Turns the fields of a line into a finished packet: lengths that agree, checksums, annotations. */

import type { PacketDraft } from "./packetDraft.ts";
import { FRAGMENT, HEADER_LENGTH, PROTOCOL } from "./protocols.ts";
import {
  ANNOTATION,
  readAnnotation,
  readFirstTimestamp,
  type SummaryRecord,
  viewOf,
  writeAnnotation,
} from "./record.ts";

/** The longest IP packet. */
const MAXIMUM_IP_LENGTH = 0xffff;

/**
 * Finishes a packet.
 *
 * @param checksums  `set` also makes the packet as long as its IP header says
 */
export function finishPacket(draft: PacketDraft, checksums: "set" | "left"): SummaryRecord {
  if (draft.ip !== undefined) draft.makeTransport();
  if (draft.ip !== undefined) finishIp(draft, draft.ip, checksums);
  const extra = draft.wantedLength - draft.length;
  if (extra > 0) writeAnnotation(draft.annotations, ANNOTATION.extraLength, extra);
  return {
    timestamp: draft.timestamp,
    data: draft.data,
    macOffset: draft.macOffset,
    networkOffset: draft.networkOffset,
    transportOffset: draft.transportOffset,
    annotations: draft.annotations,
  };
}

function finishIp(draft: PacketDraft, ip: number, checksums: "set" | "left"): void {
  const length = ipLength(draft, ip);
  draft.setHalf(ip + 2, length);
  const udp = draft.transportOffset;
  if (draft.protocol === PROTOCOL.udp && draft.isFirstFragment && udp !== undefined && draft.half(udp + 4) === 0) {
    draft.setHalf(udp + 4, Math.max(length - (udp - ip), 0));
  }
  draft.annotations.set(draft.data.subarray(ip + 16, ip + 20));
  if (checksums === "left") return;
  draft.growTo(ip + length);
  setChecksums(draft, ip);
}

function ipLength(draft: PacketDraft, ip: number): number {
  const wanted = draft.wantedLength >= ip ? draft.wantedLength - ip : draft.wantedLength;
  return wanted === 0 ? draft.networkLength : Math.min(wanted, MAXIMUM_IP_LENGTH);
}

/** Where each transport header has its checksum, and whether that covers the pseudo-header (RFC 793, RFC 768, RFC 792). */
const CHECKSUMS: ReadonlyMap<number, { readonly offset: number; readonly coversAddresses: boolean }> = new Map([
  [PROTOCOL.tcp, { offset: 16, coversAddresses: true }],
  [PROTOCOL.udp, { offset: 6, coversAddresses: true }],
  [PROTOCOL.icmp, { offset: 2, coversAddresses: false }],
]);

function setChecksums(draft: PacketDraft, ip: number): void {
  draft.setHalf(ip + 10, 0);
  draft.setHalf(ip + 10, foldedSum(sum(draft.data.subarray(ip, ip + draft.ipHeaderLength))));
  const isFragment = (draft.half(ip + 6) & 0x3fff) !== 0;
  const place = CHECKSUMS.get(draft.protocol);
  if (isFragment || place === undefined || draft.transportOffset === undefined) return;
  if (draft.transportLength < place.offset + 2) return;
  const at = draft.transportOffset + place.offset;
  draft.setHalf(at, 0);
  const segment = draft.data.subarray(draft.transportOffset);
  const addresses = draft.data.subarray(ip + 12, ip + HEADER_LENGTH.ip);
  const pseudoHeader = place.coversAddresses ? sum(addresses) + draft.protocol + segment.length : 0;
  draft.setHalf(at, foldedSum(sum(segment) + pseudoHeader));
}

/** The sum of 16-bit words, an odd byte being the high one of its word. */
function sum(bytes: Uint8Array): number {
  let total = 0;
  for (const [index, byte] of bytes.entries()) total += index % 2 === 0 ? byte * 256 : byte;
  return total;
}

/** The Internet checksum (RFC 1071) of a sum. */
function foldedSum(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}

/**
 * A record that stands for several packets, as that many. All but the last have the same length; the times go in even steps
 * from the first to the last. Headers get the lengths, but no new checksums, as in Click.
 */
export function* repeatPacket(record: SummaryRecord): Generator<SummaryRecord> {
  const more = readAnnotation(record.annotations, ANNOTATION.extraPackets);
  if (more === 0) {
    yield record;
    return;
  }
  const captured = record.data.length;
  const total = captured + readAnnotation(record.annotations, ANNOTATION.extraLength);
  const share = Math.max(Math.floor(total / (more + 1)), captured);
  const first = readFirstTimestamp(record.annotations);
  const step = first === 0n ? 0n : (record.timestamp - first) / BigInt(more);
  let timestamp = first === 0n ? record.timestamp : first;
  for (let index = 0; index < more; index++) {
    yield single(record, timestamp, share);
    timestamp += step;
  }
  yield single(record, record.timestamp, Math.max(total - more * share, captured));
}

/** One of the packets that a record stands for. */
function single(record: SummaryRecord, timestamp: bigint, length: number): SummaryRecord {
  const annotations = new Uint8Array(record.annotations);
  writeAnnotation(annotations, ANNOTATION.extraPackets, 0);
  writeAnnotation(annotations, ANNOTATION.extraLength, length - record.data.length);
  return { ...record, timestamp, annotations, data: withIpLength(record, length) };
}

function withIpLength(record: SummaryRecord, packetLength: number): Uint8Array {
  const data = new Uint8Array(record.data);
  const { networkOffset: ip, transportOffset: transport } = record;
  if (ip === undefined || transport === undefined || transport - ip < HEADER_LENGTH.ip) return data;
  const view = viewOf(data);
  const length = Math.min(packetLength - ip, MAXIMUM_IP_LENGTH);
  if (view.getUint16(ip + 2) === length) return data;
  view.setUint16(ip + 2, length);
  const isUdp = view.getUint8(ip + 9) === PROTOCOL.udp && (view.getUint16(ip + 6) & FRAGMENT.offsetMask) === 0;
  if (isUdp && transport + 6 <= data.length) view.setUint16(transport + 4, length - (transport - ip));
  return data;
}
