import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type CaptureForm, MICROSECONDS, MODIFIED, makeCapture, NANOSECONDS } from "./pcap.fixture.ts";
import { FILE_HEADER, formatFileHeader, longestPacket, parseFileHeader } from "./pcap.ts";

const form = fc.record({
  littleEndian: fc.boolean(),
  magic: fc.constantFrom(MICROSECONDS, NANOSECONDS, MODIFIED),
  minorVersion: fc.constantFrom(3, 4),
  snapLength: fc.nat(),
  linkType: fc.integer({ min: 13, max: 0x7fff_ffff }),
});

function readerOf(bytes: Uint8Array) {
  return (into: Uint8Array, position: number): number => {
    const part = bytes.subarray(position, position + into.length);
    into.set(part);
    return part.length;
  };
}

function longestIn(bytes: Uint8Array): number {
  const header = parseFileHeader(bytes);
  assert.ok(typeof header !== "string");
  return longestPacket(readerOf(bytes), header, FILE_HEADER);
}

describe("the header of a capture file", () => {
  it("is read in either byte order, with any magic number", () =>
    fc.assert(
      fc.property(form, (given: Required<CaptureForm>) => {
        assert.deepEqual(parseFileHeader(makeCapture([], given)), {
          swapped: !given.littleEndian,
          nanoseconds: given.magic === NANOSECONDS,
          extraHeader: given.magic === MODIFIED ? 8 : 0,
          minorVersion: given.minorVersion,
          snapLength: given.snapLength,
          linkType: given.linkType,
        });
      }),
    ));

  it("that we write is the one that we read", () =>
    fc.assert(
      fc.property(fc.boolean(), fc.nat(), fc.nat(500), (nanoseconds, snapLength, number) => {
        const linkType = number === 12 ? 1 : number;
        const header = parseFileHeader(formatFileHeader({ nanoseconds, snapLength, linkType }));
        assert.deepEqual(header, {
          swapped: false,
          nanoseconds,
          extraHeader: 0,
          minorVersion: 4,
          snapLength,
          linkType,
        });
      }),
    ));

  it("takes the two numbers of raw IP for one", () => {
    const header = parseFileHeader(makeCapture([], { littleEndian: true, magic: MICROSECONDS, linkType: 12 }));
    assert.ok(typeof header !== "string");
    assert.equal(header.linkType, 101);
  });

  it("is refused with Click's words", () => {
    const whole = makeCapture([]);
    assert.equal(parseFileHeader(whole.subarray(0, 23)), "not a tcpdump file (too short)");
    assert.equal(parseFileHeader(Buffer.alloc(24)), "not a tcpdump file (bad magic number)");
    const version3 = Buffer.from(whole);
    version3.writeUInt16LE(3, 4);
    assert.equal(parseFileHeader(version3), "unknown major version 3");
  });

  it("of any bytes gives an answer", () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        assert.ok(parseFileHeader(bytes));
      }),
    ));
});

describe("the longest packet of a capture", () => {
  const packets = fc.array(fc.nat(5000), { maxLength: 60 });

  it("is the longest of its records, also across the chunks that are read", () =>
    fc.assert(
      fc.property(packets, form, (lengths, given) => {
        const bytes = makeCapture(
          lengths.map((length) => ({ seconds: 1, fraction: 0, data: new Uint8Array(length) })),
          given,
        );
        assert.equal(longestIn(bytes), Math.max(0, ...lengths));
      }),
      { numRuns: 50 },
    ));

  it("is looked for up to a record that makes no sense", () => {
    const sound = { seconds: 1, fraction: 0, data: new Uint8Array(100) };
    const bytes = makeCapture([sound, sound, { ...sound, data: new Uint8Array(300) }]);
    bytes.writeUInt32LE(70_000, FILE_HEADER + 116 + 8);
    assert.equal(longestIn(bytes), 100);
  });

  it("ignores the surplus of a capture that is longer than its packet", () => {
    const bytes = makeCapture([{ seconds: 1, fraction: 0, data: new Uint8Array(100), length: 60 }]);
    assert.equal(longestIn(bytes), 60);
  });

  it("of any bytes behind a header is a number that a record may state", () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const longest = longestIn(Buffer.concat([makeCapture([]), bytes]));
        assert.ok(longest >= 0 && longest <= 65535);
      }),
    ));
});
