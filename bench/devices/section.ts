/** Devices of Linux: two hosts on veth pairs, with our switch, a guest or the kernel's bridge between them, measured in turn. */

import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { latency, percentile } from "../../src/report/index.ts";
import { whyNoNetwork } from "../../test/support/namespaces.ts";
import { compileC } from "../compileC.ts";
import { measureInTurn, type NamedFigure } from "../figure.ts";
import type { Section, SectionOptions } from "../section.ts";
import { type Forwarder, KERNEL_BRIDGE, ours } from "./forwarders.ts";
import { Hosts } from "./hosts.ts";

const TCP_SECONDS = 1;
/** Short ones, the best of which counts: whoever else wants a core is seldom there all the time. */
const FLOODS = 4;
const FLOOD_SECONDS = 0.3;
/** At least so many times the bridge's packets, and bytes. */
const PACKETS_LIKE_BRIDGE = 1;
const BYTES_LIKE_BRIDGE = 0.8;
const DELAY_MICROSECONDS = 60;

const SWITCH_PACKET = ours("switch", "packet");
const SWITCH_XDP = ours("switch", "xdp");
const GUEST_PACKET = ours("guest", "packet");
const GUEST_XDP = ours("guest", "xdp");
const POLLING = ours("switch", "packet", "polling");

export const DEVICES: Section = {
  name: "devices",
  title: "veth to veth",
  async measure(options) {
    const compiled = compileC("bench/devices/traffic.c", options.directory);
    const skip = whyNoNetwork("iperf3", "ping") ?? ("why" in compiled ? `skipped: ${compiled.why}` : undefined);
    if (skip !== undefined || "why" in compiled)
      return { figures: [{ what: "veth to veth", value: skip ?? "", unit: "" }], charts: [] };
    const { program } = compiled;
    const figures = await measureInTurn([
      { what: "64 B frames", measure: () => packets(program, options) },
      { what: "TCP", measure: () => tcp(program, options) },
      { what: "added delay", measure: () => delay(program, options) },
    ]);
    return { figures, charts: [] };
  },
};

/** What each forwarder achieves at best, when they take turns. */
async function bestInTurn(
  forwarders: readonly Forwarder[],
  program: string,
  { repetitions, tell }: SectionOptions,
  measure: (hosts: Hosts) => number | Promise<number>,
): Promise<ReadonlyMap<Forwarder, number>> {
  using hosts = new Hosts(program, "ports");
  const best = new Map<Forwarder, number>();
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const forwarder of forwarders) {
      await using _running = await forwarder.start(hosts.ports);
      hosts.ready();
      const value = await measure(hosts);
      tell(`${forwarder.name}: ${value.toFixed(3)}`);
      best.set(forwarder, Math.max(best.get(forwarder) ?? 0, value));
    }
  }
  return best;
}

async function packets(program: string, options: SectionOptions): Promise<readonly NamedFigure[]> {
  const forwarders = [KERNEL_BRIDGE, SWITCH_PACKET, SWITCH_XDP, GUEST_PACKET, GUEST_XDP];
  const best = await bestInTurn(forwarders, program, options, (hosts) =>
    Math.max(...Array.from({ length: FLOODS }, () => hosts.flood(FLOOD_SECONDS))),
  );
  return [
    ...[...best].map(([{ name }, value]): NamedFigure => ({ what: `${name}, 64 B frames`, value, unit: "Mpps" })),
    besideBridge(best, SWITCH_XDP, "64 B frames", PACKETS_LIKE_BRIDGE),
  ];
}

async function tcp(program: string, options: SectionOptions): Promise<readonly NamedFigure[]> {
  const forwarders = [KERNEL_BRIDGE, SWITCH_PACKET, GUEST_PACKET];
  const best = await bestInTurn(forwarders, program, options, (hosts) => hosts.tcp(TCP_SECONDS));
  return [
    ...[...best].map(
      ([{ name }, value]): NamedFigure => ({ what: `${name}, one TCP connection`, value, unit: "Gb/s" }),
    ),
    besideBridge(best, SWITCH_PACKET, "one TCP connection", BYTES_LIKE_BRIDGE),
  ];
}

function besideBridge(
  best: ReadonlyMap<Forwarder, number>,
  forwarder: Forwarder,
  of: string,
  atLeast: number,
): NamedFigure {
  const value = (best.get(forwarder) ?? 0) / (best.get(KERNEL_BRIDGE) ?? Number.NaN);
  return { what: `${forwarder.name}, ${of}, beside the kernel bridge`, value, unit: "times", atLeast };
}

/** Round trips of datagrams: over a link between the hosts, and with something between two links. Processors do not sleep: that takes as long as all the rest to end. */
async function delay(program: string, options: SectionOptions): Promise<readonly NamedFigure[]> {
  using _awake = keepAwake(program);
  const direct = await directRoundTrips(program);
  const figures: NamedFigure[] = [
    { what: "round trip, hosts linked to each other", value: latency(direct) ?? "", unit: "us" },
  ];
  using hosts = new Hosts(program, "ports");
  for (const forwarder of [KERNEL_BRIDGE, POLLING, SWITCH_PACKET]) {
    await using _running = await forwarder.start(hosts.ports);
    hosts.ready();
    const times = await hosts.ping();
    figures.push({ what: `round trip, ${forwarder.name}`, value: latency(times) ?? "", unit: "us" });
    if (forwarder !== POLLING) continue;
    const value = percentile(times, 50) - percentile(direct, 50);
    figures.push({
      what: `added to a round trip (p50), ${forwarder.name}`,
      value,
      unit: "us",
      atMost: DELAY_MICROSECONDS,
    });
  }
  options.tell(figures.map(({ what, value }) => `${what}: ${JSON.stringify(value)}`).join("; "));
  return figures;
}

async function directRoundTrips(program: string): Promise<readonly number[]> {
  using hosts = new Hosts(program, "direct");
  hosts.ready();
  return await hosts.ping(); // the hosts are needed until then
}

/** A process a processor that does nothing when there is nothing else to do. */
function keepAwake(program: string): Disposable {
  const processes = Array.from({ length: availableParallelism() }, () =>
    spawn(program, ["awake"], { stdio: "ignore" }),
  );
  const end = (): void => {
    for (const each of processes) each.kill("SIGKILL");
  };
  process.once("exit", end);
  return {
    [Symbol.dispose]() {
      process.off("exit", end);
      end();
    },
  };
}
