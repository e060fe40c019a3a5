/** FromDevice and ToDevice over their rings, with capture files in the place of devices. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { runClick } from "../src/bin/clickCommand.ts";
import { MICROSECONDS, makeCapture, readCapture } from "../src/host/capture/pcap.fixture.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "clickos-devices-"));
after(() => rmSync(folder, { recursive: true }));
const input = path.join(folder, "in.pcap");
const output = path.join(folder, "out.pcap");

async function click(configuration: string, words: readonly string[] = []) {
  const result = { status: 0, out: "", messages: "" };
  result.status = await runClick([...words, "-e", configuration], {
    readStandardInput: () => Buffer.alloc(0),
    print: (text) => {
      result.out += text;
    },
    printMessage: (text) => {
      result.messages += text;
    },
  });
  return result;
}

/** Makes `in.pcap`. */
function arrive(datas: readonly Uint8Array[], linkType = 1): void {
  const packets = datas.map((data) => ({ seconds: 1, fraction: 0, data }));
  writeFileSync(input, makeCapture(packets, { littleEndian: false, magic: MICROSECONDS, linkType }));
}

/** What is in `out.pcap`. */
function sent(): Uint8Array[] {
  return readCapture(readFileSync(output)).map(({ data }) => data);
}

function numbered(count: number, length: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const data = new Uint8Array(length);
    new DataView(data.buffer).setUint32(0, index);
    return data;
  });
}

/** Long enough for a few packets. */
const STOP = "Script(wait 0.1s, stop)";

/** Stops when a handler has counted so many. */
function stopAt(handler: string, count: number): string {
  return `Script(label again, wait 1ms, goto again $(lt $(${handler}) ${count}), stop)`;
}

describe("packets that come from a device", () => {
  it("go to another one unchanged and in order", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 2046, size: "max" }), { maxLength: 30 }), async (datas) => {
        arrive(datas);
        const { out, messages, status } = await click(
          `f :: FromDevice(pcap:${input}) -> t :: ToDevice(pcap:${output}); ${stopAt("f.count", datas.length)}`,
          ["-h", "f.count", "-h", "t.count", "-h", "t.drops"],
        );
        const count = datas.length;
        assert.deepEqual({ messages, status }, { messages: "", status: 0 });
        assert.equal(out, `f.count:\n${count}\n\nt.count:\n${count}\n\nt.drops:\n0\n\n`);
        assert.deepEqual(sent(), datas);
      }),
      { numRuns: 15 },
    ));

  it("are all there when there are many more than slots in a ring, pushed or pulled", async () => {
    const datas = numbered(5000, 60);
    arrive(datas);
    for (const between of ["", "-> Queue(10000)"]) {
      await click(
        `FromDevice(pcap:${input}) ${between} -> t :: ToDevice(pcap:${output}, BURST 7); ${stopAt("t.count", datas.length)}`,
      );
      assert.equal(sent().length, datas.length);
      assert.deepEqual(sent(), datas);
    }
  });

  it("wait in their queue while the ring to a device is full", async () => {
    const { out } = await click(
      `InfiniteSource(LENGTH 60, LIMIT 3000) -> q :: Queue(5000) -> t :: ToDevice(pcap:${output}); ${stopAt("t.count", 3000)}`,
      ["-h", "t.count"],
    );
    assert.equal(out, "3000\n");
    assert.equal(sent().length, 3000);
  });

  it("are cut at SNAPLEN, and say how long they were", async () => {
    arrive(numbered(3, 1000));
    await click(`FromDevice(pcap:${input}, SNAPLEN 100) -> ToDump(${output}); ${STOP}`);
    const lengths = readCapture(readFileSync(output)).map(({ data, length }) => [data.length, length]);
    assert.deepEqual(
      lengths,
      Array.from({ length: 3 }, () => [100, 1000]),
    );
  });

  it("may be longer than ordinary buffers when SNAPLEN says so", async () => {
    arrive(numbered(3, 9000));
    await click(`FromDevice(pcap:${input}, SNAPLEN 9000) -> ToDevice(pcap:${output}); ${STOP}`);
    assert.deepEqual(sent(), numbered(3, 9000));
  });

  it("may all be kept by a queue: the ring keeps buffers of its own", async () => {
    arrive(numbered(4000, 60));
    const { out } = await click(
      `f :: FromDevice(pcap:${input}) -> q :: Queue(4000) -> u :: Unqueue(ACTIVE false) -> d :: Discard;
       Script(wait 0.1s, write u.active true, wait 0.1s, print q.length, stop)`,
      ["-h", "f.count", "-h", "d.count"],
    );
    assert.equal(out, "0\nf.count:\n4000\n\nd.count:\n4000\n\n");
  });

  it("are filtered by PROTOCOL and FORCE_IP", async () => {
    const frame = (type: number): Uint8Array => {
      const data = new Uint8Array(60);
      new DataView(data.buffer).setUint16(12, type);
      data[14] = type === 0x86dd ? 0x35 : 0x45;
      return data;
    };
    arrive([frame(0x800), frame(0x806), frame(0x800), frame(0x86dd)]);
    const configuration = (words: string): string =>
      `f :: FromDevice(pcap:${input}, ${words}) -> c :: Counter -> Discard; f[1] -> d :: Counter -> Discard; ${STOP}`;
    const counts = ["-h", "f.count", "-h", "c.count", "-h", "d.count"];
    assert.equal(
      (await click(configuration("PROTOCOL 0x806"), counts)).out,
      "f.count:\n1\n\nc.count:\n1\n\nd.count:\n0\n\n",
    );
    assert.equal(
      (await click(configuration("FORCE_IP true"), counts)).out,
      "f.count:\n4\n\nc.count:\n2\n\nd.count:\n2\n\n",
    );
  });

  it("know whether they were meant for everybody", async () => {
    const frame = (...address: number[]): Uint8Array =>
      Uint8Array.from({ length: 60 }, (_, index) => address[index] ?? 0);
    arrive([frame(0xff, 0xff, 0xff, 0xff, 0xff, 0xff), frame(1, 0, 0x5e), frame(2, 0, 0)]);
    const { out } = await click(`FromDevice(pcap:${input}) -> DropBroadcasts -> c :: Counter -> Discard; ${STOP}`, [
      "-h",
      "c.count",
    ]);
    assert.equal(out, "1\n");
  });

  it("have the encapsulation of their device, unless told otherwise", async () => {
    arrive([], 104);
    const configuration = `f :: FromDevice(pcap:${input}) -> d :: Discard; g :: FromDevice(pcap:${input}, ENCAP IP) -> d`;
    const { out } = await click(configuration, ["-q", "-h", "f.encap", "-h", "g.encap", "-h", "f.kernel_drops"]);
    assert.equal(out, "f.encap:\nHDLC\n\ng.encap:\nIP\n\nf.kernel_drops:\n??\n\n");
  });
});

describe("a device that cannot be opened", () => {
  const complaints: readonly (readonly [string, string])[] = [
    ["FromDevice(nosuch0) -> Discard", "  nosuch0: No such device; a capture file can stand for one: 'pcap:FILE'"],
    ["FromDevice -> Discard", "  0: No such device; a capture file can stand for one: 'pcap:FILE'"],
    ["Idle -> ToDevice(DEVID 3)", "  3: No such device; a capture file can stand for one: 'pcap:FILE'"],
    ["FromDevice(pcap:/nowhere/at/all) -> Discard", "  pcap:/nowhere/at/all: No such file or directory"],
    ["Idle -> ToDevice(pcap:/nowhere/at/all)", "  pcap:/nowhere/at/all: No such file or directory"],
    ['FromDevice("") -> Discard', "  interface not set"],
    ["FromDevice(x, SNAPLEN 13) -> Discard", "  SNAPLEN out of range"],
    ["FromDevice(x, HEADROOM 9000) -> Discard", "  HEADROOM out of range"],
    ["FromDevice(x, BURST 0) -> Discard", "  BURST out of range"],
    ["FromDevice(x, ENCAP CARRIER_PIGEON) -> Discard", "  bad encapsulation type"],
    ["FromDevice(x, METHOD MAGIC) -> Discard", "  bad METHOD"],
    ["Idle -> ToDevice(x, METHOD MAGIC)", "  bad METHOD"],
    ["Idle -> ToDevice(x, BURST 0)", "  bad BURST"],
  ];
  for (const [configuration, complaint] of complaints) {
    it(`is a fault of the configuration: ${configuration}`, async () => {
      const { messages, status } = await click(configuration);
      assert.equal(messages.split("\n")[1], complaint);
      assert.equal(status, 1);
    });
  }
});

describe("devices of a configuration that is swapped for another", () => {
  it("go on where nothing changed, and are opened again where something did", async () => {
    arrive(numbered(300, 60));
    const path = (burst: number): string =>
      `f :: FromDevice(pcap:${input}) -> t :: ToDevice(pcap:${output}, BURST ${burst});`;
    for (const burst of [1, 2]) {
      const { messages } = await click(
        `${path(1)} Script(wait 20ms, writeq hotconfig '${path(burst)} Script(wait 20ms, stop)')`,
        ["-R"],
      );
      assert.equal(messages, "");
      assert.deepEqual(sent(), numbered(300, 60));
    }
  });

  it("stay as they are when the other one has a fault", async () => {
    arrive(numbered(300, 60));
    const path = `FromDevice(pcap:${input}) -> f :: Counter -> ToDevice(pcap:${output});`;
    const fault = "FromDevice(nosuch0) -> Discard; Idle -> ToDevice(BURST 0)";
    const { messages } = await click(`${path} Script(wait 20ms, writeq hotconfig '${fault}', wait 20ms, stop)`, ["-R"]);
    assert.match(messages, /bad BURST/);
    assert.deepEqual(sent(), numbered(300, 60));
  });
});
