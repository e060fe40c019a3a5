/** Capture files in the classic pcap format (draft-ietf-opsawg-pcap). */

import { closeSync, openSync, writeSync } from "node:fs";

/** Link types (draft-ietf-opsawg-pcaplinktype). */
export const LINK_TYPE = { ethernet: 1, rawIp: 101 } as const;

/** Magic numbers; the file's byte order is the one in which they read like this. */
const MAGIC = { microseconds: 0xa1b2c3d4, nanoseconds: 0xa1b23c4d } as const;

const FILE_HEADER_LENGTH = 24;
const PACKET_HEADER_LENGTH = 16;
const MAJOR_VERSION = 2;
const MINOR_VERSION = 4;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

export interface PcapOptions {
  readonly resolution?: keyof typeof MAGIC;
  readonly byteOrder?: "little" | "big";
  readonly linkType?: number;
  /** Packets are cut to this length. */
  readonly snapLength?: number;
}

export interface CapturedPacket {
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  readonly data: Uint8Array;
  /** Length on the wire, if more than was captured. */
  readonly wireLength?: number;
}

/** The largest length that readers take without complaint. */
const DEFAULT_SNAP_LENGTH = 262_144;

/** A capture file in pieces: its header, and then each packet. */
export function* encodePcap(packets: Iterable<CapturedPacket>, options: PcapOptions = {}): Generator<Uint8Array> {
  const { resolution = "microseconds", byteOrder = "little", linkType = LINK_TYPE.ethernet } = options;
  const { snapLength = DEFAULT_SNAP_LENGTH } = options;
  const isLittle = byteOrder === "little";
  const header = new DataView(new ArrayBuffer(FILE_HEADER_LENGTH));
  header.setUint32(0, MAGIC[resolution], isLittle);
  header.setUint16(4, MAJOR_VERSION, isLittle);
  header.setUint16(6, MINOR_VERSION, isLittle);
  header.setUint32(16, snapLength, isLittle);
  header.setUint32(20, linkType, isLittle);
  yield new Uint8Array(header.buffer);
  for (const { timestamp, data, wireLength = data.length } of packets) {
    const captured = data.subarray(0, snapLength);
    const fraction = timestamp % NANOSECONDS_PER_SECOND;
    const record = new DataView(new ArrayBuffer(PACKET_HEADER_LENGTH + captured.length));
    record.setUint32(0, Number(timestamp / NANOSECONDS_PER_SECOND), isLittle);
    record.setUint32(4, Number(resolution === "nanoseconds" ? fraction : fraction / 1000n), isLittle);
    record.setUint32(8, captured.length, isLittle);
    record.setUint32(12, wireLength, isLittle);
    const bytes = new Uint8Array(record.buffer);
    bytes.set(captured, PACKET_HEADER_LENGTH);
    yield bytes;
  }
}

/** Packets are written in portions of about this many bytes. */
const PORTION = 1 << 20;

/** Writes a capture file. @returns the number of packets */
export function writePcap(path: string, packets: Iterable<CapturedPacket>, options: PcapOptions = {}): number {
  const file = openSync(path, "w");
  try {
    let pieces: Uint8Array[] = [];
    let size = 0;
    let count = -1; // the first piece is the header
    for (const piece of encodePcap(packets, options)) {
      pieces.push(piece);
      size += piece.length;
      count++;
      if (size < PORTION) continue;
      writeSync(file, Buffer.concat(pieces));
      pieces = [];
      size = 0;
    }
    writeSync(file, Buffer.concat(pieces));
    return count;
  } finally {
    closeSync(file);
  }
}

export interface Capture extends Required<Omit<PcapOptions, "byteOrder">> {
  readonly byteOrder: "little" | "big";
  readonly packets: readonly Required<CapturedPacket>[];
}

/** A capture file that cannot be read. */
export class PcapError extends Error {}

/**
 * Reads a whole capture file.
 *
 * @throws PcapError telling what is wrong and where
 */
export function decodePcap(file: Uint8Array): Capture {
  if (file.length < FILE_HEADER_LENGTH) throw new PcapError("capture is shorter than its header");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const isLittle = Object.values(MAGIC).some((magic) => magic === view.getUint32(0, true));
  const magic = view.getUint32(0, isLittle);
  if (magic !== MAGIC.microseconds && magic !== MAGIC.nanoseconds) throw new PcapError("not a pcap file");
  const nanoseconds = magic === MAGIC.nanoseconds ? 1n : 1000n;
  const packets: Required<CapturedPacket>[] = [];
  for (let at = FILE_HEADER_LENGTH; at < file.length; ) {
    if (at + PACKET_HEADER_LENGTH > file.length)
      throw new PcapError(`capture ends inside a packet header at byte ${at}`);
    const length = view.getUint32(at + 8, isLittle);
    const start = at + PACKET_HEADER_LENGTH;
    if (start + length > file.length) throw new PcapError(`capture ends inside the packet at byte ${at}`);
    packets.push({
      timestamp:
        BigInt(view.getUint32(at, isLittle)) * NANOSECONDS_PER_SECOND +
        BigInt(view.getUint32(at + 4, isLittle)) * nanoseconds,
      data: new Uint8Array(file.subarray(start, start + length)),
      wireLength: view.getUint32(at + 12, isLittle),
    });
    at = start + length;
  }
  return {
    resolution: magic === MAGIC.nanoseconds ? "nanoseconds" : "microseconds",
    byteOrder: isLittle ? "little" : "big",
    snapLength: view.getUint32(16, isLittle),
    linkType: view.getUint32(20, isLittle),
    packets,
  };
}
