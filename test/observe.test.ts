/** Traces and captures of packets inside running routers, of the real library. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { TraceStep } from "../src/domain/information.ts";
import { LinkCache } from "../src/image/cache.ts";
import { structureOffset } from "../src/library/catalogue.ts";
import { loadLibrary } from "../src/library/library.ts";
import { restoreGuest, saveGuest } from "../src/machine/snapshot.ts";
import type { Driver } from "../src/router/driver.ts";
import { LinkedTier } from "../src/router/linkedTier.ts";
import { type Observation, ObservationError, watchObservation } from "../src/router/observation.ts";
import { startCapture, startTrace } from "../src/router/observe.ts";
import { type OpenOptions, openRouter, replaceConfiguration } from "../src/router/open.ts";
import { decodePcap } from "../src/traffic/index.ts";

const library = loadLibrary();

/** IPv4 packets from 10.0.0.1 to 192.168.1.5, hexadecimal: UDP to port 53, with a time to live of 64 and of 1, and an echo request. */
const UDP = `4500002e000100004011af100a000001c0a8010504d20035001a0000${"00".repeat(18)}`;
const DYING = `4500002e000100000111ee100a000001c0a8010504d20035001a0000${"00".repeat(18)}`;
const ECHO = "4500001c000100004001af320a000001c0a801050800f7f700010007";
const ETHERNET = "0000c0ca68ef0050ba8584a90800";

interface Opened {
  readonly driver: Driver;
  readonly output: string[];
  readonly options: OpenOptions;
}

function open(configuration: string, time: "simulated" | "real" = "simulated"): Opened {
  const output: string[] = [];
  const options: OpenOptions = {
    library,
    parameters: new Map(),
    clickPath: undefined,
    simulatedStart: time === "simulated" ? 1_000_000_000_000_000_000n : undefined,
    seed: 42n,
    print: (text) => output.push(text),
    printMessage: (text) => output.push(text),
    allowReconfigure: true,
  };
  const driver = openRouter({ text: Buffer.from(configuration), file: "config" }, options);
  assert.ok(driver, output.join(""));
  return { driver, output, options };
}

const source = (data: string, limit = 1): string => `s :: InfiniteSource(DATA \\<${data}>, LIMIT ${limit}, STOP true)`;

/** `element[port] event`, for each step of a packet. */
function way(steps: readonly TraceStep[], packet = 1): string[] {
  return steps
    .filter((step) => step.packet === packet)
    .map(({ element, port, event }) => (event === "emitted" ? `${element}[${port}]` : `${element} ${event}`));
}

async function traced(configuration: string, filter?: string, count = 10): Promise<TraceStep[]> {
  const { driver } = open(configuration);
  const trace = startTrace(driver.router, { count, filter });
  await driver.run();
  const steps = trace.poll();
  assert.equal(trace.lost, 0);
  trace.stop();
  return [...steps, ...trace.poll()];
}

/** What a capture file holds. */
function captured(capture: Observation<Uint8Array>): ReturnType<typeof decodePcap> {
  capture.stop();
  return decodePcap(Buffer.concat(capture.poll()));
}

function fails(start: () => unknown, code: ObservationError["code"], message: RegExp): void {
  assert.throws(start, (error: unknown) => {
    assert.ok(error instanceof ObservationError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}

function count({ driver }: Opened, element: string): number {
  const handler = driver.router.findHandler(undefined, `${element}.count`, "read");
  assert.ok(typeof handler !== "string", String(handler));
  return Number(handler.read(""));
}

describe("a trace", () => {
  it("follows a packet from element to element to its end", async () => {
    const steps = await traced(`${source(UDP)} -> m :: MarkIPHeader -> t :: DecIPTTL -> d :: Discard`);
    assert.deepEqual(way(steps), ["s[0]", "m[0]", "t[0]", "d consumed"]);
    const [first, , , last] = steps;
    assert.deepEqual(first, {
      packet: 1,
      time: 1e9,
      element: "s",
      class: "InfiniteSource",
      port: 0,
      event: "emitted",
      length: 46,
      summary: "IP 10.0.0.1.1234 > 192.168.1.5.53: UDP, length 18",
    });
    assert.equal(last?.port, -1);
  });

  it("says where a packet was dropped", async () => {
    const path = `${source(DYING)} -> m :: MarkIPHeader -> t :: DecIPTTL -> Discard`;
    assert.deepEqual(way(await traced(path)), ["s[0]", "m[0]", "t dropped"]);
    const full = `${source(UDP, 3)} -> q :: SimpleQueue(2) -> Unqueue(ACTIVE false) -> Discard`;
    assert.deepEqual(way(await traced(full), 3), ["s[0]", "q dropped"]);
  });

  it("goes with a packet that was kept, and through pull paths", async () => {
    const steps = await traced(
      `${source(UDP)} -> q :: Queue -> m :: MarkIPHeader -> t :: DecIPTTL -> u :: Unqueue -> d :: Discard`,
    );
    assert.deepEqual(way(steps), ["s[0]", "q kept", "q[0]", "m[0]", "t[0]", "u[0]", "d consumed"]);
    const dropped = await traced(
      `${source(DYING)} -> q :: Queue -> m :: MarkIPHeader -> t :: DecIPTTL -> d :: Discard; t[1] -> e :: Discard`,
    );
    assert.deepEqual(way(dropped), ["s[0]", "q kept", "q[0]", "m[0]", "t[1]", "e consumed"]);
  });

  it("follows clones under the number of the original", async () => {
    const steps = await traced(`${source(UDP, 2)} -> t :: Tee -> a :: Discard; t[1] -> q :: Queue -> b :: Discard`);
    for (const packet of [1, 2])
      assert.deepEqual(way(steps, packet).toSorted(), [
        "a consumed",
        "b consumed",
        "q kept",
        "q[0]",
        "s[0]",
        "t[0]",
        "t[1]",
      ]);
  });

  it("takes a packet that an element makes for a new one", async () => {
    const steps = await traced(
      `${source(DYING)} -> m :: MarkIPHeader -> t :: DecIPTTL -> Discard; t[1] -> e :: ICMPError(10.9.9.9, timeexceeded) -> d :: Discard`,
    );
    assert.deepEqual(way(steps, 1), ["s[0]", "m[0]", "t[1]", "e dropped"]);
    assert.deepEqual(way(steps, 2), ["e[0]", "d consumed"]);
    assert.match(
      steps.find(({ packet }) => packet === 2)?.summary ?? "",
      /10\.9\.9\.9 > 10\.0\.0\.1: ICMP time exceeded/,
    );
  });

  it("shows what elements make of a packet", async () => {
    const steps = await traced(
      `${source(UDP)} -> MarkIPHeader -> r :: IPRewriter(pattern 5.5.5.5 1024-65535 - - 0 0) -> d :: Discard`,
    );
    assert.match(steps.at(-1)?.summary ?? "", /^IP 5\.5\.5\.5\.1234 > 192\.168\.1\.5\.53: UDP/);
  });

  it("follows as many packets as were asked for, and is over when they have come to their end", async () => {
    const { driver } = open(`${source(UDP, 9)} -> q :: Queue -> u :: Unqueue -> Discard`);
    const trace = startTrace(driver.router, { count: 2 });
    assert.ok(!trace.isOver);
    await driver.run();
    assert.ok(trace.isOver);
    assert.deepEqual(new Set(trace.poll().map(({ packet }) => packet)), new Set([1, 2]));
    const slow = open(`${source(UDP, 9)} -> q :: Queue -> u :: Unqueue(ACTIVE false) -> Discard`);
    const waiting = startTrace(slow.driver.router, { count: 1 });
    await slow.driver.run();
    assert.ok(!waiting.isOver);
  });

  it("follows the packets that the filter accepts, wherever their IP header is", async () => {
    for (const [front, mark] of [
      ["", ""],
      [ETHERNET, ""],
      [`${ETHERNET.slice(0, 24)}8100000a0800`, ""],
      [ETHERNET, "-> MarkIPHeader(14)"],
    ]) {
      const s = (name: string, data: string): string => `${name} :: InfiniteSource(DATA \\<${front}${data}>, LIMIT 3)`;
      const path = `${s("a", UDP)} ${mark} -> d :: Discard; ${s("b", ECHO)} ${mark} -> d; Script(wait 1s, stop)`;
      const steps = await traced(path, "ip proto icmp");
      assert.deepEqual(
        new Set(steps.map(({ summary }) => summary)),
        new Set(["IP 10.0.0.1 > 192.168.1.5: ICMP echo request, id 1, seq 7, length 8"]),
      );
      assert.equal(steps.at(-1)?.packet, 3);
      assert.ok(steps.every(({ element }) => element !== "a"));
    }
  });

  it("leaves packets that are no IP to a trace without a filter", async () => {
    const path = `${source("00")} -> d :: Discard`;
    assert.deepEqual(way(await traced(path)), ["s[0]", "d consumed"]);
    assert.deepEqual(await traced(path, "ip proto icmp"), []);
    assert.deepEqual(way(await traced(path, "not ip proto icmp")), ["s[0]", "d consumed"]);
  });

  it("uses the names of the configuration in its filter", async () => {
    const steps = await traced(`AddressInfo(server 192.168.1.5); ${source(UDP)} -> Discard`, "dst host server");
    assert.equal(steps.length, 2);
  });

  it("tells what is wrong with a filter", () => {
    const { driver } = open(`${source(UDP)} -> Discard`);
    const start = (filter: string) => () => startTrace(driver.router, { count: 1, filter });
    fails(start("tcp and htttp"), "INVALID", /^filter: empty term near 'htttp'/);
    fails(start("icmp &&"), "INVALID", /^filter: missing expression/);
    assert.ok(!driver.router.isObserved);
  });

  it("is refused beside another, and without a number of packets", () => {
    const { driver } = open(`${source(UDP)} -> Discard`);
    for (const count of [0, -1, 1.5, 2 ** 32, Number.NaN])
      fails(() => startTrace(driver.router, { count }), "INVALID", /expected a whole number from 1/);
    const trace = startTrace(driver.router, { count: 1 });
    fails(() => startTrace(driver.router, { count: 1 }), "WRONG_STATE", /traced already/);
    trace.stop();
    startTrace(driver.router, { count: 1 }).stop();
  });

  it("takes no marks of an earlier trace for its own", async () => {
    const { driver } = open(`${source(UDP, 3)} -> q :: Queue -> u :: Unqueue(ACTIVE false) -> d :: Discard`);
    const first = startTrace(driver.router, { count: 2 });
    await driver.run();
    first.stop();
    driver.router.runCount = 1;
    const second = startTrace(driver.router, { count: 9 });
    const active = driver.router.findHandler(undefined, "u.active", "write");
    assert.ok(typeof active !== "string");
    active.write("true");
    driver.router.world.guest.call("run", driver.router.kernelTime, 100);
    const steps = second.poll();
    for (const packet of [1, 2, 3]) assert.deepEqual(way(steps, packet), ["q[0]", "u[0]", "d consumed"]);
  });

  it("loses steps rather than packets when nobody polls, and says so", async () => {
    const opened = open(`${source(UDP, 5000)} -> c :: Counter -> d :: Discard`);
    const trace = startTrace(opened.driver.router, { count: 5000 });
    await opened.driver.run();
    assert.equal(count(opened, "d"), 5000);
    assert.ok(trace.lost > 0);
    assert.equal(trace.poll().length + trace.lost, 15000);
    trace.stop();
    assert.ok(trace.lost > 0);
  });
});

describe("a capture", () => {
  it("copies what leaves an output port", async () => {
    const { driver } = open(`${source(UDP, 3)} -> e :: EtherEncap(0x0800, 1:1:1:1:1:1, 2:2:2:2:2:2) -> d :: Discard`);
    const capture = startCapture(driver.router, { element: "e", port: 0 });
    await driver.run();
    const { packets, linkType } = captured(capture);
    assert.equal(linkType, 1);
    assert.deepEqual(
      packets.map(({ data }) => Buffer.from(data).toString("hex")),
      Array(3).fill(`0202020202020101010101010800${UDP}`),
    );
    assert.equal((packets[0]?.timestamp ?? 0n) / 1_000_000n, 1_000_000_000_000n);
  });

  it("copies from pull ports, and packets without a link header", async () => {
    const { driver } = open(`${source(UDP, 2)} -> q :: Queue -> d :: Discard`);
    const capture = startCapture(driver.router, { element: "q", port: 0 });
    await driver.run();
    const { packets, linkType } = captured(capture);
    assert.equal(linkType, 101);
    assert.equal(packets.length, 2);
  });

  it("copies as many packets and bytes as were asked for", async () => {
    const { driver } = open(`${source(UDP, 5)} -> Discard`);
    const capture = startCapture(driver.router, { element: "s", port: 0, count: 2, snapLength: 20 });
    await driver.run();
    assert.ok(capture.isOver);
    const { packets } = captured(capture);
    assert.deepEqual(
      packets.map(({ data, wireLength }) => [data.length, wireLength]),
      Array(2).fill([20, 46]),
    );
  });

  it("copies the longest packets whole", async () => {
    const { driver } = open(`s :: InfiniteSource(LENGTH 9000, LIMIT 1, STOP true) -> Discard`);
    const capture = startCapture(driver.router, { element: "s", port: 0 });
    await driver.run();
    assert.equal(captured(capture).packets[0]?.data.length, 9000);
  });

  it("goes on beside others and beside a trace", async () => {
    const { driver } = open(`${source(UDP, 4)} -> t :: Tee -> a :: Discard; t[1] -> b :: Discard`);
    const [one, two, three] = [0, 1, 1].map((port) => startCapture(driver.router, { element: "t", port }));
    const trace = startTrace(driver.router, { count: 1 });
    two?.stop();
    await driver.run();
    assert.ok(one && two && three);
    assert.deepEqual(
      [one, two, three].map((capture) => captured(capture).packets.length),
      [4, 0, 4],
    );
    assert.equal(trace.poll().length, 5);
    assert.ok(driver.router.isObserved);
    trace.stop();
    assert.ok(!driver.router.isObserved);
  });

  it("is a file without packets when there were none", () => {
    const { driver } = open("Idle -> n :: Null -> Discard");
    assert.deepEqual(captured(startCapture(driver.router, { element: "n", port: 0 })).packets, []);
  });

  it("is refused for what does not exist", () => {
    const { router } = open("Idle -> n :: Null -> d :: Discard").driver;
    fails(() => startCapture(router, { element: "x", port: 0 }), "NOT_FOUND", /no element named 'x'/);
    fails(() => startCapture(router, { element: "d", port: 0 }), "NOT_FOUND", /'d' has no output ports/);
    for (const port of [-1, 1, 0.5])
      fails(() => startCapture(router, { element: "n", port }), "INVALID", /output port of 'n': expected .* 0 to 0/);
    fails(() => startCapture(router, { element: "n", port: 0, count: 0 }), "INVALID", /number of packets/);
    fails(() => startCapture(router, { element: "n", port: 0, snapLength: 65536 }), "INVALID", /1 to 65535/);
    assert.ok(!router.isObserved);
  });
});

describe("an observed router", () => {
  const PATH = `${source(UDP, 300)} -> m :: MarkIPHeader -> t :: Tee -> q :: Queue(50) -> u :: RatedUnqueue(1000) -> c :: Counter -> Discard; t[1] -> r :: RandomSample(0.5) -> k :: Counter -> Discard;`;

  it("does what it does unobserved, and is left as it was", async () => {
    const plain = open(PATH);
    await plain.driver.run();
    const observed = open(PATH);
    const { router } = observed.driver;
    const tables = (): string[] =>
      router.elements.map(({ address }) =>
        Buffer.from(router.world.guest.bytes.slice(address, address + 36)).toString("hex"),
      );
    const before = tables();
    const trace = startTrace(router, { count: 100, filter: "udp" });
    const capture = startCapture(router, { element: "c", port: 0 });
    await observed.driver.run();
    for (const element of ["c", "k"]) assert.equal(count(observed, element), count(plain, element));
    trace.stop();
    capture.stop();
    assert.deepEqual(tables(), before);
    const free = (opened: Opened): number => {
      const { router: r } = opened.driver;
      return r.world.guest.view.getUint32(r.kernelField("packetsFree"), true);
    };
    assert.equal(free(observed), free(plain));
  });

  it("is watched while it runs, until the observation is over or given up", async () => {
    const { driver } = open("s :: RatedSource(RATE 2000) -> d :: Discard", "real");
    const running = driver.run();
    const steps: TraceStep[] = [];
    const signal = new AbortController().signal;
    for await (const step of watchObservation(startTrace(driver.router, { count: 5 }), signal)) steps.push(step);
    assert.equal(steps.length, 10);
    const giveUp = new AbortController();
    let pieces = 0;
    const capture = startCapture(driver.router, { element: "s", port: 0 });
    for await (const _ of watchObservation(capture, giveUp.signal)) if (++pieces === 7) giveUp.abort();
    assert.ok(capture.isOver);
    const left = startCapture(driver.router, { element: "s", port: 0 });
    for await (const _ of watchObservation(left, signal)) break;
    assert.ok(left.isOver && !driver.router.isObserved);
    driver.stop();
    await running;
  });

  it("takes no memory by being observed again and again", () => {
    const { router } = open(PATH).driver;
    const observe = (): void => {
      const trace = startTrace(router, { count: 1, filter: "udp" });
      const captures = [0, 1].map((port) => startCapture(router, { element: "t", port }));
      for (const each of [captures[0], trace, captures[1]]) each?.stop();
    };
    observe();
    const size = router.world.guest.bytes.length;
    for (let i = 0; i < 50; i++) observe();
    assert.equal(router.world.guest.bytes.length, size);
  });

  it("goes back to dynamic dispatch meanwhile, and is linked again afterwards", async () => {
    const directory = mkdtempSync(path.join(tmpdir(), "clickos-observe-"));
    const { driver } = open(PATH.replace("LIMIT 300", "LIMIT -1"));
    const tier = new LinkedTier(driver, new LinkCache(directory));
    try {
      await tier.start("eager");
      const { guest } = driver.router.world;
      const run = (): unknown => guest.call("run", driver.router.kernelTime, 10);
      run();
      assert.ok(guest.isReplaced);
      const trace = startTrace(driver.router, { count: 1 });
      assert.ok(!guest.isReplaced);
      driver.onPause();
      run();
      assert.ok(!guest.isReplaced);
      assert.deepEqual(way(trace.poll()).slice(0, 3), ["s[0]", "m[0]", "t[0]"]);
      trace.stop();
      driver.onPause();
      assert.ok(guest.isReplaced);
      run();
    } finally {
      tier.close();
      rmSync(directory, { recursive: true });
    }
  });

  it("is observed no more when another configuration takes over", async () => {
    const opened = open(`${source(UDP, 3)} -> c :: Counter -> d :: Discard`);
    const { driver } = opened;
    const trace = startTrace(driver.router, { count: 9 });
    const capture = startCapture(driver.router, { element: "c", port: 0 });
    await driver.run();
    const old = driver.router;
    replaceConfiguration(driver, `${source(UDP, 5)} -> n :: Null -> c :: Counter -> d :: Discard`, opened.options);
    await driver.run();
    assert.ok(!old.isObserved);
    assert.ok(trace.isOver && capture.isOver);
    assert.equal(trace.poll().length, 9);
    assert.equal(captured(capture).packets.length, 3);
    assert.ok(count(opened, "c") >= 5);
  });

  it("is observed no more when it goes on from a snapshot", async () => {
    const opened = open(PATH);
    const { driver } = opened;
    const { guest } = driver.router.world;
    const trace = startTrace(driver.router, { count: 3, filter: "udp" });
    startCapture(driver.router, { element: "c", port: 0 });
    guest.call("run", driver.router.kernelTime, 10);
    const snapshot = saveGuest(guest);
    const other = open(PATH);
    restoreGuest(other.driver.router.world.guest, snapshot);
    other.driver.guestRestored();
    restoreGuest(guest, snapshot);
    driver.guestRestored();
    assert.ok(trace.isOver && !driver.router.isObserved);
    await other.driver.run();
    await driver.run();
    assert.equal(count(other, "k"), count(opened, "k"));
    for (const { driver: each } of [opened, other])
      assert.equal(each.router.world.guest.view.getUint32(each.router.kernelField("captures"), true), 0);
  });

  it("cannot harm the host by what it writes", () => {
    const { router } = open("Idle -> n :: Null -> Discard").driver;
    const { guest, library } = router.world;
    const word = (structure: string, field: string, address: number): number =>
      guest.view.getUint32(address + structureOffset(library.catalogue, structure, field), true);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(300), (bytes, produced) => {
        const trace = startTrace(router, { count: 1 });
        const stream = word("Trace", "stream", guest.view.getUint32(router.kernelField("trace"), true));
        guest.bytes.set(bytes, word("Stream", "buffer", stream));
        guest.view.setUint32(stream + structureOffset(library.catalogue, "Stream", "produced"), produced, true);
        if (produced > 0) fails(() => trace.poll(), "UNAVAILABLE", /garbled/);
        assert.equal(trace.isOver, produced > 0);
        trace.stop();
        assert.ok(!router.isObserved);
      }),
    );
  });
});
