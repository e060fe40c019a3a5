import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { allocatePiece, createDeviceMemory } from "./memory.ts";

const PAGES = 4;
const SIZE = PAGES * 65536;
const RESERVED = 5000;

/** Takes a piece, or gives the one back that was taken so many steps before. */
const steps = fc.array(
  fc.oneof(
    fc.record({ bytes: fc.integer({ min: 1, max: 60000 }), alignment: fc.constantFrom(1, 64, 4096, 65536) }),
    fc.record({ release: fc.nat(20) }),
  ),
  { maxLength: 60 },
);

describe("the switch's memory", () => {
  it("gives out zeroed, aligned pieces that do not overlap, and takes all of them back", () =>
    fc.assert(
      fc.property(steps, (steps) => {
        const memory = createDeviceMemory(PAGES, RESERVED);
        const bytes = new Uint8Array(memory.memory.buffer);
        const pieces: { offset: number; bytes: number }[] = [];
        for (const step of steps) {
          if ("release" in step) {
            const [piece] = pieces.splice(step.release, 1);
            if (piece) memory.release(piece.offset, piece.bytes);
            continue;
          }
          const offset = allocateOrNot(() => memory.allocate(step.bytes, step.alignment));
          if (offset === undefined) continue;
          const piece = bytes.subarray(offset, offset + step.bytes);
          assert.ok(offset >= RESERVED && offset + step.bytes <= SIZE && offset % step.alignment === 0);
          assert.ok(piece.every((byte) => byte === 0)); // so it is nobody else's either
          piece.fill(1);
          pieces.push({ offset, bytes: step.bytes });
        }
        for (const { offset, bytes } of pieces) memory.release(offset, bytes);
        assert.equal(memory.allocate(SIZE - RESERVED, 1), RESERVED);
      }),
    ));

  it("says how much was wanted when there is no room", () =>
    assert.throws(() => createDeviceMemory(1, 0).allocate(65537, 1), {
      message: "no 65537 bytes are left of the switch's memory of 65536 bytes",
    }));

  it("refuses what is not in use: given back twice, reserved, beyond the end", () => {
    const memory = createDeviceMemory(1, 100);
    const offset = memory.allocate(1000, 64);
    memory.release(offset, 1000);
    assert.throws(() => memory.release(offset, 1000), RangeError);
    assert.throws(() => memory.release(0, 10), RangeError);
    assert.throws(() => memory.release(65530, 10), RangeError);
  });

  it("takes pieces back with the resources that they belong to", () => {
    const memory = createDeviceMemory(1, 0);
    const resources = new DisposableStack();
    allocatePiece(memory, resources, 65536, 1);
    resources.dispose();
    assert.equal(memory.allocate(65536, 1), 0);
  });
});

function allocateOrNot(allocate: () => number): number | undefined {
  try {
    return allocate();
  } catch (error) {
    assert.match(String(error), /are left/);
    return undefined;
  }
}
