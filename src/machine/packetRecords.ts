/** The host's end of packets in byte streams (elements/kernel/packetRecords.ts has the format). */

/** A packet as plain data. Offsets count from the start of the data and may be negative, into `headroom`. */
export interface PacketRecord {
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  readonly data: Uint8Array;
  /** Bytes that stand before the data: stripped headers. */
  readonly headroom?: Uint8Array;
  readonly macOffset?: number | undefined;
  readonly networkOffset?: number | undefined;
  readonly transportOffset?: number | undefined;
  /** Click's annotation area. */
  readonly annotations: Uint8Array;
  /** Numbered as in Linux's if_packet.h; absent = 0, to this host. */
  readonly packetType?: number;
}

/** A packet that a guest's element wrote. */
export interface WrittenPacket extends PacketRecord {
  /** Number of the element among those that write to the stream. */
  readonly writer: number;
}

/** Offsets of a record's fields, and of what follows them. */
const LENGTH = 0;
const DATA_LENGTH = 4;
const TIMESTAMP = 8;
const POSITION = 16;
const MAC_OFFSET = 24;
const NETWORK_OFFSET = 28;
const TRANSPORT_OFFSET = 32;
const FRONT_LENGTH = 36;
const KIND = 40;
const PACKET_TYPE = 41;
const WRITER = 44;
const ANNOTATIONS = 48;
const ANNOTATIONS_LENGTH = 48;
/** Bytes in front of a record's own. */
export const RECORD_HEADER = 96;

/** The packet has no such header. */
const NO_HEADER = -(2 ** 31);
/** The record holds text, not a packet. */
const TEXT = 1;

/** @param position  place in the file behind the packet, for handlers that tell it */
export function encodePacket(packet: PacketRecord, position: number): Uint8Array {
  const front = packet.headroom?.length ?? 0;
  const record = new Uint8Array(RECORD_HEADER + front + packet.data.length);
  const view = new DataView(record.buffer);
  view.setUint32(LENGTH, record.length, true);
  view.setUint32(DATA_LENGTH, packet.data.length, true);
  view.setBigInt64(TIMESTAMP, packet.timestamp, true);
  view.setBigUint64(POSITION, BigInt(position), true);
  view.setInt32(MAC_OFFSET, packet.macOffset ?? NO_HEADER, true);
  view.setInt32(NETWORK_OFFSET, packet.networkOffset ?? NO_HEADER, true);
  view.setInt32(TRANSPORT_OFFSET, packet.transportOffset ?? NO_HEADER, true);
  view.setUint32(FRONT_LENGTH, front, true);
  view.setUint8(PACKET_TYPE, packet.packetType ?? 0);
  record.set(packet.annotations.subarray(0, ANNOTATIONS_LENGTH), ANNOTATIONS);
  if (packet.headroom) record.set(packet.headroom, RECORD_HEADER);
  record.set(packet.data, RECORD_HEADER + front);
  return record;
}

/** A record of text that the guest prints when it comes to it. */
export function encodeText(text: Uint8Array): Uint8Array {
  const record = new Uint8Array(RECORD_HEADER + text.length);
  const view = new DataView(record.buffer);
  view.setUint32(LENGTH, record.length, true);
  view.setUint32(DATA_LENGTH, text.length, true);
  view.setUint8(KIND, TEXT);
  record.set(text, RECORD_HEADER);
  return record;
}

/**
 * The packets that a guest wrote.
 *
 * @param bytes  whole records, as a stream gives them
 * @throws RangeError when they are not: the guest is broken
 */
export function* decodePackets(bytes: Uint8Array): Generator<WrittenPacket> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at + LENGTH, true);
    const front = view.getUint32(at + FRONT_LENGTH, true);
    const dataLength = view.getUint32(at + DATA_LENGTH, true);
    if (length !== RECORD_HEADER + front + dataLength || at + length > bytes.length)
      throw new RangeError("a packet record does not fit its stream");
    const data = at + RECORD_HEADER + front;
    yield {
      timestamp: view.getBigInt64(at + TIMESTAMP, true),
      data: bytes.subarray(data, data + dataLength),
      headroom: bytes.subarray(at + RECORD_HEADER, data),
      macOffset: headerOffset(view.getInt32(at + MAC_OFFSET, true)),
      networkOffset: headerOffset(view.getInt32(at + NETWORK_OFFSET, true)),
      transportOffset: headerOffset(view.getInt32(at + TRANSPORT_OFFSET, true)),
      annotations: bytes.subarray(at + ANNOTATIONS, at + ANNOTATIONS + ANNOTATIONS_LENGTH),
      packetType: view.getUint8(at + PACKET_TYPE),
      writer: view.getUint32(at + WRITER, true),
    };
    at += length;
  }
}

function headerOffset(value: number): number | undefined {
  return value === NO_HEADER ? undefined : value;
}
