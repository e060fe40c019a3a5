/** Segments put together: cut again, they are what they were; what must stay apart does. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ENTRY_SIZE } from "../src/device/device.ts";
import { TCP } from "../src/traffic/headers.ts";
import {
  BUFFERS,
  bytes,
  DONT_FRAGMENT,
  type Entry,
  FRAMES,
  type FrameFields,
  frameOf,
  GSO,
  NEEDS_CSUM,
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
  writeFrames,
  writingOnly,
} from "./offloadTesting.ts";

const CWR = 0x80;
const LONG = BUFFERS;
const SEGMENTS = BUFFERS + 0x2_0000;

/** The frames that a device would send: each entry with those that continue it. */
function sentFrames(count: number): { readonly entry: Entry; readonly pieces: Entry[]; readonly frame: Buffer }[] {
  const groups: Entry[][] = [];
  for (const entry of readEntries(TABLE, count)) {
    if (entry.merge === 0) groups.push([entry]);
    else groups.at(-1)?.push(entry);
  }
  return groups.flatMap((pieces) => {
    const [entry, ...more] = pieces;
    if (!entry) return [];
    return [
      {
        entry,
        pieces,
        frame: Buffer.concat([frameOf(entry), ...more.map((next) => frameOf(next).subarray(next.merge))]),
      },
    ];
  });
}

/** What a receiver gets on the wire: long frames are cut. */
function receivedFrames(count: number): Buffer[] {
  return sentFrames(count).flatMap(({ entry, frame }) => {
    if (entry.gsoType === GSO.none) return [frame];
    bytes.set(frame, LONG);
    writeEntry(OUT, { ...entry, data: LONG, length: frame.length });
    const segments = plane.segment(OUT, OUT + ENTRY_SIZE, 64, SEGMENTS, SEGMENTS + 0x2_0000);
    assert.ok(segments > 1, `segment: ${segments}`);
    return readEntries(OUT + ENTRY_SIZE, segments).map(frameOf);
  });
}

function coalesce(frames: readonly Uint8Array[]): number {
  writeFrames(frames);
  return plane.coalesce(TABLE, frames.length);
}

interface Stream extends FrameFields {
  readonly ip: { readonly id: number; readonly fragment?: number };
  readonly tcp: NonNullable<FrameFields["tcp"]> & { readonly sequence: number; readonly flags: number };
}

/** Segment `index` of a stream, `size` bytes of it, with some fields changed. */
function segmentOf(
  stream: Stream,
  size: number,
  index: number,
  { ip, tcp, ...other }: Partial<FrameFields> = {},
): Buffer {
  const payload = stream.payload.subarray(index * size, (index + 1) * size);
  const id = (stream.ip.id + index) % 2 ** 16;
  const sequence = (stream.tcp.sequence + index * size) % 2 ** 32;
  return tcpFrame({
    ...stream,
    payload,
    ...other,
    ip: { ...stream.ip, id, ...ip },
    tcp: { ...stream.tcp, sequence, ...tcp },
  });
}

/** A stream as TCP sends it: PSH on the last segment. */
function segmentsOf(stream: Stream, size: number): Buffer[] {
  const count = Math.max(1, Math.ceil(stream.payload.length / size));
  const last = { tcp: { flags: stream.tcp.flags | TCP.push } };
  return Array.from({ length: count }, (_, index) => segmentOf(stream, size, index, index === count - 1 ? last : {}));
}

const options = fc.constantFrom(new Uint8Array(0), timestamps(5));

function stream(sourcePort: fc.Arbitrary<number>, longest: number): fc.Arbitrary<Stream> {
  return fc.record({
    version,
    tags,
    payload: payload(longest),
    ip: fc.record({ id: word, fragment: fc.constantFrom(0, DONT_FRAGMENT) }),
    tcp: fc.record({ sourcePort, sequence, flags: fc.constantFrom(TCP.ack, TCP.ack | 0x40), options }),
  });
}

const plain: Stream = { version: 4, payload: noise(2000, 3), ip: { id: 7 }, tcp: { sequence: 1, flags: TCP.ack } };
const nth = (index: number, changes?: Partial<FrameFields>): Buffer => segmentOf(plain, 500, index, changes);

function replaced(frame: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(frame);
  changed[at] = value;
  return changed;
}

/** Adds a byte to another one of the same column, so that the checksum stays right. */
const moved = (frame: Buffer, from: number, to: number): Buffer =>
  replaced(replaced(frame, to, frame[from] ?? 0), from, 0);

const flipped = (frame: Buffer, at: number): Buffer => replaced(frame, at, (frame[at] ?? 0) ^ 0x10);

/** What may befall a segment on its way. */
const FATES: Readonly<Record<string, (stream: Stream, size: number, index: number) => Buffer[]>> = {
  arrives: (stream, size, index) => [segmentOf(stream, size, index)],
  lost: () => [],
  damaged: (stream, size, index) => [segmentOf(stream, size, index)].map((frame) => flipped(frame, frame.length - 1)),
  pushed: (stream, size, index) => [segmentOf(stream, size, index, { tcp: { flags: TCP.ack | TCP.push } })],
  last: (stream, size, index) => [segmentOf(stream, size, index, { tcp: { flags: TCP.ack | TCP.fin } })],
  narrowed: (stream, size, index) => [segmentOf(stream, size, index, { tcp: { window: 9 } })],
  optioned: (stream, size, index) => [segmentOf(stream, size, index, { tcp: { options: Uint8Array.of(1, 1, 1, 0) } })],
  repeated: (stream, size, index) => [segmentOf(stream, size, index), segmentOf(stream, size, index)],
  followed: (stream, size, index) => [segmentOf(stream, size, index), udpFrame(stream)],
};

/** Frames by source port, each port's in their order. */
function byPort(frames: readonly Buffer[]): Map<number, Buffer[]> {
  return Map.groupBy(frames, (frame) => {
    let type = 12;
    while ([0x8100, 0x88a8].includes(frame.readUInt16BE(type))) type += 4;
    return frame.readUInt16BE(type + 2 + (frame.readUInt16BE(type) === 0x0800 ? 20 : 40));
  });
}

describe("coalesce", () => {
  it("makes of a stream's segments the long frame that they were cut from", () =>
    fc.assert(
      fc.property(stream(word, 20_000), fc.integer({ min: 400, max: 1460 }), (stream, size) => {
        const segments = segmentsOf(stream, size);
        const joined = coalesce(segments);
        assert.equal(joined, segments.length - 1);
        if (joined === 0) return;
        const flags = stream.tcp.flags | TCP.push;
        const whole = withOpenChecksum(tcpFrame({ ...stream, tcp: { ...stream.tcp, flags } }), stream, 16);
        const [sent, ...more] = sentFrames(segments.length);
        assert.equal(more.length, 0);
        assert.deepEqual(sent?.frame, whole);
        assert.deepEqual(sent?.entry, {
          data: FRAMES,
          length: segments[0]?.length,
          flags: NEEDS_CSUM,
          gsoType: stream.version === 4 ? GSO.tcp4 : GSO.tcp6,
          headerLength: tcpPayloadOffset(stream),
          segmentSize: size,
          checksumStart: transportOffset(stream),
          checksumOffset: 16,
          merge: 0,
        });
      }),
    ));

  it("keeps every frame and each flow's order, with losses, damage and strangers in between", () => {
    const ports = Array.from({ length: 12 }, (_, index) => 1000 + index);
    const flows = fc.tuple(...ports.map((port) => stream(fc.constant(port), 5000)));
    const fate = fc.oneof({ weight: 8, arbitrary: fc.constant("arrives") }, fc.constantFrom(...Object.keys(FATES)));
    const order = fc.array(fc.tuple(fc.nat(ports.length - 1), fate), { minLength: 60, maxLength: 80 });
    fc.assert(
      fc.property(flows, order, (flows, order) => {
        const next = flows.map(() => 0);
        const frames = order.flatMap(([flow, fate]) => {
          const index = next[flow] ?? 0;
          next[flow] = index + 1;
          const stream = flows[flow];
          return stream ? (FATES[fate]?.(stream, 700, index) ?? []) : [];
        });
        coalesce(frames);
        const received = receivedFrames(frames.length);
        assert.equal(received.length, frames.length);
        assert.deepEqual(byPort(received), byPort(frames));
      }),
    );
  });

  it("finds the segments of several flows that come in turn", () => {
    const flows = [1, 2, 3].map((port) => segmentsOf({ ...plain, tcp: { ...plain.tcp, sourcePort: port } }, 500));
    const inTurn = [0, 1, 2, 3].flatMap((index) => flows.flatMap((segments) => segments.slice(index, index + 1)));
    assert.equal(coalesce(inTurn), 9);
    assert.deepEqual(
      sentFrames(12).map(({ pieces }) => pieces.length),
      [4, 4, 4],
    );
    assert.deepEqual(receivedFrames(12), flows.flat());
  });

  it("takes segments whose identifications stand still, if they may not be fragmented", () => {
    const frames = segmentsOf(plain, 500).map((_, index) => nth(index, { ip: { id: 9, fragment: DONT_FRAGMENT } }));
    assert.equal(coalesce(frames), 3);
    assert.equal(coalesce([0, 1].map((index) => nth(index, { ip: { id: 9, fragment: 0 } }))), 0);
    assert.equal(coalesce([nth(0), nth(1), nth(2, { ip: { id: 8 } })]), 1);
  });

  it("cuts the padding off that a link may have added", () => {
    const frames = [nth(0), nth(1), nth(2)];
    const padding = Buffer.alloc(4, 0xee);
    assert.equal(coalesce(frames.map((frame) => Buffer.concat([frame, padding]))), 2);
    assert.deepEqual(receivedFrames(3), frames);
  });

  it("ends a long frame with a segment that is shorter or pushed, with 64 segments, and with 65535 bytes", () => {
    const sizes = (frames: readonly Buffer[]) => {
      coalesce(frames);
      return sentFrames(frames.length).map(({ pieces }) => pieces.length);
    };
    const short = nth(1, { payload: noise(100, 1) });
    const behind = tcpFrame({ ...plain, payload: noise(100, 1), ip: { id: 9 }, tcp: { ...plain.tcp, sequence: 601 } });
    assert.deepEqual(sizes([nth(0), short, behind]), [2, 1]);
    assert.deepEqual(sizes([nth(0), nth(1, { tcp: { flags: TCP.ack | TCP.push } }), nth(2), nth(3)]), [2, 2]);
    assert.deepEqual(sizes([nth(0, { tcp: { flags: TCP.ack | TCP.push } }), nth(1)]), [1, 1]);
    assert.deepEqual(sizes(segmentsOf({ ...plain, payload: noise(100 * 130, 1) }, 100)), [64, 64, 2]);
    assert.deepEqual(sizes(segmentsOf({ ...plain, payload: noise(70_000, 1) }, 8000)), [8, 1]);
  });

  const untouched: Readonly<Record<string, readonly Uint8Array[]>> = {
    "a gap": [nth(0), nth(2)],
    "a repetition": [nth(0), nth(0)],
    "the wrong order": [nth(1), nth(0)],
    "a longer segment": [nth(0), nth(1, { payload: noise(501, 1) })],
    "segments without payload": [nth(0, { payload: new Uint8Array(0) }), nth(0, { payload: new Uint8Array(0) })],
    "a wrong checksum in the first": [flipped(nth(0), 60), nth(1)],
    "a wrong checksum in the second": [nth(0), flipped(nth(1), 60)],
    "a wrong IPv4 checksum in the first": [flipped(nth(0), 24), nth(1)],
    "a wrong IPv4 checksum in the second": [nth(0), flipped(nth(1), 24)],
    "another acknowledgment": [nth(0), nth(1, { tcp: { acknowledgement: 78 } })],
    "another window": [nth(0), nth(1, { tcp: { window: 503 } })],
    "an echo of congestion": [nth(0), nth(1, { tcp: { flags: TCP.ack | 0x40 } })],
    "another port": [nth(0), nth(1, { tcp: { destinationPort: 81 } })],
    "another time to live": [nth(0), nth(1, { ip: { ttl: 63 } })],
    "a jump of identifications": [nth(0), nth(1, { ip: { id: 10 } })],
    "permission to fragment": [nth(0), nth(1, { ip: { fragment: 0 } })],
    "another VLAN": [nth(0, { tags: [1] }), nth(1, { tags: [2] })],
    "another destination": [nth(0), flipped(nth(1), 0)],
    "another source": [nth(0, { tags: [1] }), flipped(nth(1, { tags: [1] }), 8)],
    "another urgent pointer": [nth(0), moved(nth(1), 55, 53)],
    "other timestamps": [nth(0, { tcp: { options: timestamps(1) } }), nth(1, { tcp: { options: timestamps(2) } })],
    "timestamps in one only": [nth(0, { tcp: { options: timestamps(1) } }), nth(1)],
    "other options": [0, 1].map((index) => nth(index, { tcp: { options: Uint8Array.of(1, 1, 1, 1) } })),
    "options as long as timestamps": [0, 1].map((index) =>
      nth(index, { tcp: { options: new Uint8Array(12).fill(1) } }),
    ),
    "IPv4 options": [0, 1].map((index) => nth(index, { ip: { options: Uint8Array.of(1, 1, 1, 1) } })),
    fragments: [0, 1].map((index) => nth(index, { ip: { fragment: 0x2000 } })),
    "three tags": [0, 1].map((index) => nth(index, { tags: [1, 2, 3] })),
    "a fragment in between": [nth(0), nth(0, { ip: { fragment: 0x2000 } }), nth(1)],
    "a segment with IPv4 options in between": [nth(0), nth(1, { ip: { options: new Uint8Array(4) } }), nth(1)],
    "an urgent segment in between": [nth(0), nth(1, { tcp: { flags: TCP.ack | 0x20 } }), nth(1)],
    "another class": [nth(0, { version: 6 }), flipped(nth(1, { version: 6 }), 15)],
    "extension headers": [0, 1].map((index) => replaced(nth(index, { version: 6 }), 20, 0)),
    "truncated frames": [nth(0).subarray(0, 53), nth(0).subarray(0, 33), nth(0).subarray(0, 13), new Uint8Array(0)],
    datagrams: [udpFrame(plain), udpFrame(plain)],
  };
  for (const [reason, frames] of Object.entries(untouched))
    it(`leaves alone: ${reason}`, () => {
      assert.equal(coalesce(frames), 0);
      assert.deepEqual(
        sentFrames(frames.length).map(({ frame }) => frame),
        frames.map((frame) => Buffer.from(frame)),
      );
    });
  for (const [name, flag] of Object.entries({ FIN: TCP.fin, SYN: TCP.syn, RST: TCP.rst, URG: 0x20, CWR }))
    it(`leaves alone: ${name}`, () => {
      const marked = (index: number) => nth(index, { tcp: { flags: TCP.ack | flag } });
      assert.equal(coalesce([marked(0), nth(1)]), 0);
      assert.equal(coalesce([nth(0), marked(1)]), 0);
      assert.equal(coalesce([nth(0, { tcp: { flags: 0 } }), nth(1, { tcp: { flags: 0 } })]), 0);
    });

  it("leaves alone what has something left to do, and keeps what was put together before", () => {
    const frames = [0, 1, 2, 3].map((index) => nth(index));
    for (const left of [{ flags: NEEDS_CSUM }, { gsoType: GSO.tcp4, segmentSize: 100 }]) {
      writeFrames(frames);
      writeEntry(TABLE + ENTRY_SIZE, { ...readEntry(TABLE + ENTRY_SIZE), ...left });
      assert.equal(plane.coalesce(TABLE, 2), 0);
    }
    writeFrames(frames);
    writeEntry(TABLE + 2 * ENTRY_SIZE, { ...readEntry(TABLE + 2 * ENTRY_SIZE), merge: 54 });
    assert.equal(plane.coalesce(TABLE, 3), 0);
    const other = segmentsOf({ ...plain, tcp: { ...plain.tcp, sourcePort: 7 } }, 500);
    writeFrames([...frames.slice(0, 1), ...other.slice(0, 2), ...frames.slice(1)]);
    writeEntry(TABLE + 2 * ENTRY_SIZE, { ...readEntry(TABLE + 2 * ENTRY_SIZE), merge: 54 });
    assert.equal(plane.coalesce(TABLE, 6), 3);
    assert.deepEqual(
      readEntries(TABLE, 6).map(({ merge }) => merge),
      [0, 54, 54, 54, 0, 54],
    );
    assert.deepEqual(frameOf(readEntry(TABLE + 4 * ENTRY_SIZE)), other[0]);
    assert.deepEqual(frameOf(readEntry(TABLE + 5 * ENTRY_SIZE)), other[1]);
  });

  it("writes to nothing but entries and headers, whatever frames contain", () => {
    const pokes = fc.array(fc.tuple(fc.nat(70), fc.nat(255)), { maxLength: 2 });
    fc.assert(
      fc.property(stream(word, 9000), fc.array(pokes, { minLength: 20 }), fc.nat(1200), (stream, pokes, cut) => {
        const frames = segmentsOf(stream, 600).map((frame, index) => {
          for (const [at, value] of pokes[index] ?? []) frame[Math.min(at, frame.length - 1)] = value;
          return index % 4 === 3 ? frame.subarray(0, cut) : frame;
        });
        writeFrames(frames);
        const entries = readEntries(TABLE, frames.length);
        const headers = entries.map(({ data, length }) => [data, data + Math.min(length, 94)] as const);
        writingOnly([[TABLE, TABLE + frames.length * ENTRY_SIZE], ...headers], () =>
          plane.coalesce(TABLE, frames.length),
        );
        assert.equal(receivedFrames(frames.length).length, frames.length);
      }),
    );
  });
});
