import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fabric } from "./fabric.ts";
import { at, countMemory, EPOCH, TestFabric, TestGuest } from "./guest.fixture.ts";
import { RateLimit } from "./port.ts";

describe("a fabric", () => {
  it("has room for so many guests and no more, and for others when some have gone", () => {
    const fabric = new Fabric(EPOCH, { guests: 3 });
    const guests = [1, 2, 3].map(() => new TestGuest(fabric));
    for (let attempt = 0; attempt < 3; attempt++)
      assert.throws(() => new TestGuest(fabric), /a fabric has room for 3 guests/);
    at(guests, 1).remove();
    assert.equal(new TestGuest(fabric).guest.number, 1);
    assert.throws(() => new TestGuest(fabric), /a fabric has room for 3 guests/);
  });

  it("gets all its memory back", () => {
    const { fabric } = new TestFabric();
    const taken = countMemory(fabric.memory);
    for (let round = 0; round < 20; round++) {
      const [lan, wire] = [fabric.addSegment("switch"), fabric.addSegment("wire")];
      const guests = [1, 2, 3, 4].map(() => new TestGuest(fabric));
      for (const [place, { port }] of guests.entries())
        if (place < 2) wire.connect(port);
        else lan.connect(port, place === 2 ? { vlan: 5, trunk: [6, 7] } : undefined);
      const shared = { in: new RateLimit(fabric, 10), out: new RateLimit(fabric, 10) };
      for (const { port } of guests) {
        port.setLimits(100, shared);
        port.setStormLimit(10);
      }
      for (const guest of guests) guest.remove();
      for (const limit of Object.values(shared)) limit.release();
      for (const segment of [lan, wire]) segment.remove();
      assert.equal(taken(), 0);
    }
  });

  it("has wires with two ends", () => {
    const test = new TestFabric();
    const wire = test.fabric.addSegment("wire");
    const [a, b, c] = test.guests(3) as [TestGuest, TestGuest, TestGuest];
    for (const { port } of [a, b]) wire.connect(port);
    assert.throws(() => wire.connect(c.port), /a wire has two ends, and both are taken/);
    assert.equal(c.port.segment, undefined);
    wire.disconnect(a.port);
    wire.connect(c.port);
  });
});
