/** Runs every configuration of `examples` through the `click` command, over both tiers, and looks at what comes out. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { runClick } from "../src/bin/clickCommand.ts";
import { writeCaptures } from "../src/demo/traffic.ts";
import { decodePcap } from "../src/traffic/index.ts";

const EXAMPLES = fileURLToPath(new URL("../examples/", import.meta.url));
const directory = mkdtempSync(path.join(tmpdir(), "clickos-examples-"));
after(() => rmSync(directory, { recursive: true, force: true }));

const inDirectory = (name: string): string => path.join(directory, name);
const captures = writeCaptures(directory, 3000).files;
const [clients = [], servers = []] = captures.map((file) =>
  decodePcap(readFileSync(file)).packets.map(({ data }) => data),
);
const traffic = [...clients, ...servers];

const INPUTS = [`IN0=${captures[0]}`, `IN1=${captures[1]}`, `IN=${captures[0]}`];
const OUTPUTS = ["OUT0", "OUT1", "OUT"].map((name) => `${name}=${inDirectory(name)}`);

const readOutput = (name: string): readonly Uint8Array[] =>
  decodePcap(readFileSync(inDirectory(name))).packets.map(({ data }) => data);

interface Outcome {
  readonly printed: string;
  readonly messages: string;
  /** Values of the handlers that were asked for, by name. */
  readonly values: Readonly<Record<string, number>>;
}

async function run(example: string, link: string, handlers: readonly string[]): Promise<Outcome> {
  let printed = "";
  let messages = "";
  // Two at least, or the command leaves out the names.
  const asked = ["version", ...handlers].flatMap((handler) => ["-h", handler]);
  const words = [`--link=${link}`, path.join(EXAMPLES, example), ...INPUTS, ...OUTPUTS, ...asked];
  const status = await runClick(words, {
    readStandardInput: () => Buffer.alloc(0),
    print: (text) => {
      printed += text;
    },
    printMessage: (text) => {
      messages += text;
    },
  });
  assert.equal(status, 0, messages);
  const values = [...printed.matchAll(/^(\S+):\n(\d+)$/gm)].map(([, name, value]) => [name, Number(value)]);
  return { printed, messages, values: Object.fromEntries(values) };
}

const ETHERNET_HEADER = 14;
const isIp = (frame: Uint8Array): boolean => frame[12] === 8 && frame[13] === 0;
const isArp = (frame: Uint8Array): boolean => frame[12] === 8 && frame[13] === 6;
const sourceOf = (frame: Uint8Array): string => frame.subarray(ETHERNET_HEADER + 12, ETHERNET_HEADER + 16).join(".");
const destinationOf = (frame: Uint8Array): string =>
  frame.subarray(ETHERNET_HEADER + 16, ETHERNET_HEADER + 20).join(".");
const macs = (frame: Uint8Array): string => Buffer.from(frame.subarray(0, 12)).toString("hex");
const protocolOf = (frame: Uint8Array): number => frame[ETHERNET_HEADER + 9] ?? 0;
/** Both ports, as one text; packets here have no options where this is asked. */
const portsOf = (frame: Uint8Array): readonly [number, number] => {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  return [view.getUint16(ETHERNET_HEADER + 20), view.getUint16(ETHERNET_HEADER + 22)];
};

/** A frame without the padding that Ethernet asks for, as far as its IP header can be believed. */
function contentOf(frame: Uint8Array): string {
  const [high = 0, low = 0] = frame.subarray(ETHERNET_HEADER + 2);
  const end = isIp(frame) ? ETHERNET_HEADER + high * 256 + low : frame.length;
  return Buffer.from(frame.subarray(0, end)).toString("hex");
}

const TESTED: Readonly<Record<string, (link: string) => Promise<void>>> = {
  "ip-router.click": testRouter,
  "firewall.click": testFirewall,
  "nat.click": testNat,
  "load-balancer.click": testBalancer,
  "shaper.click": testShaper,
  "monitor.click": testMonitor,
};

async function testRouter(link: string): Promise<void> {
  const sinks = ["to0.count", "to1.count", "other.count", "bad.count", "local.count"];
  const queriers = ["arpq0.length", "arpq1.length", "arpq0.queries", "arpq1.queries", "arpq0.drops", "arpq1.drops"];
  const { values } = await run("ip-router.click", link, [...sinks, ...queriers, "out0.drops", "out1.drops"]);
  const [toClients, toServers] = [readOutput("OUT0"), readOutput("OUT1")];
  assert.deepEqual([toClients.length, toServers.length], [values["to0.count"], values["to1.count"]]);
  assert.ok(toClients.filter(isIp).length > 300 && toServers.filter(isIp).length > 300, "it routes");
  for (const [frames, network, mac] of [
    [toClients, /^10\.0\.0\./, "020000000001"],
    [toServers, /^192\.0\.2\./, "020000000002"],
  ] as const) {
    for (const frame of frames) {
      assert.equal(macs(frame).slice(12), mac, "frames come from the router's own address on that network");
      if (isIp(frame)) assert.match(destinationOf(frame), network);
    }
  }
  const sum = (names: readonly string[]): number =>
    names.reduce((total, name) => total + (values[name] ?? Number.NaN), 0);
  const replies = traffic.filter((frame) => isArp(frame) && frame[21] === 2).length;
  const kept = sum(sinks) + replies + sum(["arpq0.length", "arpq1.length", "arpq0.drops", "arpq1.drops"]);
  assert.equal(kept, traffic.length + sum(["arpq0.queries", "arpq1.queries"]), "no packet is lost");
}

async function testFirewall(link: string): Promise<void> {
  const refused = ["refused_tcp.count", "refused_udp.count", "refused_icmp.count", "refused_other.count"];
  const { values } = await run("firewall.click", link, [
    "to0.count",
    "to1.count",
    "other.count",
    "bad.count",
    ...refused,
  ]);
  assert.equal(
    Object.values(values).reduce((sum, value) => sum + value, 0),
    traffic.length,
    "no packet is lost",
  );
  for (const [output, input] of [
    ["OUT1", clients],
    ["OUT0", servers],
  ] as const) {
    const sent = new Set(input.map(contentOf));
    const passed = readOutput(output);
    assert.ok(passed.length > 300, "it lets packets pass");
    for (const frame of passed) {
      assert.ok(sent.has(contentOf(frame)), "what passes is as it was");
      assert.ok(isArp(frame) || isIp(frame));
    }
    const services = passed.filter((frame) => isIp(frame) && protocolOf(frame) === 6).flatMap(portsOf);
    assert.ok(!services.includes(22) && !services.includes(25), "what is not allowed does not pass");
  }
}

async function testNat(link: string): Promise<void> {
  const { values } = await run("nat.click", link, ["to0.count", "to1.count"]);
  const out = readOutput("OUT1");
  assert.equal(out.length, values["to1.count"]);
  assert.ok(out.length > 300, "it translates");
  assert.ok(
    out.every((frame) => sourceOf(frame) === "192.0.2.1"),
    "nobody sees an inner address",
  );
  assert.equal(values["to0.count"], 0, "nothing comes in that nobody asked for");
  const byContent = new Map(clients.filter(isTcp).map((frame) => [segmentOf(frame), frame]));
  const flows = new Map<string, Set<string>>();
  for (const frame of out.filter(isTcp)) {
    const before = byContent.get(segmentOf(frame));
    assert.ok(before, "what leaves has come from a client");
    const flow = `${sourceOf(before)} ${portsOf(before)[0]}`;
    const outer = `${destinationOf(frame)} ${portsOf(frame)}`;
    flows.set(outer, (flows.get(outer) ?? new Set()).add(flow));
  }
  assert.ok(flows.size > 10);
  assert.ok(
    [...flows.values()].every((inner) => inner.size === 1),
    "every flow has a port of its own",
  );
}

const isTcp = (frame: Uint8Array): boolean => isIp(frame) && protocolOf(frame) === 6;

/** What a translation leaves as it is, and no two segments of different flows share: destination, IP identification, sequence number. */
function segmentOf(frame: Uint8Array): string {
  const identification = frame.subarray(ETHERNET_HEADER + 4, ETHERNET_HEADER + 6).join(".");
  const sequence = frame.subarray(ETHERNET_HEADER + 24, ETHERNET_HEADER + 28).join(".");
  return `${destinationOf(frame)} ${portsOf(frame)[1]} ${identification} ${sequence}`;
}

async function testBalancer(link: string): Promise<void> {
  const { printed, values } = await run("load-balancer.click", link, ["to.count"]);
  const out = readOutput("OUT");
  assert.equal(out.length, values["to.count"]);
  const counts = [...printed.matchAll(/^server (\d): (\d+) packets$/gm)].map(([, , count]) => Number(count));
  assert.equal(counts.length, 4);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    out.length,
  );
  const servers = new Map<string, Set<string>>();
  for (const frame of out) {
    const flow = `${protocolOf(frame)} ${sourceOf(frame)} ${portsOf(frame)}`;
    servers.set(flow, (servers.get(flow) ?? new Set()).add(destinationOf(frame)));
  }
  assert.ok(servers.size > 4);
  assert.ok(
    [...servers.values()].every((chosen) => chosen.size === 1),
    "a connection stays with its server",
  );
  const used = new Set([...servers.values()].flatMap((chosen) => [...chosen]));
  assert.equal(used.size, 4, "all servers work");
}

async function testShaper(link: string): Promise<void> {
  const handlers = ["sent.count", "other.count", "urgent_dropped.count", "bulk_dropped.count"];
  const { printed, values } = await run("shaper.click", link, [...handlers, "urgent.drops"]);
  assert.equal(values["urgent.drops"], 0);
  const dropped = (values["urgent_dropped.count"] ?? 0) + (values["bulk_dropped.count"] ?? 0);
  assert.ok(dropped > 0, "the line is too slow for all of it");
  assert.equal((values["sent.count"] ?? 0) + (values["other.count"] ?? 0) + dropped, clients.length);
  assert.equal(readOutput("OUT").length, values["sent.count"]);
  assert.match(printed, /^urgent: longest queue \d+, dropped 0$/m);
}

async function testMonitor(link: string): Promise<void> {
  const { printed } = await run("monitor.click", link, []);
  const told = (name: string): number => Number(new RegExp(`^${name} +(\\d+)`, "m").exec(printed)?.[1]);
  assert.equal(told("all"), clients.length);
  assert.equal(told("arp"), clients.filter(isArp).length);
  assert.equal(told("ipv6"), clients.filter((frame) => frame[12] === 0x86 && frame[13] === 0xdd).length);
  const parts = ["web", "other tcp", "dns", "other udp", "icmp", "fragments", "other ip", "malformed", "other"];
  const ip = parts.reduce((sum, name) => sum + told(name), 0);
  assert.equal(ip + told("arp") + told("ipv6"), clients.length);
  assert.ok(told("web") > 100 && told("dns") > 10);
}

describe("the examples", () => {
  it("are all tested", () =>
    assert.deepEqual(
      readdirSync(EXAMPLES)
        .filter((name) => name.endsWith(".click"))
        .toSorted(),
      Object.keys(TESTED).toSorted(),
    ));

  for (const link of ["off", "eager"]) {
    for (const [name, test] of Object.entries(TESTED)) it(`${name}, --link=${link}`, () => test(link));
  }
});
