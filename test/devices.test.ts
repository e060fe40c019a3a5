/** All devices do the same: one set of cases for all of them, with real interfaces whose other end is in a network namespace. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import type { Device, DeviceMemory } from "../src/device/device.ts";
import { createDeviceMemory } from "../src/device/memory.ts";
import { openDevice } from "../src/device/open.ts";
import { Waiter } from "../src/device/poll.ts";
import {
  FILE_HEADER,
  formatFileHeader,
  formatRecordHeader,
  parseFileHeader,
  parseRecordHeader,
  RECORD_HEADER,
} from "../src/host/capture/pcap.ts";
import { FramePeer } from "./support/framePeer.ts";
import { isNumbered, numberedFrame, receiveFrames, taggedFrame, transmitFrames } from "./support/frames.ts";
import { disableIp6, Network, whyNoNetwork } from "./support/namespaces.ts";

const PAGES = 512;
const RESERVED = 65536;

/** A device under test, and what is at its other end. */
interface Setup {
  readonly device: Device;
  readonly memory: DeviceMemory;
  /** Room for frames to be sent. */
  readonly area: number;
  /** The frames that the peer sends, as the device receives them. */
  incoming(frames: readonly Buffer[]): Promise<Buffer[]>;
  /** The frames that came out at the peer. */
  outgoing(count: number): Promise<Buffer[]>;
  close(): Promise<void>;
}

const skip = whyNoNetwork("python3") ?? false;
const kinds = { packet: openVeth, xdp: openVeth, tap: openTap, pcap: openCapture } as const;

for (const [kind, open] of Object.entries(kinds)) {
  describe(`${kind} devices`, { skip: kind === "pcap" ? false : skip, timeout: 10_000 }, () => {
    let setup: Setup;
    before(async () => {
      setup = await open(kind);
    });
    after(() => setup.close());

    it("receive frames unchanged and in order, of all lengths and more than the table holds", async () => {
      const frames = Array.from({ length: 1000 }, (_, index) => numberedFrame(index, 14 + ((index * 37) % 1501)));
      assertSame(await setup.incoming(frames), frames);
    });

    it("send frames unchanged and in order, of all lengths", async () => {
      const { device, memory, area } = setup;
      const frames = Array.from({ length: 1000 }, (_, index) => numberedFrame(index, 14 + ((index * 41) % 1501)));
      for (let from = 0; from < frames.length; from += device.transmitSlots) {
        const batch = frames.slice(from, from + device.transmitSlots).map((bytes) => ({ bytes }));
        assert.equal(transmitFrames(device, memory, area, batch), batch.length);
      }
      assertSame(await setup.outgoing(frames.length), frames);
      assert.deepEqual(device.statistics(), { receiveDrops: 0, transmitDrops: {} });
    });

    it("carry VLAN tags of both types", async () => {
      const frames = Array.from({ length: 100 }, (_, index) =>
        taggedFrame(index, 20 + ((index * 37) % 1495), index % 2 ? 0x8100 : 0x88a8),
      );
      assertSame(await setup.incoming(frames), frames);
    });

    it("have a link that is up", () => assert.equal(setup.device.linkUp(), true));

    it("give the memory back when they are closed, and then do nothing", () => {
      const { device, memory } = setup;
      device.close();
      device.close();
      assert.equal(device.receive(), 0);
      assert.equal(transmitFrames(device, memory, setup.area, [{ bytes: numberedFrame(0, 60) }]), 0);
      assert.equal(device.linkUp(), false);
      assert.equal(device.descriptor, -1);
      memory.release(setup.area, AREA);
      assert.equal(memory.allocate(PAGES * 65536 - RESERVED, 64), RESERVED);
    });
  });
}

const AREA = 256 * 2048;

async function openVeth(kind: string): Promise<Setup> {
  const network = new Network();
  const namespace = network.add(kind);
  const port = namespace.link();
  return openLive(network, `${kind}:${port}`, () => FramePeer.start(namespace, "eth0"));
}

async function openTap(): Promise<Setup> {
  const network = new Network();
  const namespace = network.add("tap");
  const name = `ck${process.pid}t`;
  return openLive(network, `tap:${name}`, () => {
    disableIp6(name);
    namespace.adopt(name);
    return FramePeer.start(namespace, name);
  });
}

async function openLive(network: Network, name: string, startPeer: () => Promise<FramePeer>): Promise<Setup> {
  const memory = createDeviceMemory(PAGES, RESERVED);
  const device = openDevice(name, memory, { notice: assert.fail });
  const area = memory.allocate(AREA, 64);
  const peer = await startPeer();
  const waiter = new Waiter();
  waiter.add(device.descriptor);
  return {
    device,
    memory,
    area,
    async incoming(frames) {
      await peer.send(frames);
      const received = await receiveFrames(device, memory, waiter, frames.length, isNumbered);
      return received.map(({ bytes }) => bytes);
    },
    outgoing: (count) => peer.receive(count, isNumbered),
    async close() {
      waiter.close();
      device.close();
      network[Symbol.dispose]();
    },
  };
}

async function openCapture(): Promise<Setup> {
  const folder = mkdtempSync(path.join(tmpdir(), "devices-"));
  const input = path.join(folder, "in.pcap");
  const output = path.join(folder, "out.pcap");
  const header = formatFileHeader({ nanoseconds: true, snapLength: 65535, linkType: 1 });
  await writeFile(input, header);
  const memory = createDeviceMemory(PAGES, RESERVED);
  const device = openDevice(`pcap:${input},${output}`, memory, { notice: assert.fail });
  const area = memory.allocate(AREA, 64);
  const waiter = new Waiter();
  return {
    device,
    memory,
    area,
    async incoming(frames) {
      const records = frames.flatMap((frame) => [
        formatRecordHeader(0n, { captured: frame.length, length: frame.length }),
        frame,
      ]);
      await appendFile(input, Buffer.concat(records));
      const received = await receiveFrames(device, memory, waiter, frames.length, isNumbered);
      return received.map(({ bytes }) => bytes);
    },
    async outgoing() {
      return recordsOf(await readFile(output));
    },
    async close() {
      waiter.close();
      device.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** One by one: what differs of a thousand frames takes minutes to show. */
function assertSame(actual: readonly Buffer[], expected: readonly Buffer[]): void {
  for (const [index, frame] of expected.entries()) assert.deepEqual(actual[index], frame);
  assert.equal(actual.length, expected.length);
}

function recordsOf(file: Buffer): Buffer[] {
  const header = parseFileHeader(file);
  assert.ok(typeof header !== "string", String(header));
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const frames: Buffer[] = [];
  for (let at = FILE_HEADER; at < file.length; ) {
    const { captured } = parseRecordHeader(view, at, header);
    at += RECORD_HEADER + captured;
    frames.push(file.subarray(at - captured, at));
  }
  return frames;
}
