import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DeviceNetwork, plain } from "./device.fixture.ts";
import { frameBytes, frameNumber, mac } from "./frames.fixture.ts";

function numberedFrames(count: number, padding = 0): Buffer[] {
  return Array.from({ length: count }, (_, number) => frameBytes({ to: mac(2), from: mac(1), number, padding }));
}

describe("a device on the fabric", () => {
  for (const offloads of [false, true]) {
    const kind = offloads ? "with offloads" : "without offloads";

    it(`${kind} takes and brings bursts that are larger than its tables, in order`, () => {
      const network = new DeviceNetwork("wire");
      const { device, port } = network.device({ offloads, slots: 4 });
      const guest = network.guest(8);
      const frames = numberedFrames(100);
      guest.send(...frames);
      device.arriving.push(...frames.map(plain));
      network.settle();
      assert.deepEqual(device.takeSent(), frames.map(plain));
      assert.deepEqual(guest.takeReceived(), frames);
      assert.deepEqual([port.traffic.in.packets, port.traffic.out.packets], [100, 100]);
    });

    it(`${kind} that does not take all has the rest counted`, () => {
      const network = new DeviceNetwork("wire");
      const { device, port } = network.device({ offloads, slots: 8 });
      const guest = network.guest();
      device.takes = 3;
      guest.send(...numberedFrames(20));
      network.settle();
      const { packets, drops } = port.traffic.out;
      assert.equal(packets + (drops["device busy"] ?? 0), 20);
      assert.equal(packets, device.sent.length);
      assert.ok(packets < 20);
    });
  }

  it("finds frames longer than its MTU counted, and not sent; a tag may come on top", () => {
    const network = new DeviceNetwork("wire");
    const { device, port } = network.device({ offloads: false });
    const guest = network.guest();
    guest.send(
      ...[1500 + 14, 1500 + 22, 1500 + 23].map((length) =>
        frameBytes({ to: mac(2), from: mac(1), number: length, padding: length - 18 }),
      ),
    );
    network.settle();
    assert.deepEqual(
      device.takeSent().map(({ frame }) => frame.length),
      [1514, 1522],
    );
    assert.deepEqual(port.traffic.out.drops, { "too long": 1 });
  });

  it("has what is no frame counted, and no part in the traffic", () => {
    const network = new DeviceNetwork("wire");
    const { device, port } = network.device({ offloads: true });
    const guest = network.guest();
    const [frame] = numberedFrames(1);
    assert.ok(frame);
    device.arriving.push(plain(Buffer.alloc(13)), plain(frame), plain(Buffer.alloc(0)));
    network.settle();
    assert.deepEqual(guest.takeReceived(), [frame]);
    assert.deepEqual([port.traffic.in.packets, port.traffic.in.drops], [1, { faulty: 2 }]);
  });

  it("gets nothing while its link is down", () => {
    const network = new DeviceNetwork("wire");
    const { device, port } = network.device({ offloads: true });
    const guest = network.guest();
    port.isUp = false;
    guest.send(...numberedFrames(3));
    network.settle();
    assert.deepEqual(device.sent, []);
    assert.deepEqual(port.traffic.out.drops, { "receiver down": 3 });
  });

  it("is closed with its port, or with the fabric", () => {
    const network = new DeviceNetwork("switch");
    const [first, second] = [network.device({ offloads: true }), network.device({ offloads: false })];
    first.port.remove();
    assert.deepEqual([first.device.isClosed, second.device.isClosed], [true, false]);
    network.test.fabric.close();
    assert.ok(second.device.isClosed);
    assert.deepEqual([...network.test.fabric.devices], []);
  });

  it("has its frames judged by the time at which they arrive, also after a long silence", (context) => {
    let clock = 0;
    context.mock.method(performance, "now", () => clock);
    const network = new DeviceNetwork("wire");
    const { device } = network.device({ offloads: true });
    const guest = network.guest();
    guest.port.setLimits(1000, undefined);
    for (let burst = 0; burst < 3; burst++) {
      device.arriving.push(...numberedFrames(17).map(plain));
      network.test.fabric.receive();
      network.test.fabric.step();
      assert.equal(guest.takeReceived().length, 17);
      clock += 1000;
    }
  });

  it("loses no frame that was on its way when a guest trapped", () => {
    const network = new DeviceNetwork("switch");
    const { device } = network.device({ offloads: true, slots: 32 });
    const [bad, good] = [network.guest(4), network.guest(64)];
    for (const [index, guest] of [bad, good].entries())
      guest.send(frameBytes({ to: mac(9), from: mac(10 + index), number: 0 }));
    network.settle();
    good.takeReceived();
    bad.onRun = () => {
      throw new WebAssembly.RuntimeError("unreachable");
    };
    const frame = (number: number) => plain(frameBytes({ to: mac(number % 2 === 0 ? 10 : 11), from: mac(1), number }));
    device.arriving.push(...Array.from({ length: 32 }, (_, number) => frame(number)));
    assert.throws(() => network.test.fabric.receive(), WebAssembly.RuntimeError);
    assert.equal(network.test.fabric.takeCurrent()?.number, bad.guest.number);
    network.test.fabric.plane.setRunnable(bad.guest.address, false);
    bad.port.isUp = false;
    device.arriving.push(...Array.from({ length: 32 }, (_, number) => frame(100 + number)));
    network.settle();
    const odd = (first: number) => Array.from({ length: 16 }, (_, index) => first + 2 * index + 1);
    assert.deepEqual(good.takeReceived().map(frameNumber), [...odd(0), ...odd(100)]);
  });
});
