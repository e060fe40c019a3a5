/** Sums, and checksums that are completed: against a naive evaluator, and against frames that had theirs from the start. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ENTRY_SIZE } from "../src/device/device.ts";
import {
  BUFFERS,
  bytes,
  FRAMES,
  type FrameFields,
  frameOf,
  NEEDS_CSUM,
  naiveSum,
  payload,
  plane,
  readEntry,
  TABLE,
  tags,
  tcpFrame,
  transportOffset,
  udpFrame,
  version,
  withOpenChecksum,
  word,
  writeEntry,
  writingOnly,
  zeroSum,
} from "./offloadTesting.ts";

describe("sums", () => {
  it("are those of a naive evaluator, of any bytes anywhere", () =>
    fc.assert(
      fc.property(payload(3000), fc.nat(70), (data, shift) => {
        bytes.set(data, FRAMES + shift);
        const view = new DataView(new ArrayBuffer(2));
        view.setUint16(0, plane.foldedSum(FRAMES + shift, data.length), true);
        assert.equal(view.getUint16(0), naiveSum(data));
      }),
    ));

  it("do not overflow with the longest packet", () => {
    bytes.fill(0xff, FRAMES, FRAMES + 65557);
    assert.equal(plane.foldedSum(FRAMES, 65556), 0xffff);
  });

  it("are the same while copying, and exactly the bytes are copied", () =>
    fc.assert(
      fc.property(payload(3000), fc.nat(70), (data, shift) => {
        bytes.set(data, FRAMES + shift);
        const to = BUFFERS + 2 * shift;
        const sum = writingOnly([[to, to + data.length]], () => plane.foldedCopySum(to, FRAMES + shift, data.length));
        assert.equal(sum, plane.foldedSum(FRAMES + shift, data.length));
        assert.deepEqual(frameOf({ data: to, length: data.length }), Buffer.from(data));
      }),
    ));
});

describe("completeChecksum", () => {
  const complete = (frame: FrameFields, whole: Buffer, checksumOffset: number): Buffer => {
    const data = withOpenChecksum(whole, frame, checksumOffset);
    bytes.set(data, FRAMES);
    const entry = {
      data: FRAMES,
      length: data.length,
      flags: NEEDS_CSUM,
      checksumStart: transportOffset(frame),
      checksumOffset,
    };
    writeEntry(TABLE, entry);
    assert.equal(plane.completeChecksum(TABLE), 1);
    assert.equal(readEntry(TABLE).flags, 0);
    return frameOf(entry);
  };
  const anyFrame = fc.record({ version, tags, payload: payload(1500) });

  it("makes TCP frames what they are with a checksum of their own", () =>
    fc.assert(
      fc.property(anyFrame, (frame) => assert.deepEqual(complete(frame, tcpFrame(frame), 16), tcpFrame(frame))),
    ));

  it("makes UDP frames what they are with a checksum of their own", () =>
    fc.assert(
      fc.property(anyFrame, (frame) => assert.deepEqual(complete(frame, udpFrame(frame), 6), udpFrame(frame))),
    ));

  it("says 0xffff for zero in UDP, which means no checksum there", () => {
    assert.deepEqual(complete(zeroSum, udpFrame(zeroSum), 6), udpFrame(zeroSum));
  });

  it("writes only into the field, and nothing when that is outside of the frame", () => {
    const anywhere = fc.tuple(fc.oneof(fc.nat(60), word), fc.oneof(fc.nat(20), word));
    const nearEnd = fc.tuple(fc.integer({ min: 57, max: 61 }), fc.nat(2));
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 60), fc.oneof(anywhere, nearEnd), (length, [start, offset]) => {
        const entry = { data: FRAMES, length, flags: NEEDS_CSUM, checksumStart: start, checksumOffset: offset };
        writeEntry(TABLE, entry);
        const field = FRAMES + start + offset;
        const isInside = start + offset + 2 <= length;
        const allowed = isInside ? [[field, field + 2] as const, [TABLE, TABLE + ENTRY_SIZE] as const] : [];
        assert.equal(
          writingOnly(allowed, () => plane.completeChecksum(TABLE)),
          isInside ? 1 : 0,
        );
      }),
      { numRuns: 300 },
    );
  });

  it("leaves a frame alone that needs none", () => {
    writeEntry(TABLE, { data: FRAMES, length: 100, checksumStart: 34, checksumOffset: 16 });
    assert.equal(
      writingOnly([], () => plane.completeChecksum(TABLE)),
      1,
    );
  });
});
