/** Long frames that are cut: against frames that were made one by one, and against tcpdump. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ENTRY_SIZE } from "../src/device/device.ts";
import { TCP } from "../src/traffic/headers.ts";
import { writePcap } from "../src/traffic/index.ts";
import {
  BUFFERS,
  bytes,
  END,
  type Entry,
  FRAMES,
  type FrameFields,
  frameOf,
  GSO,
  NEEDS_CSUM,
  networkOffset,
  noise,
  OUT,
  payload,
  plane,
  readEntries,
  readEntry,
  sequence,
  TABLE,
  tags,
  tcpFrame,
  tcpPayloadOffset,
  timestamps,
  transportOffset,
  udpFrame,
  version,
  withOpenChecksum,
  word,
  writeEntry,
  writingOnly,
  zeroSum,
} from "./offloadTesting.ts";

const MALFORMED = -1;
const NO_ROOM = -2;
const CWR = 0x80;
const MOST_SLOTS = 1024;

/** A long TCP frame: numbers may wrap around. */
const longFrame = fc.record({
  version,
  tags,
  payload: payload(9000),
  ip: fc.record({ id: word }),
  tcp: fc.record({
    sequence,
    flags: fc.integer({ min: 0, max: 0xff }),
    options: fc.constantFrom(new Uint8Array(0), timestamps(5), Uint8Array.of(1, 1, 1, 0)),
  }),
});

/** Puts a long frame into memory as a guest's or the kernel's TCP does. */
function writeLong(frame: FrameFields, segmentSize: number): void {
  const data = withOpenChecksum(tcpFrame(frame), frame, 16);
  bytes.set(data, FRAMES);
  writeEntry(TABLE, {
    data: FRAMES,
    length: data.length,
    flags: NEEDS_CSUM,
    gsoType: frame.version === 4 ? GSO.tcp4 : GSO.tcp6,
    headerLength: tcpPayloadOffset(frame),
    segmentSize,
    checksumStart: transportOffset(frame),
    checksumOffset: 16,
  });
}

function writeLongDatagrams(frame: FrameFields, segmentSize: number): void {
  const data = udpFrame(frame);
  bytes.set(data, FRAMES);
  writeEntry(TABLE, { data: FRAMES, length: data.length, flags: NEEDS_CSUM, gsoType: GSO.udp, segmentSize });
}

/** The frame with the length in its IP header that it has when it ends at `end`. */
function withIpLength(frame: Buffer, fields: FrameFields, end: number): Buffer {
  const changed = Buffer.from(frame);
  const network = networkOffset(fields);
  if (fields.version === 4) changed.writeUInt16BE(Math.max(0, end - network), network + 2);
  else changed.writeUInt16BE(Math.max(0, end - network - 40), network + 4);
  return changed;
}

function pieces(whole: Uint8Array, size: number): Uint8Array[] {
  const count = Math.max(1, Math.ceil(whole.length / size));
  return Array.from({ length: count }, (_, index) => whole.subarray(index * size, (index + 1) * size));
}

/** Cuts the frame at TABLE. */
function cut(room = MOST_SLOTS, limit = END): Buffer[] {
  const count = plane.segment(TABLE, OUT, room, BUFFERS + 1, limit);
  assert.ok(count > 0, `segment: ${count}`);
  assert.equal(plane.segmentCount(TABLE), count);
  return readEntries(OUT, count).map(frameOf);
}

/** The segments of a TCP frame, made one by one. */
function naiveSegments(frame: FrameFields & { tcp: { sequence: number; flags: number } }, size: number): Buffer[] {
  return pieces(frame.payload, size).map((payload, index, all) => {
    const notLast = index < all.length - 1 ? TCP.fin | TCP.push : 0;
    const notFirst = index > 0 ? CWR : 0;
    const flags = frame.tcp.flags & ~(notLast | notFirst);
    const sequence = (frame.tcp.sequence + index * size) % 2 ** 32;
    const id = ((frame.ip?.id ?? 1) + index) % 2 ** 16;
    return tcpFrame({ ...frame, payload, ip: { ...frame.ip, id }, tcp: { ...frame.tcp, sequence, flags } });
  });
}

describe("segment", () => {
  it("makes the TCP segments that would have been made one by one", () =>
    fc.assert(
      fc.property(longFrame, fc.integer({ min: 20, max: 1500 }), (frame, size) => {
        writeLong(frame, size);
        assert.deepEqual(cut(), naiveSegments(frame, size));
      }),
    ));

  it("makes the UDP datagrams that would have been made one by one", () =>
    fc.assert(
      fc.property(version, tags, payload(9000), fc.integer({ min: 20, max: 1500 }), (version, tags, data, size) => {
        writeLongDatagrams({ version, tags, payload: data }, size);
        const datagrams = pieces(data, size).map((payload, id) =>
          udpFrame({ version, tags, payload, ip: { id: 1 + id } }),
        );
        assert.deepEqual(cut(), datagrams);
      }),
    ));

  it("says 0xffff for zero in UDP", () => {
    writeLongDatagrams(zeroSum, 1000);
    assert.equal(udpFrame(zeroSum).readUInt16BE(40), 0xffff);
    assert.deepEqual(cut(), [udpFrame(zeroSum)]);
  });

  it("keeps IPv4 options, and the destination that a source route hides", () => {
    const route = Uint8Array.of(131, 7, 4, 10, 9, 9, 9, 0);
    const frame = { version: 4, payload: new Uint8Array(3000), ip: { id: 7, options: route } } as const;
    writeLong(frame, 1000);
    const [first, ...more] = cut();
    assert.equal(more.length, 2);
    assert.deepEqual(first?.subarray(34, 42), Buffer.from(route));
  });

  it("leaves out what lies behind the IP packet", () => {
    const frame = { version: 4, payload: new Uint8Array(3000) } as const;
    writeLong(frame, 1000);
    writeEntry(TABLE, { ...readEntry(TABLE), length: readEntry(TABLE).length + 50 });
    assert.deepEqual(
      cut().map(({ length }) => length),
      [1054, 1054, 1054],
    );
  });

  it("accepts the mark for congestion, and a hint about headers that lies", () => {
    const frame = { version: 4, payload: new Uint8Array(3000), tcp: { sequence: 1, flags: TCP.ack | CWR } } as const;
    writeLong(frame, 1000);
    writeEntry(TABLE, { ...readEntry(TABLE), gsoType: GSO.tcp4 | GSO.ecn, headerLength: 5000, checksumStart: 60000 });
    assert.deepEqual(cut(), naiveSegments(frame, 1000));
  });

  it("lays segments out at multiples of 64 within the room, or writes nothing", () =>
    fc.assert(
      fc.property(longFrame, fc.integer({ min: 20, max: 1500 }), fc.nat(5000), (frame, size, missing) => {
        writeLong(frame, size);
        const count = cut().length;
        const entries = readEntries(OUT, count);
        assert.ok(entries.every(({ data }) => data % 64 === 0));
        const last = entries[count - 1];
        const end = (last?.data ?? 0) + (last?.length ?? 0);
        const segment = (room: number, limit: number) => plane.segment(TABLE, OUT, room, BUFFERS + 1, limit);
        const table: [number, number] = [OUT, OUT + count * ENTRY_SIZE];
        assert.equal(
          writingOnly([table, [BUFFERS, end]], () => segment(count, end)),
          count,
        );
        assert.equal(
          writingOnly([], () => segment(count - 1, end)),
          NO_ROOM,
        );
        assert.equal(
          writingOnly([], () => segment(count, end - 1 - missing)),
          NO_ROOM,
        );
      }),
      { numRuns: 30 },
    ));

  it("has no room where none can be", () => {
    writeLong({ version: 4, payload: new Uint8Array(100) }, 50);
    assert.equal(plane.segment(TABLE, OUT, 10, 0xffff_fff0, 0xffff_ffff), NO_ROOM);
    assert.equal(plane.segment(TABLE, OUT, 10, BUFFERS, 0), NO_ROOM);
  });

  const good: FrameFields = { version: 4, payload: new Uint8Array(3000) };
  const good6: FrameFields = { version: 6, payload: new Uint8Array(3000) };
  const faults: Readonly<Record<string, { frame?: FrameFields; entry?: Partial<Entry>; poke?: [number, number] }>> = {
    "segments of no bytes": { entry: { segmentSize: 0 } },
    "no kind of segments": { entry: { gsoType: GSO.none } },
    "UDP that is to be fragmented": { entry: { gsoType: 3 } },
    "IPv4 that is called IPv6": { entry: { gsoType: GSO.tcp6 } },
    "IPv6 that is called IPv4": { frame: good6, entry: { gsoType: GSO.tcp4 } },
    "TCP that is called UDP": { entry: { gsoType: GSO.udp } },
    "a fragment": { frame: { ...good, ip: { fragment: 0x2000 } } },
    "a total length beyond the frame": { entry: { length: 3053 } },
    "a total length shorter than the headers": { frame: { version: 4, payload: new Uint8Array(9) }, poke: [17, 39] },
    "a total length shorter than the IP header": { frame: { version: 4, payload: new Uint8Array(9) }, poke: [17, 19] },
    "a header length of four words": { poke: [14, 0x44] },
    "another version": { poke: [14, 0x65] },
    "IPv6 with extension headers": { frame: good6, poke: [20, 0] },
    "an IPv6 payload beyond the frame": { frame: good6, poke: [18, 0xff] },
    "a TCP header of four words": { poke: [46, 0x40] },
    "a TCP header behind the end": { frame: { version: 4, payload: new Uint8Array(4) }, poke: [46, 0xf0] },
    "a protocol without segments": { poke: [23, 1] },
    "three tags": { frame: { ...good, tags: [1, 2, 3] } },
    "an empty frame": { entry: { length: 0 } },
  };
  for (const [fault, { frame = good, entry, poke }] of Object.entries(faults))
    it(`refuses ${fault}`, () => {
      writeLong(frame, 1000);
      writeEntry(TABLE, { ...readEntry(TABLE), ...entry });
      if (poke) bytes[FRAMES + poke[0]] = poke[1];
      const run = () => plane.segment(TABLE, OUT, MOST_SLOTS, BUFFERS, END);
      assert.equal(writingOnly([], run), MALFORMED);
      assert.equal(plane.segmentCount(TABLE), MALFORMED);
    });

  it("does not look behind a frame that ends with the memory, wherever it is cut off", () => {
    for (const frame of [
      { ...good, payload: noise(9, 1) },
      { ...good6, payload: noise(9, 1), tags: [3] },
    ])
      for (const [whole, headerLength, udp] of [
        [tcpFrame(frame), transportOffset(frame) + 20, false],
        [udpFrame(frame), transportOffset(frame) + 8, true],
      ] as const)
        for (let length = 0; length <= whole.length; length++) {
          const gsoType = udp ? GSO.udp : frame.version === 4 ? GSO.tcp4 : GSO.tcp6;
          writeEntry(TABLE, { data: END - length, length, gsoType, segmentSize: 1000 });
          bytes.set(withIpLength(whole, frame, length).subarray(0, length), END - length);
          assert.equal(plane.segmentCount(TABLE), length < headerLength ? MALFORMED : 1);
        }
  });

  it("stays within its room whatever the headers say", () => {
    const gsoType = fc.oneof(fc.constantFrom(GSO.tcp4, GSO.tcp6, GSO.udp), fc.nat(255));
    const pokes = fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(longFrame, gsoType, word, pokes, fc.nat(9100), (frame, gsoType, segmentSize, pokes, length) => {
        writeLong(frame, segmentSize);
        writeEntry(TABLE, { ...readEntry(TABLE), gsoType, length: Math.min(length, readEntry(TABLE).length) });
        for (const [at, value] of pokes) bytes[FRAMES + at] = value;
        const allowed = [[OUT, OUT + 8 * ENTRY_SIZE] as const, [BUFFERS, BUFFERS + 8000] as const];
        const run = () => plane.segment(TABLE, OUT, 8, BUFFERS, BUFFERS + 8000);
        assert.ok(writingOnly(allowed, run) <= 8);
      }),
      { numRuns: 300 },
    );
  });

  const hasTcpdump = spawnSync("tcpdump", ["--version"]).status === 0;
  it("makes frames in which tcpdump finds nothing bad", {
    skip: hasTcpdump ? false : "skipped: tcpdump is not installed",
  }, () => {
    const payload = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * index) % 251));
    const frames = ([4, 6] as const).flatMap((version) => {
      const frame: FrameFields = { version, payload, tags: [12], tcp: { options: timestamps(9) } };
      writeLong(frame, 1448);
      const segments = cut();
      writeLongDatagrams({ version, payload }, 1400);
      return [...segments, ...cut()];
    });
    const folder = mkdtempSync(path.join(tmpdir(), "offload-"));
    try {
      const file = path.join(folder, "segments.pcap");
      writePcap(
        file,
        frames.map((data) => ({ timestamp: 0n, data })),
      );
      const { stdout } = spawnSync("tcpdump", ["-nvvr", file], { encoding: "utf8" });
      assert.equal(stdout.match(/\(correct\)|udp sum ok/g)?.length, frames.length);
      assert.doesNotMatch(stdout, /bad|incorrect|truncated/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
