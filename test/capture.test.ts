/** Captures from file to file through a running configuration: nothing is lost, changed or reordered, whatever the file looks like. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { runClick } from "../src/bin/clickCommand.ts";
import {
  type CapturedPacket,
  type CaptureForm,
  MICROSECONDS,
  MODIFIED,
  makeCapture,
  NANOSECONDS,
  readCapture,
} from "../src/host/capture/pcap.fixture.ts";

const CLICK = fileURLToPath(new URL("../bin/click", import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), "clickos-capture-"));
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

/** Sends a capture from file to file. */
async function copy(capture: Uint8Array, between = "") {
  writeFileSync(input, capture);
  const result = await click(`FromDump(${input}, STOP true) ${between} -> c :: Counter -> ToDump(${output}, 0)`, [
    "-h",
    "c.count",
  ]);
  return { ...result, packets: readCapture(readFileSync(output)) };
}

const form: fc.Arbitrary<CaptureForm> = fc.record({
  littleEndian: fc.boolean(),
  magic: fc.constantFrom(MICROSECONDS, NANOSECONDS, MODIFIED),
});

/** Times are not zero: ToDump takes the current time for that. */
function packet(longest: number): fc.Arbitrary<Required<CapturedPacket>> {
  return fc
    .record({
      seconds: fc.integer({ min: 1, max: 0x7fff_ffff }),
      fraction: fc.nat(999_999),
      data: fc.uint8Array({ maxLength: longest, size: "max" }),
      more: fc.nat(1000),
    })
    .map(({ more, ...rest }) => ({ ...rest, length: rest.data.length + more }));
}

function inNanoseconds(packets: readonly Required<CapturedPacket>[], { magic }: CaptureForm) {
  const unit = magic === NANOSECONDS ? 1 : 1000;
  return packets.map((each) => ({ ...each, fraction: each.fraction * unit }));
}

function many(count: number, length: (index: number) => number): CapturedPacket[] {
  return Array.from({ length: count }, (_, index) => {
    const data = new Uint8Array(length(index)).fill(index);
    return { seconds: 1 + index, fraction: index, data };
  });
}

describe("a capture that goes through a configuration", () => {
  it("comes out as it went in, in any of the file formats", () =>
    fc.assert(
      fc.asyncProperty(fc.array(packet(400), { maxLength: 30 }), form, async (packets, given) => {
        const { packets: copied, out, messages, status } = await copy(makeCapture(packets, given));
        assert.deepEqual(copied, inNanoseconds(packets, given));
        assert.deepEqual({ out, messages, status }, { out: `${packets.length}\n`, messages: "", status: 0 });
      }),
      { numRuns: 30 },
    ));

  it("is whole when it is larger than what the host brings at once", async () => {
    const packets = many(6000, (index) => (index * 37) % 1500);
    const { packets: copied } = await copy(makeCapture(packets));
    assert.deepEqual(
      copied,
      packets.map((each) => ({ ...each, length: each.data.length })),
    );
  });

  it("is whole when elements in between keep packets, and pull them", async () => {
    const packets = many(3000, (index) => (index * 41) % 1500);
    const { packets: copied } = await copy(makeCapture(packets), "-> Queue(4000) -> Unqueue(BURST -1)");
    assert.equal(copied.length, packets.length);
  });

  it("is whole when it is pulled all the way", async () => {
    const packets = many(3000, (index) => (index * 43) % 1500);
    writeFileSync(input, makeCapture(packets));
    const { out } = await click(`f :: FromDump(${input}, STOP true) -> t :: ToDump(${output}, 0)`, ["-h", "t.count"]);
    assert.equal(out, "3000\n");
    await click(
      `f :: FromDump(${input}) -> Unqueue(BURST 77) -> Queue(4000) -> ToDump(${output}, 0); Script(wait 0.1s, stop)`,
    );
    assert.equal(readCapture(readFileSync(output)).length, packets.length);
  });

  it("may have the longest packets that a record can state, whatever its header says", async () => {
    const packets = many(40, (index) => 65535 - index);
    const { packets: copied } = await copy(
      makeCapture(packets, { littleEndian: true, magic: NANOSECONDS, snapLength: 96 }),
    );
    assert.deepEqual(
      copied.map(({ data }) => data.length),
      packets.map(({ data }) => data.length),
    );
  });

  it("takes turns with other sources packet by packet, wherever its chunks end", async () => {
    const packets = many(4000, () => 1000);
    writeFileSync(input, makeCapture(packets));
    await click(`FromDump(${input}, STOP true) -> t :: ToDump(${output}, 4);
      InfiniteSource(DATA "x", LIMIT 4000) -> t`);
    const lengths = readCapture(readFileSync(output)).map(({ length }) => length);
    const turns = lengths.slice(1, 7000).filter((length, index) => length !== lengths[index]);
    assert.equal(turns.length, 6999);
  });
});

describe("a damaged capture", () => {
  it("gives all packets before the place where it was cut off, without a word", () =>
    fc.assert(
      fc.asyncProperty(fc.array(packet(60), { minLength: 1, maxLength: 8 }), fc.nat(), async (packets, cut) => {
        const whole = makeCapture(packets);
        const length = 24 + (cut % (whole.length - 23));
        const { packets: copied, messages, status } = await copy(whole.subarray(0, length));
        let left = length - 24;
        const complete = packets.filter(({ data }) => {
          left -= 16 + data.length;
          return left >= 0;
        });
        assert.deepEqual(copied, complete);
        assert.deepEqual({ messages, status }, { messages: "", status: 0 });
      }),
      { numRuns: 40 },
    ));

  it("of any bytes behind a header ends, and counts what it gave", () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600, size: "max" }), form, async (bytes, given) => {
        const { packets, out, status, messages } = await copy(Buffer.concat([makeCapture([], given), bytes]));
        assert.equal(out, `${packets.length}\n`);
        assert.equal(status, 0);
        assert.ok(messages === "" || messages === `${input}: bad packet header; giving up\n`, messages);
      }),
      { numRuns: 40 },
    ));

  it("of any bytes at all is refused or read, never a fault of ours", () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
        writeFileSync(input, bytes);
        const { messages, status } = await click(`FromDump(${input}, STOP true, FORCE_IP true) -> Discard`);
        assert.ok(status === 0 || /not a tcpdump file|empty file|unknown/.test(messages), messages);
      }),
      { numRuns: 40 },
    ));

  it("that states an impossible length ends there, with a message", async () => {
    const [first, second] = many(2, () => 50);
    assert.ok(first && second);
    const capture = makeCapture([first, second, first]);
    capture.writeUInt32LE(65536, 24 + 66 + 8);
    const { packets, messages } = await copy(capture);
    assert.equal(packets.length, 1);
    assert.equal(messages, `${input}: bad packet header; giving up\n`);
  });
});

describe("IP behind any link header", () => {
  it("is looked for within the packet only", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0, 1, 9, 10, 50, 100, 101, 104, 105, 113, 119, 123, 127),
        fc.array(fc.uint8Array({ maxLength: 200, size: "max" }), { maxLength: 40 }),
        async (linkType, datas) => {
          const packets = datas.map((data) => ({ seconds: 1, fraction: 0, data }));
          writeFileSync(input, makeCapture(packets, { littleEndian: true, magic: NANOSECONDS, linkType }));
          const { status, messages, out } = await click(
            `f :: FromDump(${input}, STOP true, FORCE_IP true) -> MarkIPHeader(0) -> c :: Counter -> Discard; f[1] -> d :: Counter -> Discard;
             DriverManager(pause, print $(add $(c.count) $(d.count)))`,
          );
          assert.deepEqual({ status, messages, out }, { status: 0, messages: "", out: `${datas.length}\n` });
        },
      ),
      { numRuns: 30 },
    ));
});

describe("ToDump", () => {
  it("loses nothing of a burst", async () => {
    const { out } = await click(
      `InfiniteSource(LENGTH 1400, LIMIT 20000, BURST 5000, STOP true) -> t :: ToDump(${output})`,
      ["-h", "t.count"],
    );
    assert.equal(out, "20000\n");
    assert.equal(readCapture(readFileSync(output)).length, 20000);
  });

  it("has all packets in the file when the driver stops", async () => {
    await click(
      `InfiniteSource(LIMIT 3, STOP true) -> Queue -> ToDump(${output}); Script(TYPE DRIVER, pause, wait 0.01s)`,
    );
    assert.equal(readCapture(readFileSync(output)).length, 3);
  });
});

describe("a configuration that is swapped for another", () => {
  const packets = many(100, () => 60).map((each, index) => ({ ...each, seconds: 1000, fraction: index * 10_000_000 }));

  /** Swaps after 0.3 s and 0.6 s of simulated time: the capture takes a second. */
  async function swapped(source: (step: number) => string, sink: (step: number) => string): Promise<number[]> {
    writeFileSync(input, makeCapture(packets));
    const configuration = (step: number): string => {
      const path = `f :: ${source(step)} -> n${step} :: Counter -> t :: ${sink(step)};`;
      const next =
        step < 2 ? `writeq hotconfig '${configuration(step + 1).replaceAll("'", `'"'"'`)}'` : "wait 1s, stop";
      return `${path} Script(wait 0.3s, ${next});`;
    };
    const { messages } = await click(configuration(0), ["--simtime", "-R"]);
    assert.equal(messages, "");
    return readCapture(readFileSync(output)).map(({ fraction }) => fraction / 10_000_000);
  }

  const all = packets.map((_, index) => index);
  const from = `FromDump(${input}, true)`;
  const to = `ToDump(${output})`;

  it("keeps the place in files that are read and written", async () =>
    assert.deepEqual(
      await swapped(
        () => from,
        () => to,
      ),
      all,
    ));

  it("keeps it, too, when what reads and writes them gets other arguments", async () =>
    assert.deepEqual(
      await swapped(
        (step) => `FromDump(${input}, true, FORCE_IP false, SAMPLE ${["1", "1.0", "1.00"][step]})`,
        (step) => `ToDump(${output}, SNAPLEN ${100 + step})`,
      ),
      all,
    ));
});

describe("a capture from a pipe", () => {
  const capture = makeCapture(many(500, (index) => index));

  function piped(configuration: string, bytes: Uint8Array, words: readonly string[] = []) {
    return spawnSync(CLICK, [...words, "-e", configuration], { input: bytes, encoding: "latin1", timeout: 20_000 });
  }

  it("is read to its end", () => {
    const { stdout, status } = piped("f :: FromDump(-, STOP true) -> Discard", capture, ["-h", "f.count"]);
    assert.deepEqual({ stdout, status }, { stdout: "500\n", status: 0 });
  });

  it("is pulled to its end, and cut off as it may be", () => {
    const { stdout } = piped(
      "f :: FromDump(-) -> Unqueue -> Discard; Script(wait 0.3s, stop)",
      capture.subarray(0, -3),
      ["-h", "f.count"],
    );
    assert.equal(stdout, "499\n");
  });

  it("does not keep the driver from stopping when nothing comes", async () => {
    const configuration = "f :: FromDump(-) -> Discard; Script(wait 0.2s, stop)";
    const child = spawn(CLICK, ["-e", configuration, "-h", "f.count"], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.write(makeCapture(many(20, () => 40)).subarray(0, 24 + 3 * 56 + 10));
    const output: Buffer[] = [];
    child.stdout.on("data", (bytes: Buffer) => output.push(bytes));
    const [status] = await once(child, "exit", { signal: AbortSignal.timeout(20_000) });
    child.stdin.destroy();
    assert.deepEqual({ status, text: Buffer.concat(output).toString() }, { status: 0, text: "3\n" });
  });

  it("that is empty, or ends in its header, is refused", () => {
    const refused = (bytes: Uint8Array): string => piped("FromDump(-) -> Discard", bytes).stderr;
    assert.match(refused(Buffer.alloc(0)), /^<stdin>: {3}empty file$/m);
    assert.match(refused(capture.subarray(0, 20)), /^<stdin>: {3}not a tcpdump file \(too short\)$/m);
  });
});
