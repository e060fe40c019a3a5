import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodePackets, encodePacket, encodeText, RECORD_HEADER } from "./packetRecords.ts";

const offset = fc.option(fc.integer({ min: -200, max: 2000 }), { nil: undefined });
const packets = fc.record({
  timestamp: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  data: fc.uint8Array({ maxLength: 100 }),
  headroom: fc.uint8Array({ maxLength: 40 }),
  macOffset: offset,
  networkOffset: offset,
  transportOffset: offset,
  annotations: fc.uint8Array({ minLength: 48, maxLength: 48 }),
  packetType: fc.integer({ min: 0, max: 255 }),
});

describe("packet records", () => {
  it("give back the packets that were put in, one after the other", () =>
    fc.assert(
      fc.property(fc.array(packets, { maxLength: 5 }), (list) => {
        const bytes = Buffer.concat(list.map((packet) => encodePacket(packet, 7)));
        const read = [...decodePackets(bytes)].map((packet) => ({
          ...packet,
          data: Uint8Array.from(packet.data),
          headroom: Uint8Array.from(packet.headroom ?? []),
          annotations: Uint8Array.from(packet.annotations),
        }));
        assert.deepEqual(
          read,
          list.map((packet) => ({ ...packet, writer: 0 })),
        );
      }),
    ));

  it("that make no sense are refused, and never read beyond their end", () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        assert.throws(() => [...decodePackets(bytes)], RangeError);
      }),
    ));

  it("of text have the text behind the header", () => {
    const record = encodeText(Buffer.from("hello"));
    assert.equal(record.length, RECORD_HEADER + 5);
    assert.equal(Buffer.from(record.subarray(RECORD_HEADER)).toString(), "hello");
  });
});
