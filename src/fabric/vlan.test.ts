import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { BROADCAST, frameBytes, frameNumber, mac, type Tag, type TestFrame, tagOf } from "./frames.fixture.ts";
import { TestFabric, TestGuest } from "./guest.fixture.ts";

describe("a switch with VLANs", () => {
  const test = new TestFabric();
  const segment = test.fabric.addSegment("switch");
  const [red, red2, blue, trunk, native, plain] = test.guests(6) as [
    TestGuest,
    TestGuest,
    TestGuest,
    TestGuest,
    TestGuest,
    TestGuest,
  ];
  segment.connect(plain.port);
  segment.connect(red.port, { vlan: 10 });
  segment.connect(red2.port, { vlan: 10 });
  segment.connect(blue.port, { vlan: 20 });
  segment.connect(trunk.port, { trunk: [10, 20] });
  segment.connect(native.port, { vlan: 10, trunk: [1, 20] });
  const guests = { red, red2, blue, trunk, native, plain };
  let number = 0;

  after(() => {
    for (const guest of Object.values(guests)) guest.remove();
    segment.remove();
  });

  /** Who gets a broadcast, with which tag. */
  function broadcast(from: TestGuest, tag?: Tag, address = mac(1)): Record<string, Tag | "untagged"> {
    const frame: TestFrame = { to: BROADCAST, from: address, tag, number: ++number, padding: 70 };
    const body = frameBytes({ ...frame, tag: undefined });
    from.send(frameBytes(frame));
    test.settle();
    const result: Record<string, Tag | "untagged"> = {};
    for (const [name, guest] of Object.entries(guests))
      for (const received of guest.takeReceived()) {
        assert.equal(frameNumber(received), number);
        const left = tagOf(received);
        assert.deepEqual(left ? Buffer.concat([received.subarray(0, 12), received.subarray(16)]) : received, body);
        result[name] = left ?? "untagged";
      }
    return result;
  }

  it("keeps access ports within their VLAN, and tags what leaves at a trunk", () => {
    const expected = { red2: "untagged", trunk: { vlan: 10, priority: 0 }, native: "untagged" };
    assert.deepEqual(broadcast(red), expected);
    assert.deepEqual(broadcast(blue), { trunk: { vlan: 20, priority: 0 }, native: { vlan: 20, priority: 0 } });
  });

  it("takes the tag off what leaves at an access port", () =>
    assert.deepEqual(broadcast(trunk, { vlan: 20, priority: 3 }), {
      blue: "untagged",
      native: { vlan: 20, priority: 3 },
    }));

  it("puts untagged frames of a trunk into its native VLAN, and takes tagged ones of it too", () => {
    const expected = { red: "untagged", red2: "untagged", trunk: { vlan: 10, priority: 0 } };
    assert.deepEqual(broadcast(native), expected);
    assert.deepEqual(broadcast(native, { vlan: 10, priority: 0 }), expected);
  });

  it("has ports without VLANs in VLAN 1", () => {
    assert.deepEqual(broadcast(plain), { native: { vlan: 1, priority: 0 } });
    assert.deepEqual(broadcast(native, { vlan: 1, priority: 0 }), { plain: "untagged" });
  });

  it("names the VLAN in a tag that only carried a priority, and keeps the priority", () =>
    assert.deepEqual(broadcast(red, { vlan: 0, priority: 5 }), {
      red2: "untagged",
      trunk: { vlan: 10, priority: 5 },
      native: "untagged",
    }));

  it("refuses and counts frames of VLANs that a port does not have", () => {
    for (const [guest, tag] of [
      [red, { vlan: 20, priority: 0 }],
      [trunk, { vlan: 30, priority: 0 }],
      [trunk, { vlan: 0, priority: 0 }],
      [trunk, undefined],
      [plain, { vlan: 10, priority: 0 }],
    ] as const) {
      const before = guest.port.traffic.in.drops["VLAN not allowed"] ?? 0;
      assert.deepEqual(broadcast(guest, tag), {});
      assert.equal(guest.port.traffic.in.drops["VLAN not allowed"], before + 1);
    }
  });

  it("learns an address in each VLAN apart", () => {
    broadcast(red, undefined, mac(50));
    red2.send(frameBytes({ to: mac(50), from: mac(2), number: 1 }));
    blue.send(frameBytes({ to: mac(50), from: mac(3), number: 2 }));
    test.settle();
    const numbers = Object.entries(guests).map(([name, guest]) => [name, guest.takeReceived().map(frameNumber)]);
    assert.deepEqual(Object.fromEntries(numbers), { red: [1], red2: [], blue: [], trunk: [2], native: [2], plain: [] });
  });

  it("counts a frame that its tag makes too long for the receiver", () => {
    const small = new TestGuest(test.fabric);
    segment.connect(small.port, { trunk: [10] });
    red.send(frameBytes({ to: BROADCAST, from: mac(1), number: 1, padding: small.capacity - 18 }));
    test.settle();
    assert.deepEqual(small.takeReceived(), []);
    assert.deepEqual(small.port.traffic.out.drops, { "too long": 1 });
    assert.equal(red2.takeReceived().length, 1);
    small.remove();
    for (const guest of Object.values(guests)) guest.takeReceived();
  });

  it("floods a burst with tags to many ports without loss", () => {
    const test = new TestFabric();
    const segment = test.fabric.addSegment("switch");
    const sender = new TestGuest(test.fabric);
    segment.connect(sender.port, { vlan: 10 });
    const trunks = test.guests(100);
    for (const { port } of trunks) segment.connect(port, { trunk: [10] });
    const frames = Array.from({ length: 300 }, (_, number) =>
      frameBytes({ to: BROADCAST, from: mac(1), number, padding: 1400 }),
    );
    sender.send(...frames);
    test.settle();
    for (const trunk of trunks) assert.equal(trunk.takeReceived().length, frames.length);
  });
});
