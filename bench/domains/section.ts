/** Domains: a thousand through the library, ten thousand in one daemon, and a daemon that is killed again and again. */
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Daemon } from "../../test/peers/daemon.ts";
import { neighbours, whyNoPeers } from "../../test/peers/hosts.ts";
import { killUnderLoad } from "../../test/peers/killUnderLoad.ts";
import { Peers } from "../../test/peers/peers.ts";
import { PROGRAMS } from "../../test/peers/services.ts";
import { measureInTurn, type NamedFigure } from "../figure.ts";
import { runProgram } from "../program.ts";
import type { Section, SectionOptions } from "../section.ts";
import { KIB } from "../startupOptions.ts";
import type { ManyDomains } from "./manyProgram.ts";

const MANY = 1000;
const MANY_SECONDS = 3;
const KIB_EACH = 512;
const IDLE_PERCENT = 2;
const MOST = 10_000;
/** Requests at once, of a client that has many domains to create. */
const REQUESTS = 64;
const ROUNDS = 200;
const QUICK_ROUNDS = 10;

export const DOMAINS: Section = {
  name: "domains",
  title: "domains",
  async measure(options) {
    const figures = await measureInTurn([
      { what: `${MANY} domains in the process's own thread`, measure: () => manyDomains("here", options) },
      { what: `${MANY} domains in a thread of their own`, measure: () => manyDomains("thread", options) },
      { what: `${MOST} domains in one daemon`, measure: () => daemonWithMost(options) },
      { what: "kill -9 of a daemon under load", measure: () => kills(options) },
    ]);
    return { figures, charts: [] };
  },
};

async function manyDomains(place: "here" | "thread", options: SectionOptions): Promise<readonly NamedFigure[]> {
  const runs: ManyDomains[] = [];
  for (let repetition = 0; repetition < options.repetitions; repetition++) {
    const state = path.join(options.directory, `domains-${place}-${repetition}`);
    runs.push(await runProgram<ManyDomains>("domains/manyProgram.ts", MANY, place, state));
    options.tell(`${MANY} domains, ${place}: ${JSON.stringify(runs.at(-1))}`);
  }
  const best = (of: (run: ManyDomains) => number): number => Math.min(...runs.map(of));
  const name = `${MANY} domains ${place === "here" ? "in the process's own thread" : "in a thread of their own"}`;
  return [
    { what: `${name}, created and started`, value: best(({ seconds }) => seconds), unit: "s", atMost: MANY_SECONDS },
    {
      what: `${name}, memory of the process for each`,
      value: best(({ bytesEach }) => bytesEach) / KIB,
      unit: "KiB",
      atMost: KIB_EACH,
    },
    {
      what: `${name}, idle, of a core`,
      value: best(({ idleShare }) => idleShare) * 100,
      unit: "%",
      atMost: IDLE_PERCENT,
    },
  ];
}

/** They exist, and run; what they take is seen from outside of the daemon. */
async function daemonWithMost({ directory }: SectionOptions): Promise<readonly NamedFigure[]> {
  const folder = path.join(directory, "daemon");
  await mkdir(folder);
  await using daemon = await Daemon.start(folder);
  const before = residentKib(daemon);
  const start = performance.now();
  await createAll(daemon, MOST);
  const seconds = (performance.now() - start) / 1000;
  const running = (await daemon.client.list()).filter(({ state }) => state === "running").length;
  const name = `${MOST} domains in one daemon`;
  return [
    { what: `${name}, running`, value: running, unit: "", atLeast: MOST },
    { what: `${name}, created and started over its API`, value: seconds, unit: "s" },
    { what: `${name}, memory of the process for each`, value: (residentKib(daemon) - before) / MOST, unit: "KiB" },
  ];
}

async function createAll({ client }: Daemon, count: number): Promise<void> {
  let next = 0;
  const create = async (): Promise<void> => {
    while (next < count)
      await client.create({
        name: `vm${next++}`,
        config: "FromDevice(0) -> EtherMirror -> ToDevice(0);",
        vifs: [{ attach: "switch:lan" }],
      });
  };
  await Promise.all(Array.from({ length: REQUESTS }, create));
}

/** proc(5): VmRSS of a process, in KiB. */
function residentKib({ pid }: Daemon): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

/** Domains that are lost, half there, or back although they were destroyed, after many rounds. */
async function kills({ quick }: SectionOptions): Promise<readonly NamedFigure[]> {
  const rounds = quick ? QUICK_ROUNDS : ROUNDS;
  const what = `${rounds} times kill -9 of a daemon under load, domains that did not come back as they were`;
  const skip = whyNoPeers(...PROGRAMS);
  if (skip !== false) return [{ what, value: skip, unit: "", atMost: 0 }];
  using peers = await Peers.open(neighbours);
  const faults = await killUnderLoad(peers, rounds);
  if (faults.length > 0) process.stderr.write(`${faults.join("\n")}\n`);
  return [{ what, value: faults.length, unit: "", atMost: 0 }];
}
