/** Frames for tests of the fabric: short to write down, and told apart by a number. */

export interface Tag {
  readonly vlan: number;
  readonly priority: number;
}

export interface TestFrame {
  readonly to: string;
  readonly from: string;
  readonly tag?: Tag | undefined;
  readonly number: number;
  /** Bytes behind the number. */
  readonly padding?: number;
}

/** IEEE 802, local experimental EtherType 1. */
const TYPE = 0x88b5;
const TPID = 0x8100;
const TYPE_AT = 12;

export const BROADCAST = "ff:ff:ff:ff:ff:ff";

/** A locally administered address. */
export function mac(number: number): string {
  return `02:00:00:00:${hex(number >> 8)}:${hex(number & 255)}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function macBytes(text: string): Buffer {
  return Buffer.from(text.replaceAll(":", ""), "hex");
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}

export function frameBytes({ to, from, tag, number, padding = 0 }: TestFrame): Buffer {
  const tagBytes = tag ? words(TPID, (tag.priority << 13) | tag.vlan) : Buffer.alloc(0);
  const body = words(TYPE, number >>> 16, number & 0xffff);
  return Buffer.concat([macBytes(to), macBytes(from), tagBytes, body, Buffer.alloc(padding, number)]);
}

/** The number of a frame that `frameBytes` made, tagged or not. */
export function frameNumber(frame: Buffer): number {
  return frame.readUInt32BE(tagOf(frame) ? TYPE_AT + 6 : TYPE_AT + 2);
}

export function tagOf(frame: Buffer): Tag | undefined {
  if (frame.readUInt16BE(TYPE_AT) !== TPID) return undefined;
  const control = frame.readUInt16BE(TYPE_AT + 2);
  return { vlan: control & 0xfff, priority: control >> 13 };
}
