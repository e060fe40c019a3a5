import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { RING_PRODUCER } from "../machine/ring.ts";
import { BROADCAST, frameBytes, mac, type Tag } from "./frames.fixture.ts";
import { RECEIVE_RING, TestFabric, type TestGuest } from "./guest.fixture.ts";

const SECRET = 0xa5;
/** What receive buffers hold before. */
const UNTOUCHED = 0x5a;
const SLOTS = 64;
/** Bytes of frames: no more than addresses and type, and what fits a buffer. */
const SHORTEST = 14;
const LONGEST = 1500;

interface Message {
  readonly isSecret: boolean;
  /** Bytes of its frame, without tag. */
  readonly length: number;
}

const messages: fc.Arbitrary<Message[]> = fc.array(
  fc.record({ isSecret: fc.boolean(), length: fc.integer({ min: SHORTEST, max: LONGEST }) }),
  { maxLength: SLOTS },
);

/** Where two guests exchange secrets while another sends to a receiver, with or without tags. */
interface Path {
  readonly test: TestFabric;
  readonly sender: TestGuest;
  readonly secretSender: TestGuest;
  readonly receiver: TestGuest;
  readonly sendsTags: boolean;
  readonly getsTags: boolean;
}

function fourGuests(test: TestFabric) {
  const guests = test.guests(4, { slots: SLOTS });
  const [sender, receiver, secretSender, secretReceiver] = guests as [TestGuest, TestGuest, TestGuest, TestGuest];
  return { sender, receiver, secretSender, secretReceiver };
}

function onSwitch(test: TestFabric, { sendsTags = false, getsTags = false }): Path {
  const guests = fourGuests(test);
  const segment = test.fabric.addSegment("switch");
  segment.connect(guests.sender.port, sendsTags ? { trunk: [10] } : { vlan: 10 });
  segment.connect(guests.receiver.port, getsTags ? { trunk: [10] } : { vlan: 10 });
  segment.connect(guests.secretSender.port, { vlan: 20 });
  segment.connect(guests.secretReceiver.port, { trunk: [20] });
  return { test, ...guests, sendsTags, getsTags };
}

function onWires(test: TestFabric): Path {
  const guests = fourGuests(test);
  const [wire, secretWire] = [test.fabric.addSegment("wire"), test.fabric.addSegment("wire")];
  for (const { port } of [guests.sender, guests.receiver]) wire.connect(port);
  for (const { port } of [guests.secretSender, guests.secretReceiver]) secretWire.connect(port);
  return { test, ...guests, sendsTags: false, getsTags: false };
}

/** Empties the receiver's ring, and makes its buffers look untouched. From here on it takes nothing. @returns the index of the next frame */
function prepare(test: TestFabric, receiver: TestGuest): number {
  receiver.onRun = () => receiver.work();
  receiver.activate();
  test.settle();
  receiver.takeReceived();
  receiver.onRun = () => 0;
  for (let slot = 0; slot < SLOTS; slot++) {
    const buffer = receiver.receiveBuffer(slot);
    receiver.bytes.fill(UNTOUCHED, buffer, buffer + receiver.capacity);
  }
  return receiver.bytes.readUInt32LE(RECEIVE_RING + RING_PRODUCER);
}

/** @param length  in bytes, without the tag */
function frameOf(length: number, tag?: Tag): Buffer {
  const frame = frameBytes({ to: BROADCAST, from: mac(2), tag, number: 1, padding: LONGEST });
  return frame.subarray(0, tag ? length + 4 : length);
}

function check(path: Path, messages: readonly Message[]): void {
  const { test, sender, secretSender, receiver } = path;
  const first = prepare(test, receiver);
  const tag: Tag = { vlan: 10, priority: 0 };
  for (const { isSecret, length } of messages) {
    if (isSecret) secretSender.send(Buffer.concat([frameOf(12), Buffer.alloc(length, SECRET)]));
    else sender.send(frameOf(length, path.sendsTags ? tag : undefined));
    if (length % 3 === 0) test.settle();
  }
  test.settle();
  const expected = Buffer.alloc(SLOTS * receiver.capacity, UNTOUCHED);
  for (const [index, { length }] of messages.filter(({ isSecret }) => !isSecret).entries())
    frameOf(length, path.getsTags ? tag : undefined).copy(expected, ((first + index) % SLOTS) * receiver.capacity);
  const start = receiver.receiveBuffer(0);
  const buffers = receiver.bytes.subarray(start, start + expected.length);
  assert.ok(buffers.equals(expected), "other bytes than the frames' arrived");
  assert.ok(!receiver.bytes.subarray(start).includes(SECRET), "a secret leaked");
}

describe("receive buffers get a frame's bytes and no others", () => {
  const test = new TestFabric();
  for (const [how, path] of [
    ["through a switch", onSwitch(test, {})],
    ["when a tag is put in", onSwitch(test, { getsTags: true })],
    ["when a tag is taken out", onSwitch(test, { sendsTags: true })],
    ["when a tag stays", onSwitch(test, { sendsTags: true, getsTags: true })],
    ["over a wire", onWires(test)],
  ] as const) {
    const law = fc.property(messages, (messages) => check(path, messages));
    it(`${how}, whatever others send`, () => fc.assert(law, { numRuns: 60 }));

    it(`${how}, at every length from the shortest on`, () => {
      for (let shortest = SHORTEST; shortest < 300; shortest += SLOTS)
        check(
          path,
          Array.from({ length: SLOTS }, (_, more) => ({ isSecret: false, length: shortest + more })),
        );
    });
  }
});
