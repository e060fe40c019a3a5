import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ENTRY_DATA, ENTRY_HEADER, ENTRY_LENGTH, ENTRY_SIZE } from "../src/device/device.ts";
import { createDeviceMemory } from "../src/device/memory.ts";
import { devicePlane } from "../src/device/plane.ts";

const UMEM = 131072;
const UMEM_BYTES = 65536;
const TABLE = 65536;
const RING = 70000 & ~63;
const COMPLETION = 80000 & ~63;
const MASK = 7;
const CHUNK = 2048;

const memory = createDeviceMemory(4, 0);
const bytes = Buffer.from(memory.memory.buffer);
const plane = devicePlane(memory);

/** Puts a frame into a chunk, as AF_XDP would, and has it taken. @returns the whole UMEM afterwards */
function take(frame: Uint8Array, chunk: number, index: number): Buffer {
  bytes.fill(0, UMEM, UMEM + UMEM_BYTES);
  bytes.set(frame, UMEM + chunk * CHUNK + 256);
  const descriptor = RING + (index & MASK) * 16;
  bytes.writeBigUInt64LE(BigInt(chunk * CHUNK + 256), descriptor);
  bytes.writeUInt32LE(frame.length, descriptor + 8);
  bytes.fill(0xff, TABLE, TABLE + ENTRY_SIZE);
  plane.takeDescriptors(TABLE, RING, MASK, index, 1, UMEM);
  assert.equal(bytes.readUInt32LE(TABLE + ENTRY_DATA), UMEM + chunk * CHUNK + 256);
  assert.equal(bytes.readUInt32LE(TABLE + ENTRY_LENGTH), frame.length);
  assert.ok(bytes.subarray(TABLE + ENTRY_HEADER, TABLE + ENTRY_HEADER + 14).every((byte) => byte === 0));
  return Buffer.from(bytes.subarray(UMEM, UMEM + UMEM_BYTES));
}

/** What take is expected to leave of a frame. */
function umemWith(frame: Uint8Array, chunk: number): Buffer {
  const expected = Buffer.alloc(UMEM_BYTES);
  expected.set(frame, chunk * CHUNK + 256);
  return expected;
}

const shape = fc.record({
  version: fc.constantFrom(4, 6),
  isTcp: fc.boolean(),
  isTagged: fc.boolean(),
  padding: fc.nat(8),
  random: fc.uint8Array({ minLength: 60, maxLength: 1400 }),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

/** A frame with random addresses, ports and data. @returns also the places of its transport header and checksum, and the sum of its pseudo-header */
function transportFrame({ version, isTcp, isTagged, padding, random }: Shape) {
  const body = Buffer.from(random);
  const protocol = isTcp ? 6 : 17;
  if (isTcp) body[12] = 0x50; // data offset: 20 bytes
  const link = Buffer.alloc(isTagged ? 18 : 14);
  if (isTagged) link.writeUInt16BE(0x8100, 12);
  link.writeUInt16BE(version === 4 ? 0x0800 : 0x86dd, link.length - 2);
  const network = Buffer.alloc(version === 4 ? 20 : 40, random.subarray(20, 60));
  network[0] = version === 4 ? 0x45 : 0x60;
  if (version === 4) {
    network.writeUInt16BE(20 + body.length, 2);
    network.writeUInt16BE(0, 6); // no fragment
    network[9] = protocol;
  } else {
    network.writeUInt16BE(body.length, 4);
    network[6] = protocol;
  }
  const addresses = version === 4 ? network.subarray(12, 20) : network.subarray(8, 40);
  const pseudo = sum(addresses) + protocol + body.length;
  const transport = link.length + network.length;
  const frame = Buffer.concat([link, network, body, Buffer.alloc(padding)]);
  return { frame, pseudo, transport, end: transport + body.length, field: transport + (isTcp ? 16 : 6) };
}

/** Sum of 16-bit words, of the Internet checksum (RFC 1071). */
function sum(of: Uint8Array): number {
  return of.reduce((total, byte, index) => total + (index % 2 === 0 ? byte << 8 : byte), 0);
}

function fold(total: number): number {
  return total > 0xffff ? fold((total & 0xffff) + Math.floor(total / 0x10000)) : total;
}

describe("frames taken from AF_XDP", () => {
  it("get the checksum that their sender left to the device", () =>
    fc.assert(
      fc.property(shape, fc.nat(31), fc.nat(20), (shape, chunk, index) => {
        const { frame, pseudo, transport, end, field } = transportFrame(shape);
        frame.writeUInt16BE(fold(pseudo), field);
        const left = take(frame, chunk, index);
        frame.writeUInt16BE(0, field);
        const computed = ~fold(pseudo + sum(frame.subarray(transport, end))) & 0xffff;
        frame.writeUInt16BE(computed === 0 && !shape.isTcp ? 0xffff : computed, field);
        assert.deepEqual(left, umemWith(frame, chunk));
      }),
    ));

  it("keep a checksum that is there, right or wrong, and whatever else they have", () =>
    fc.assert(
      fc.property(shape, fc.nat(31), fc.integer({ min: 1, max: 0xffff }), (shape, chunk, error) => {
        const { frame, pseudo, field } = transportFrame(shape);
        frame.writeUInt16BE((fold(pseudo) + error) & 0xffff, field);
        fc.pre(frame.readUInt16BE(field) !== fold(pseudo));
        assert.deepEqual(take(frame, chunk, 0), umemWith(frame, chunk));
      }),
    ));

  it("are left alone when they make no sense", () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 0, maxLength: 100 }),
        fc.constantFrom(0x0800, 0x86dd, 0x8100),
        (frame, type) => {
          if (frame.length >= 14) Buffer.from(frame.buffer).writeUInt16BE(type, 12);
          assert.deepEqual(take(frame, 3, 0), umemWith(frame, 3));
        },
      ),
    ));
});

describe("frames written for AF_XDP", () => {
  it("go into the chunks of the completion ring, those that fit", () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 14, max: CHUNK + 40 }), { maxLength: 8 }),
        fc.nat(2 ** 32 - 1),
        (lengths, producer) => {
          plane.listChunks(COMPLETION, 8 * CHUNK, CHUNK, MASK + 1);
          bytes.fill(0, UMEM, UMEM + UMEM_BYTES);
          for (const [index, length] of lengths.entries()) {
            const entry = TABLE + index * ENTRY_SIZE;
            bytes.writeUInt32LE(0x20000 - 4096, entry + ENTRY_DATA);
            bytes.writeUInt32LE(length, entry + ENTRY_LENGTH);
          }
          bytes.fill(7, 0x20000 - 4096, 0x20000);
          const written = plane.writeDescriptors(TABLE, lengths.length, RING, MASK, producer, COMPLETION, UMEM, CHUNK);
          const fitting = lengths.filter((length) => length <= CHUNK);
          assert.equal(written, fitting.length);
          const expected = Buffer.alloc(UMEM_BYTES);
          for (const [index, length] of fitting.entries()) {
            const slot = (producer + index) & MASK;
            const chunk = (8 + slot) * CHUNK;
            assert.equal(bytes.readBigUInt64LE(RING + slot * 16), BigInt(chunk));
            assert.equal(bytes.readUInt32LE(RING + slot * 16 + 8), length);
            expected.fill(7, chunk, chunk + length);
          }
          assert.deepEqual(bytes.subarray(UMEM, UMEM + UMEM_BYTES), expected);
        },
      ),
    ));

  it("come back into the fill ring in the order of the receive ring", () => {
    for (const slot of [0, 1, 2, 3, 4, 5, 6, 7]) bytes.writeBigUInt64LE(BigInt(slot * CHUNK + 256), RING + slot * 16);
    plane.fillFrom(RING, MASK, 0xffff_fffe, 4, COMPLETION, 5);
    const filled = [5, 6, 7, 0].map((slot) => Number(bytes.readBigUInt64LE(COMPLETION + slot * 8)));
    assert.deepEqual(
      filled,
      [6, 7, 0, 1].map((slot) => slot * CHUNK + 256),
    );
  });
});
