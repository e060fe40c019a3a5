import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type CapturedPacket, decodePcap, encodePcap, LINK_TYPE, PcapError, type PcapOptions } from "./pcap.ts";

const encode = (packets: readonly CapturedPacket[], options: PcapOptions = {}) =>
  Buffer.concat([...encodePcap(packets, options)]);

const packets = fc.array(
  fc.record({
    timestamp: fc.bigInt({ min: 0n, max: 4_294_967_295_999_999_999n }),
    data: fc.uint8Array({ maxLength: 100 }),
  }),
);
const options = fc.record({
  resolution: fc.constantFrom("microseconds" as const, "nanoseconds" as const),
  byteOrder: fc.constantFrom("little" as const, "big" as const),
  linkType: fc.nat(300),
});

describe("pcap files", () => {
  it("give back what was written, in either byte order and resolution", () =>
    fc.assert(
      fc.property(packets, options, (written, choices) => {
        const capture = decodePcap(encode(written, choices));
        const unit = choices.resolution === "nanoseconds" ? 1n : 1000n;
        const expected = written.map(({ timestamp, data }) => ({
          timestamp: timestamp - (timestamp % unit),
          data,
          wireLength: data.length,
        }));
        assert.deepEqual(capture, { ...choices, snapLength: 262_144, packets: expected });
      }),
    ));

  it("hold packets cut to the snap length, with their length on the wire", () => {
    const data = Uint8Array.of(1, 2, 3, 4);
    const capture = decodePcap(
      encode(
        [
          { timestamp: 0n, data },
          { timestamp: 0n, data, wireLength: 9 },
        ],
        { snapLength: 3 },
      ),
    );
    assert.deepEqual(
      capture.packets.map(({ data: { length }, wireLength }) => [length, wireLength]),
      [
        [3, 4],
        [3, 9],
      ],
    );
  });

  it("have the layout that everyone reads", () => {
    const file = encode([{ timestamp: 1_000_002_000n, data: Uint8Array.of(7) }], { linkType: LINK_TYPE.rawIp });
    const expected = "d4c3b2a1 0200 0400 00000000 00000000 00000400 65000000 01000000 02000000 01000000 01000000 07";
    assert.equal(file.toString("hex"), expected.replaceAll(" ", ""));
  });

  it("are refused when they are cut or no captures", () => {
    const file = encode([{ timestamp: 1n, data: Uint8Array.of(1, 2, 3) }]);
    assert.throws(() => decodePcap(file.subarray(0, 23)), new PcapError("capture is shorter than its header"));
    assert.throws(
      () => decodePcap(file.subarray(0, 30)),
      new PcapError("capture ends inside a packet header at byte 24"),
    );
    assert.throws(() => decodePcap(file.subarray(0, 42)), new PcapError("capture ends inside the packet at byte 24"));
    assert.throws(() => decodePcap(Buffer.alloc(100)), new PcapError("not a pcap file"));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          return decodePcap(Buffer.concat([file.subarray(0, 24), bytes])).packets.length >= 0;
        } catch (error) {
          return error instanceof PcapError;
        }
      }),
    );
  });
});
