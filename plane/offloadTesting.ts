/** What the tests of the offloads share: the compiled module on a memory of its own, tables in it, and frames that may be wrong in every field. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ENTRY_SIZE } from "../src/device/device.ts";
import { planeModule } from "../src/plane/modules.ts";
import {
  halfBytes,
  type IpOptions,
  ipPacket,
  PROTOCOL,
  TCP,
  type TcpOptions,
  tcpSegment,
  udpDatagram,
} from "../src/traffic/headers.ts";

/** Where things lie in the memory: its low part belongs to the module. */
export const TABLE = 0x1_0000;
export const OUT = 0x2_0000;
export const FRAMES = 0x4_0000;
export const BUFFERS = 0x10_0000;
export const END = 0x20_0000;
const PAGE = 0x1_0000;

interface PlaneExports {
  foldedSum(at: number, length: number): number;
  foldedCopySum(to: number, from: number, length: number): number;
  completeChecksum(entry: number): number;
  segmentCount(entry: number): number;
  segment(entry: number, out: number, room: number, buffers: number, limit: number): number;
  coalesce(entries: number, count: number): number;
}

const memory = new WebAssembly.Memory({ initial: END / PAGE });
const table = new WebAssembly.Table({ initial: 1, element: "anyfunc" });
const abort = () => assert.fail("the module called abort");
const instance = new WebAssembly.Instance(planeModule("offloadTest"), { env: { memory, table, abort } });

/** The functions under test, and the memory that they work on. */
export const plane = instance.exports as unknown as PlaneExports; // what offloadTest.ts exports
export const bytes = Buffer.from(memory.buffer);

/** linux/virtio_net.h. */
export const NEEDS_CSUM = 1;
export const GSO = { none: 0, tcp4: 1, tcp6: 4, udp: 5, ecn: 0x80 } as const;

/** An entry's fields. */
export interface Entry {
  readonly data: number;
  readonly length: number;
  readonly flags: number;
  readonly gsoType: number;
  readonly headerLength: number;
  readonly segmentSize: number;
  readonly checksumStart: number;
  readonly checksumOffset: number;
  readonly merge: number;
}

const FINISHED = {
  flags: 0,
  gsoType: 0,
  headerLength: 0,
  segmentSize: 0,
  checksumStart: 0,
  checksumOffset: 0,
  merge: 0,
};

/** Where an entry's spare bytes begin. */
const SPARE = 22;

export function writeEntry(at: number, entry: Partial<Entry> & Pick<Entry, "data" | "length">): void {
  const all = { ...FINISHED, ...entry };
  bytes.fill(0, at, at + SPARE);
  bytes.fill(0xee, at + SPARE, at + ENTRY_SIZE); // what is spare may hold anything
  bytes.writeUInt32LE(all.data, at);
  bytes.writeUInt32LE(all.length, at + 4);
  bytes.writeUInt8(all.flags, at + 8);
  bytes.writeUInt8(all.gsoType, at + 9);
  bytes.writeUInt16LE(all.headerLength, at + 10);
  bytes.writeUInt16LE(all.segmentSize, at + 12);
  bytes.writeUInt16LE(all.checksumStart, at + 14);
  bytes.writeUInt16LE(all.checksumOffset, at + 16);
  bytes.writeUInt16LE(all.merge, at + 20);
}

export function readEntry(at: number): Entry {
  return {
    data: bytes.readUInt32LE(at),
    length: bytes.readUInt32LE(at + 4),
    flags: bytes.readUInt8(at + 8),
    gsoType: bytes.readUInt8(at + 9),
    headerLength: bytes.readUInt16LE(at + 10),
    segmentSize: bytes.readUInt16LE(at + 12),
    checksumStart: bytes.readUInt16LE(at + 14),
    checksumOffset: bytes.readUInt16LE(at + 16),
    merge: bytes.readUInt16LE(at + 20),
  };
}

export function readEntries(at: number, count: number): Entry[] {
  return Array.from({ length: count }, (_, index) => readEntry(at + index * ENTRY_SIZE));
}

/** Copies frames into memory, close to each other, and describes them at TABLE. */
export function writeFrames(frames: readonly Uint8Array[]): void {
  let data = FRAMES;
  for (const [index, frame] of frames.entries()) {
    bytes.set(frame, data);
    writeEntry(TABLE + index * ENTRY_SIZE, { data, length: frame.length });
    data += frame.length;
  }
  assert.ok(data <= BUFFERS);
}

export function frameOf({ data, length }: Pick<Entry, "data" | "length">): Buffer {
  return Buffer.from(bytes.subarray(data, data + length));
}

/** Runs something that may write to the given ranges [from, to) only, and to what the module has for itself. */
export function writingOnly<Result>(allowed: readonly (readonly [number, number])[], run: () => Result): Result {
  const before = Buffer.from(bytes);
  const result = run();
  for (const [from, to] of allowed) bytes.copy(before, from, from, to);
  assert.equal(
    Buffer.compare(before.subarray(TABLE), bytes.subarray(TABLE)),
    0,
    "memory was written that is not to be",
  );
  return result;
}

export const version: fc.Arbitrary<4 | 6> = fc.constantFrom(4, 6);
/** A field of 16 bits. */
export const word: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffff });
export const tags: fc.Arbitrary<number[]> = fc.array(word, { maxLength: 2 });
/** Sequence numbers, many of which will wrap around. */
export const sequence: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.integer({ min: 0xffff_f000, max: 0xffff_ffff }),
);

/** Up to `longest` bytes of no pattern. */
export function payload(longest: number): fc.Arbitrary<Uint8Array> {
  return fc.tuple(fc.nat(longest), fc.nat()).map(([length, seed]) => noise(length, seed));
}

/** Bytes of no pattern: the upper ones of multiples of the golden ratio. */
export function noise(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => Math.imul(index + seed, 0x9e37_79b1) >>> 24);
}

/** A frame's fields; what is not told is as in most frames. */
export interface FrameFields {
  readonly version: 4 | 6;
  readonly payload: Uint8Array;
  readonly tags?: readonly number[];
  readonly ip?: Partial<IpOptions>;
  readonly tcp?: Partial<TcpOptions>;
}

const MACS = Uint8Array.of(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2);
export const DONT_FRAGMENT = 0x4000;
export const MSS_ETHERNET = 1460;

/** Routes by version. */
const ROUTES = {
  4: { source: Uint8Array.of(10, 0, 0, 1), destination: Uint8Array.of(10, 9, 8, 7) },
  6: {
    source: Buffer.from("20010db8000000000000000000000001", "hex"),
    destination: Buffer.from("20010db800ff0000000000000000abcd", "hex"),
  },
} as const;

const TCP_FIELDS: TcpOptions = {
  sourcePort: 5001,
  destinationPort: 80,
  sequence: 1,
  acknowledgement: 77,
  flags: TCP.ack,
  window: 502,
  options: new Uint8Array(0),
};

function packet(fields: FrameFields, protocol: number, transport: Uint8Array): Buffer {
  const ip = ipPacket(
    { ...ROUTES[fields.version], protocol, ttl: 64, id: 1, fragment: DONT_FRAGMENT, ...fields.ip },
    transport,
  );
  // The outer of two tags is a provider's.
  const tags = (fields.tags ?? []).map((tag, index, all) => [
    halfBytes(index < all.length - 1 ? 0x88a8 : 0x8100),
    halfBytes(tag),
  ]);
  return Buffer.concat([MACS, ...tags.flat(), halfBytes(fields.version === 4 ? 0x0800 : 0x86dd), ip]);
}

/** A frame without padding, lengths and checksums right for what it says. */
export function tcpFrame(fields: FrameFields): Buffer {
  return packet(
    fields,
    PROTOCOL.tcp,
    tcpSegment(ROUTES[fields.version], { ...TCP_FIELDS, ...fields.tcp }, fields.payload),
  );
}

export function udpFrame(fields: FrameFields): Buffer {
  return packet(fields, PROTOCOL.udp, udpDatagram(ROUTES[fields.version], 5001, 53, fields.payload));
}

/** Option of timestamps as all senders lay it out, RFC 7323 appendix A. */
export function timestamps(value: number): Uint8Array {
  const option = Buffer.from([1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 9]);
  option.writeUInt32BE(value, 4);
  return option;
}

export const networkOffset = (fields: FrameFields): number => 14 + 4 * (fields.tags?.length ?? 0);
export const transportOffset = (fields: FrameFields): number =>
  networkOffset(fields) + (fields.version === 4 ? 20 + (fields.ip?.options?.length ?? 0) : 40);
export const tcpPayloadOffset = (fields: FrameFields): number =>
  transportOffset(fields) + 20 + (fields.tcp?.options?.length ?? 0);

/** Puts the sum of the pseudo-header in the place of the checksum, as whoever leaves it to the device does. */
export function withOpenChecksum(frame: Uint8Array, fields: FrameFields, field: number): Buffer {
  const opened = Buffer.from(frame);
  const start = transportOffset(fields);
  const { source, destination } = ROUTES[fields.version];
  const protocol = field === 6 ? PROTOCOL.udp : PROTOCOL.tcp;
  const length = frame.length - start;
  const words = Buffer.concat([source, destination, halfBytes(protocol), halfBytes(length)]);
  opened.writeUInt16BE(naiveSum(words), start + field);
  return opened;
}

/** Ones' complement sum of 16-bit words, RFC 1071 §1, word by word. */
export function naiveSum(words: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < words.length; at += 2) {
    sum += (words[at] ?? 0) * 256 + (words[at + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

/** A datagram whose checksum comes out as zero: its payload is what the checksum would be without it. */
const zeroes: FrameFields = { version: 4, payload: Uint8Array.of(0, 0) };
export const zeroSum: FrameFields = { ...zeroes, payload: udpFrame(zeroes).subarray(40, 42) };
