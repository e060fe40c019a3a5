import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { readCapture } from "../host/capture/pcap.fixture.ts";
import { BROADCAST, frameBytes, mac } from "./frames.fixture.ts";
import { at, EPOCH, SECOND, TestFabric } from "./guest.fixture.ts";
import { formatTapped, Tap } from "./tap.ts";

/** Three guests on a switch. */
function threeGuests() {
  const test = new TestFabric();
  const segment = test.fabric.addSegment("switch");
  const guests = test.guests(3);
  for (const { port } of guests) segment.connect(port);
  return { test, segment, a: at(guests, 0), b: at(guests, 1), c: at(guests, 2) };
}

describe("a tap", () => {
  const { test, a, b, c } = threeGuests();

  it("gets every frame that passes its port, both ways, with its time", () => {
    const tap = new Tap(b.port);
    test.now = 5 * SECOND + 7;
    const frames = [
      frameBytes({ to: BROADCAST, from: mac(1), number: 1, padding: 1 }),
      frameBytes({ to: mac(1), from: mac(2), number: 2, padding: 2 }),
      frameBytes({ to: mac(1), from: mac(3), number: 3, padding: 3 }),
    ];
    for (const [index, guest] of [a, b, c].entries()) {
      guest.send(at(frames, index));
      test.settle();
    }
    const time = EPOCH + BigInt(test.now);
    const port = b.port.number;
    assert.deepEqual(
      tap.read().map(({ data, ...rest }) => ({ ...rest, data: Buffer.from(data) })),
      [
        { time, direction: "out", port, length: 19, data: frames[0] },
        { time, direction: "in", port, length: 20, data: frames[1] },
      ],
    );
    assert.deepEqual(tap.read(), []);
    tap.close();
    a.send(at(frames, 0));
    test.settle();
  });

  it("makes records of a capture file", () => {
    const tap = new Tap(a.port, { snapLength: 20 });
    const frame = frameBytes({ to: BROADCAST, from: mac(1), number: 1, padding: 100 });
    a.send(frame);
    test.settle();
    const capture = Buffer.concat([tap.fileHeader, formatTapped(tap.read())]);
    const time = EPOCH + BigInt(test.now);
    const [record, ...more] = readCapture(capture);
    assert.deepEqual(more, []);
    assert.deepEqual(record, {
      seconds: Number(time / BigInt(SECOND)),
      fraction: Number(time % BigInt(SECOND)),
      data: new Uint8Array(frame.subarray(0, 20)),
      length: frame.length,
    });
    tap.close();
  });

  it("gives what went through it, whatever the lengths, and counts what found no room", () => {
    const rounds = fc.array(fc.array(fc.nat(600), { maxLength: 12 }), { maxLength: 15 });
    let number = 0;
    fc.assert(
      fc.property(rounds, fc.integer({ min: 1, max: 400 }), (rounds, snapLength) => {
        const tap = new Tap(a.port, { snapLength, room: 1024 });
        for (const paddings of rounds) {
          const frames = paddings.map((padding) =>
            frameBytes({ to: BROADCAST, from: mac(1), number: number++, padding }),
          );
          const lostBefore = tap.lost;
          a.send(...frames);
          test.settle();
          const copies = frames.map((frame) => ({ data: frame.subarray(0, snapLength), length: frame.length }));
          const kept = fitting(copies, 1024);
          assert.deepEqual(
            tap.read().map(({ data, length }) => ({ data: Buffer.from(data), length })),
            kept,
          );
          assert.equal(tap.lost - lostBefore, frames.length - kept.length);
        }
        tap.close();
      }),
      { numRuns: 60 },
    );
    for (const guest of [a, b, c]) guest.takeReceived();
  });

  it("is one a port", () => {
    const tap = new Tap(a.port);
    assert.throws(() => new Tap(a.port), /the port has a tap already/);
    tap.close();
    new Tap(a.port).close();
  });

  it("goes with its port", () => {
    const { test, a, b } = threeGuests();
    const tap = new Tap(b.port);
    a.send(frameBytes({ to: BROADCAST, from: mac(1), number: 1 }));
    test.settle();
    b.remove();
    tap.close();
    assert.deepEqual(tap.read(), []);
  });

  it("has room for a frame at least, and a power of two of it", () => {
    for (const room of [0, 3000, 1024]) assert.throws(() => new Tap(a.port, { snapLength: 1500, room }), RangeError);
  });
});

/** The frames that find room one after the other, each behind 24 bytes and padded to 8. */
function fitting<Copy extends { readonly data: Uint8Array }>(copies: readonly Copy[], room: number): Copy[] {
  let left = room;
  return copies.filter(({ data }) => {
    const bytes = Math.ceil((24 + data.length) / 8) * 8;
    if (bytes > left) return false;
    left -= bytes;
    return true;
  });
}
