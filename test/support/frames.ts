/** Frames for tests of devices, and the ways in and out of a device's tables. */
import {
  type Device,
  type DeviceMemory,
  ENTRY_DATA,
  ENTRY_HEADER,
  ENTRY_LENGTH,
  ENTRY_MERGE,
  ENTRY_SIZE,
} from "../../src/device/device.ts";
import type { Waiter } from "../../src/device/poll.ts";

/** Local experimental EtherType 1 (IEEE 802 §9.2.4): nothing else on the link has it. */
const EXPERIMENTAL = 0x88b5;
const HEADER = 14;
const TAG = 4;

/** A frame that is unlike any other: its number is in the source address and in all of its bytes. @param length  14 at least */
export function numberedFrame(number: number, length: number): Buffer {
  const frame = Buffer.alloc(length);
  frame.writeUIntBE(0x020000000001, 0, 6);
  frame.writeUInt16BE(0x0200, 6);
  frame.writeUInt32BE(number, 8);
  frame.writeUInt16BE(EXPERIMENTAL, 12);
  for (let at = HEADER; at < length; at++) frame[at] = number * 31 + at;
  return frame;
}

/** The same with an IEEE 802.1Q tag. @param type  of the tag @param length  20 at least, or Linux drops it */
export function taggedFrame(number: number, length: number, type: number): Buffer {
  const frame = numberedFrame(number, length - TAG);
  const tag = Buffer.alloc(TAG);
  tag.writeUInt16BE(type, 0);
  tag.writeUInt16BE(number % 4095, 2);
  return Buffer.concat([frame.subarray(0, 12), tag, frame.subarray(12)]);
}

export function isNumbered(frame: Buffer): boolean {
  return [12, 12 + TAG].some((at) => frame.length >= at + 2 && frame.readUInt16BE(at) === EXPERIMENTAL);
}

export interface ReceivedFrame {
  readonly bytes: Buffer;
  /** virtio_net_hdr of ten bytes. */
  readonly header: Buffer;
}

/** A copy of what the first `count` entries of the receive table describe. */
export function takeFrames(device: Device, { memory }: DeviceMemory, count: number): ReceivedFrame[] {
  const bytes = Buffer.from(memory.buffer);
  return Array.from({ length: count }, (_, index) => {
    const entry = device.receiveTable + index * ENTRY_SIZE;
    const data = bytes.readUInt32LE(entry + ENTRY_DATA);
    const length = bytes.readUInt32LE(entry + ENTRY_LENGTH);
    return {
      bytes: Buffer.from(bytes.subarray(data, data + length)),
      header: Buffer.from(bytes.subarray(entry + ENTRY_HEADER, entry + ENTRY_HEADER + 10)),
    };
  });
}

/** Receives until there are `count` frames for which `wanted` holds. */
export async function receiveFrames(
  device: Device,
  memory: DeviceMemory,
  waiter: Waiter,
  count: number,
  wanted: (frame: Buffer) => boolean,
): Promise<ReceivedFrame[]> {
  const frames: ReceivedFrame[] = [];
  while (frames.length < count) {
    const received = device.receive();
    frames.push(...takeFrames(device, memory, received).filter(({ bytes }) => wanted(bytes)));
    if (received > 0) continue;
    if (device.descriptor < 0) break;
    await waiter.wait(1000);
  }
  return frames;
}

/** A frame to be sent, in parts: the first one whole, of the others what lies behind `merge` bytes. */
export interface FramePart {
  readonly bytes: Uint8Array;
  readonly header?: Uint8Array;
  readonly merge?: number;
}

/** Fills the transmit table and sends. @param area  place in the memory for the bytes, 2048 each @returns what the device sent */
export function transmitFrames(
  device: Device,
  { memory }: DeviceMemory,
  area: number,
  parts: readonly FramePart[],
): number {
  const bytes = Buffer.from(memory.buffer);
  for (const [index, { bytes: frame, header, merge = 0 }] of parts.entries()) {
    const entry = device.transmitTable + index * ENTRY_SIZE;
    const data = area + index * 2048;
    bytes.set(frame, data);
    bytes.fill(0, entry, entry + ENTRY_SIZE);
    bytes.writeUInt32LE(data, entry + ENTRY_DATA);
    bytes.writeUInt32LE(frame.length, entry + ENTRY_LENGTH);
    if (header) bytes.set(header, entry + ENTRY_HEADER);
    bytes.writeUInt16LE(merge, entry + ENTRY_MERGE);
  }
  return device.transmit(parts.length);
}
