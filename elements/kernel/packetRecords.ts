/**
 * Packets in a byte stream between a guest and its host, whole: data, headers, annotations (src/machine/packetRecords.ts is the host's
 * end). One framing for both directions. A record may also hold text, so that the host's messages keep their place between packets.
 */
import { ANNOTATION_BYTES, makePacket, maximumLength, Packet } from "./packet";
import { yieldToHost } from "./state";
import { Stream } from "./stream";

/** Header offset of a packet that has no such header. */
const NO_HEADER: i32 = i32.MIN_VALUE;

/** Kinds of records. */
export const PACKET_RECORD: u8 = 0;
export const TEXT_RECORD: u8 = 1;

/** What stands in front of a record's bytes. Little-endian, as all of guest memory. */
@unmanaged
export class PacketRecord {
  /** Bytes of the whole record, this header included. */
  length: u32;
  /** Bytes of the packet's data, or of the text. They end the record. */
  dataLength: u32;
  timestamp: i64;
  /** Place in the file that the packet was read from, behind the packet. */
  position: u64;
  /** Offsets of the headers from the start of the data, or NO_HEADER. Negative ones point into what stands before the data. */
  macOffset: i32;
  networkOffset: i32;
  transportOffset: i32;
  /** Bytes between this header and the data: stripped headers. */
  frontLength: u32;
  kind: u8;
  packetType: u8;
  private reserved: u16;
  /** Who wrote the record, where several elements write to one stream. */
  writer: u32;
  private annotations0: u64;
  private annotations8: u64;
  private annotations16: u64;
  private annotations24: u64;
  private annotations32: u64;
  private annotations40: u64;

  @inline get annotations(): usize { return changetype<usize>(this) + offsetof<PacketRecord>("annotations0"); }
}

/** Bytes of a record's header. */
export const RECORD_HEADER: u32 = offsetof<PacketRecord>();

const scratch: PacketRecord = changetype<PacketRecord>(memory.data(offsetof<PacketRecord>(), 8));

/** Bytes from the first header that lies before the data up to the data. */
function frontLength(p: Packet): u32 {
  let first = p.data;
  if (p.macHeader && p.macHeader < first) first = p.macHeader;
  if (p.networkHeader && p.networkHeader < first) first = p.networkHeader;
  return <u32>(p.data - first);
}

/**
 * Appends a record of `p`.
 * @returns false, with nothing written, when there is no room; the host was asked to come
 */
export function writePacket(stream: Stream, p: Packet, writer: u32): bool {
  const front = frontLength(p);
  const length = RECORD_HEADER + front + p.length;
  if (length > stream.writable) {
    stream.lost += length;
    yieldToHost();
    return false;
  }
  const record = scratch;
  record.length = length;
  record.dataLength = p.length;
  record.timestamp = p.timestamp;
  record.position = 0;
  record.macOffset = offsetOf(p.macHeader, p.data);
  record.networkOffset = offsetOf(p.networkHeader, p.data);
  record.transportOffset = offsetOf(p.transportHeader, p.data);
  record.frontLength = front;
  record.kind = PACKET_RECORD;
  record.packetType = p.packetType;
  record.writer = writer;
  memory.copy(record.annotations, p.annotations, ANNOTATION_BYTES);
  stream.write(changetype<usize>(record), RECORD_HEADER);
  stream.write(p.data - front, front + p.length);
  return true;
}

@inline
function offsetOf(header: usize, data: usize): i32 {
  return header ? <i32>(header - data) : NO_HEADER;
}

/** The header of the next record, valid until the next call; null when none is there. The host writes whole records. */
export function nextRecord(stream: Stream): PacketRecord | null {
  if (stream.readable < RECORD_HEADER) return null;
  stream.peek(changetype<usize>(scratch), RECORD_HEADER);
  return scratch;
}

/** Whether the packet of a record fits a buffer. */
@inline
export function fitsBuffer(record: PacketRecord): bool {
  return record.frontLength + record.dataLength <= maximumLength();
}

/**
 * Makes the packet of the record that `nextRecord` gave, and moves past it.
 * @returns null, with the record left where it is, when there is no buffer for it
 */
export function takePacket(stream: Stream, record: PacketRecord): Packet | null {
  const p = makePacket(record.frontLength + record.dataLength);
  if (!p) return null;
  stream.skip(RECORD_HEADER);
  stream.peek(p.data, p.length);
  stream.skip(p.length);
  p.pull(record.frontLength);
  p.timestamp = record.timestamp;
  p.packetType = record.packetType;
  p.macHeader = addressOf(record.macOffset, p.data);
  p.networkHeader = addressOf(record.networkOffset, p.data);
  p.transportHeader = addressOf(record.transportOffset, p.data);
  memory.copy(p.annotations, record.annotations, ANNOTATION_BYTES);
  return p;
}

@inline
function addressOf(offset: i32, data: usize): usize {
  return offset == NO_HEADER ? 0 : data + <usize>offset;
}
