/** What devices of interfaces change while they are open, and that it is given back. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import type { Device, DeviceError } from "../src/device/device.ts";
import { createDeviceMemory } from "../src/device/memory.ts";
import { openDevice } from "../src/device/open.ts";
import { startOpener } from "./support/deviceOpener.ts";
import { numberedFrame, transmitFrames } from "./support/frames.ts";
import { ip, type Namespace, Network, whyNoNetwork } from "./support/namespaces.ts";

const skip = whyNoNetwork() ?? false;
const memory = createDeviceMemory(1024, 65536);
const open = (name: string, notice: (text: string) => void = assert.fail): Device =>
  openDevice(name, memory, { notice });

function refused(name: string, code: DeviceError["code"], message: string | RegExp): void {
  assert.throws(() => open(name), { code, message });
}

describe("devices of interfaces", { skip }, () => {
  let network: Network;
  let namespace: Namespace;
  let port: string;

  before(() => {
    network = new Network();
    namespace = network.add("life");
    port = namespace.link({ mac: "02:00:00:00:00:07", mtu: 1400 });
  });
  after(() => network[Symbol.dispose]());

  for (const kind of ["packet", "xdp"]) {
    it(`${kind}: tells MAC, MTU and the state of the link, and outlives the interface`, () => {
      const port = namespace.link({ name: `${kind}0`, mtu: 1400 });
      const device = open(`${kind}:${port}`);
      assert.equal(device.name, `${kind}:${port}`);
      assert.equal(device.mac, /link\/ether (\S+)/.exec(ip("link", "show", port))?.[1]);
      assert.equal(device.mtu, 1400);
      assert.equal(device.linkUp(), true);
      ip("-n", namespace.name, "link", "set", `${kind}0`, "down");
      assert.equal(device.linkUp(), false);
      ip("-n", namespace.name, "link", "set", `${kind}0`, "up");
      assert.equal(device.linkUp(), true);
      ip("link", "del", port);
      assert.equal(device.linkUp(), false);
      ip("link", "add", port, "up", "type", "veth", "peer", "name", `${port}p`);
      assert.equal(device.linkUp(), false);
      ip("link", "del", port);
      assert.equal(device.receive(), 0);
      device.close();
    });

    it(`${kind}: is promiscuous for as long as it is open`, () => {
      const device = open(`${kind}:${port}`);
      assert.match(ip("-d", "link", "show", port), /promiscuity 1 /);
      device.close();
      assert.match(ip("-d", "link", "show", port), /promiscuity 0 /);
    });

    it(`${kind}: says which interfaces there are when there is none of the name`, () =>
      refused(
        `${kind}:none`,
        "NO_DEVICE",
        new RegExp(`^${kind}:none: there is no interface 'none'; there are: .*${port}.*`),
      ));
  }

  it("xdp: takes the program away that it brought", () => {
    const device = open(`xdp:${port}`);
    assert.match(ip("link", "show", port), /prog\/xdp/);
    device.close();
    assert.doesNotMatch(ip("link", "show", port), /prog\/xdp/);
  });

  it("xdp: gives way to a packet socket, with a notice", () => {
    const first = open(`xdp:${port}`);
    const notices: string[] = [];
    const second = open(`xdp:${port}`, (notice) => notices.push(notice));
    assert.equal(second.name, `xdp:${port}`);
    assert.equal(second.offloads, true);
    assert.equal(notices.length, 1);
    assert.match(
      notices[0]!,
      new RegExp(`^xdp:${port}: no AF_XDP here \\(bind: resource busy or locked\\); a packet socket takes its place$`),
    );
    first.close();
    second.close();
  });

  it("packet: counts what cannot be sent while the interface is down", () => {
    const device = open(`packet:${port}`);
    const area = memory.allocate(4096, 64);
    ip("link", "set", port, "down");
    assert.equal(
      transmitFrames(device, memory, area, [{ bytes: numberedFrame(0, 60) }, { bytes: numberedFrame(1, 60) }]),
      0,
    );
    assert.deepEqual(device.statistics(), { receiveDrops: 0, transmitDrops: { "link down": 2 } });
    ip("link", "set", port, "up");
    device.close();
    memory.release(area, 4096);
  });

  it("give back everything that they have taken when opening fails half way", () => {
    const small = createDeviceMemory(2, 0);
    for (const kind of ["packet", "xdp", "tap"]) {
      const name = `${kind}:${kind === "tap" ? tapName("half") : port}`;
      assert.throws(() => openDevice(name, small, { notice: assert.fail }), /are left of the switch's memory/);
      assert.equal(small.allocate(2 * 65536, 64), 0);
      small.release(0, 2 * 65536);
    }
    assert.match(ip("-d", "link", "show", port), /promiscuity 0 /);
    assert.equal(exists(tapName("half")), false);
  });
});

describe("TAP devices", { skip }, () => {
  it("are made, brought up, and removed when they are closed", () => {
    const name = tapName("a");
    const device = open(`tap:${name}`);
    assert.match(ip("link", "show", name), /[<,]UP[,>]/);
    assert.equal(device.mac, /link\/ether (\S+)/.exec(ip("link", "show", name))?.[1]);
    assert.equal(device.mtu, 1500);
    ip("link", "set", name, "down");
    assert.equal(device.linkUp(), false);
    ip("link", "set", name, "up");
    assert.equal(device.linkUp(), true);
    device.close();
    assert.equal(exists(name), false);
  });

  it("stay when they were made by somebody else", () => {
    const name = tapName("b");
    ip("tuntap", "add", name, "mode", "tap");
    try {
      open(`tap:${name}`).close();
      assert.equal(exists(name), true);
    } finally {
      ip("link", "del", name);
    }
  });

  it("go when their process is killed", async () => {
    const name = tapName("c");
    const child = startOpener(`tap:${name}`);
    await once(child.stdout as Readable, "data"); // a pipe
    assert.equal(exists(name), true);
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.equal(exists(name), false);
  });

  it("are refused when another program has them, or when there is something else of the name", () => {
    const name = tapName("d");
    const device = open(`tap:${name}`);
    refused(`tap:${name}`, "BUSY", `tap:${name}: another program has opened '${name}'`);
    device.close();
    refused(
      "tap:lo",
      "FAILED",
      "tap:lo: there is an interface 'lo', and it is no TAP interface of one queue: choose another name",
    );
  });
});

/** A name that no other process takes. */
function tapName(label: string): string {
  return `ck${process.pid}${label}`;
}

function exists(name: string): boolean {
  return spawnSync("ip", ["link", "show", name]).status === 0;
}
