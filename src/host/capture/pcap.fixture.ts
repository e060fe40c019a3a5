/** Captures for tests: written and read naively, field by field. */

export interface CapturedPacket {
  readonly seconds: number;
  readonly fraction: number;
  readonly data: Uint8Array;
  /** Length on the wire; absent = that of the data. */
  readonly length?: number;
}

export interface CaptureForm {
  readonly littleEndian: boolean;
  readonly magic: number;
  readonly minorVersion?: number;
  readonly snapLength?: number;
  readonly linkType?: number;
}

export const MICROSECONDS = 0xa1b2c3d4;
export const NANOSECONDS = 0xa1b23c4d;
export const MODIFIED = 0xa1b2cd34;

export const OURS: CaptureForm = { littleEndian: true, magic: NANOSECONDS };

export function makeCapture(
  packets: readonly CapturedPacket[],
  { littleEndian, magic, minorVersion = 4, snapLength = 2000, linkType = 1 }: CaptureForm = OURS,
): Buffer {
  const header = new DataView(new ArrayBuffer(24));
  header.setUint32(0, magic, littleEndian);
  header.setUint16(4, 2, littleEndian);
  header.setUint16(6, minorVersion, littleEndian);
  header.setUint32(16, snapLength, littleEndian);
  header.setUint32(20, linkType, littleEndian);
  const parts = [Buffer.from(header.buffer)];
  for (const { seconds, fraction, data, length = data.length } of packets) {
    const record = new DataView(new ArrayBuffer(16));
    [seconds, fraction, data.length, length].forEach((word, index) => {
      record.setUint32(index * 4, word, littleEndian);
    });
    parts.push(Buffer.from(record.buffer));
    if (magic === MODIFIED) parts.push(Buffer.alloc(8, 0x55));
    parts.push(Buffer.from(data));
  }
  return Buffer.concat(parts);
}

/** Reads what `makeCapture` with `OURS` writes. @throws when it is anything else */
export function readCapture(bytes: Buffer): Required<CapturedPacket>[] {
  if (bytes.readUInt32LE(0) !== NANOSECONDS) throw new Error("not a little-endian capture with nanoseconds");
  const packets: Required<CapturedPacket>[] = [];
  for (let at = 24; at < bytes.length; ) {
    const [seconds, fraction, captured, length] = [0, 4, 8, 12].map((offset) => bytes.readUInt32LE(at + offset));
    const data = bytes.subarray(at + 16, at + 16 + (captured ?? 0));
    if (data.length !== captured) throw new Error("the last record is cut short");
    packets.push({ seconds: seconds ?? 0, fraction: fraction ?? 0, data: Uint8Array.from(data), length: length ?? 0 });
    at += 16 + data.length;
  }
  return packets;
}
