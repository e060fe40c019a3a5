import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";

/** What booting does with a snapshot. */
function restore({ segments, fills }: Snapshot, length: number): Uint8Array {
  const memory = new Uint8Array(length);
  for (const { address, bytes } of segments) memory.set(bytes, address);
  const view = new DataView(memory.buffer);
  for (const { address, stride, word, difference, words } of fills)
    for (let k = 0; k < words; k++) view.setUint32(address + k * stride, word + k * difference, true);
  return memory;
}

/** Memory as guests have it: mostly zeros, with bytes, repetitions and lists in between. */
const memories = fc
  .array(
    fc.oneof(
      fc.record({ gap: fc.nat(40), bytes: fc.uint8Array({ maxLength: 40 }) }),
      fc.record({
        gap: fc.nat(10),
        bytes: fc
          .record({
            first: fc.nat(0xffff_ffff),
            difference: fc.nat(0xffff_ffff),
            stride: fc.integer({ min: 1, max: 5 }),
            count: fc.nat(30),
          })
          .map(({ first, difference, stride, count }) => {
            const words = new Uint32Array(count * stride);
            for (let k = 0; k < count; k++) words[k * stride] = first + k * difference;
            return new Uint8Array(words.buffer);
          }),
      }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => {
    const bytes = parts.flatMap(({ gap, bytes: part }) => [...new Uint8Array(gap), ...part]);
    return Uint8Array.from([...bytes, ...new Uint8Array(64 - (bytes.length % 64))]);
  });

describe("a snapshot", () => {
  it("restores every byte", () => {
    fc.assert(
      fc.property(memories, (memory) => {
        assert.deepEqual(restore(takeSnapshot(memory, []), memory.length), memory);
      }),
    );
  });

  it("leaves out what is not needed, and nothing else", () => {
    fc.assert(
      fc.property(memories, fc.nat(200), fc.nat(200), (memory, start, length) => {
        const address = Math.min(start, memory.length);
        const end = Math.min(address + length, memory.length);
        const expected = memory.slice().fill(0, address, end);
        assert.deepEqual(restore(takeSnapshot(memory, [{ address, length: end - address }]), memory.length), expected);
      }),
    );
  });

  it("keeps long repetitions and lists of free places in a few bytes", () => {
    const words = new Uint32Array(4096);
    words.fill(17, 100, 1100);
    for (let entry = 0; entry < 300; entry++) words[2000 + entry * 6] = 8000 + (entry + 1) * 24;
    const { segments, fills } = takeSnapshot(new Uint8Array(words.buffer), []);
    assert.equal(segments.length, 0);
    assert.equal(fills.length, 2);
  });
});
