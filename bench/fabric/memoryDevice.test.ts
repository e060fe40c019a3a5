import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ENTRY_DATA, ENTRY_LENGTH, ENTRY_SIZE } from "../../src/device/device.ts";
import { createDeviceMemory } from "../../src/device/memory.ts";
import { MemoryDevice } from "./memoryDevice.ts";

const frame = (fill: number, length: number): Uint8Array => new Uint8Array(length).fill(fill);

describe("a device in memory", () => {
  const shared = createDeviceMemory(4, 64);
  const batches = [
    [frame(1, 60), frame(2, 64)],
    [frame(3, 1500), frame(4, 60)],
  ];
  const device = new MemoryDevice(shared, batches);
  const view = new DataView(shared.memory.buffer);

  /** The frames that it brings now. */
  const receive = (): Uint8Array[] =>
    Array.from({ length: device.receive() }, (_, slot) => {
      const entry = device.receiveTable + slot * ENTRY_SIZE;
      const data = view.getUint32(entry + ENTRY_DATA, true);
      return new Uint8Array(shared.memory.buffer, data, view.getUint32(entry + ENTRY_LENGTH, true));
    });

  it("brings nothing until it is active", () => assert.equal(device.receive(), 0));

  it("brings its batches in turn, again and again, and counts the frames", () => {
    device.isActive = true;
    for (const batch of [...batches, ...batches]) assert.deepEqual(receive(), batch);
    assert.equal(device.received, 8);
  });

  it("takes whatever is sent, counts it, and tells", () => {
    let told = 0;
    device.onTransmit = () => {
      told = device.sent;
    };
    assert.equal(device.transmit(5), 5);
    assert.equal(told, 5);
  });

  it("without frames only takes", () => assert.equal(new MemoryDevice(shared, []).receiveSlots, 0));
});
