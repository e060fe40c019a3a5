/**
 * `manyProgram.ts DOMAINS here|thread STATE_DIRECTORY`: creates and starts so many domains on one switch through the library. Tells how long it took, what each takes of
 * the process's memory, and how much of a core they take when nothing happens.
 */
import { setTimeout as wait } from "node:timers/promises";
import { openToolstack } from "../../src/domain/localToolstack.ts";
import { startHypervisor } from "../../src/hypervisor/start.ts";
import { tell } from "../program.ts";

export interface ManyDomains {
  readonly seconds: number;
  readonly bytesEach: number;
  /** Of a core. */
  readonly idleShare: number;
}

const CONFIGURATION = "FromDevice(0) -> c :: Counter -> EtherMirror -> ToDevice(0);";
/** Milliseconds: until what follows a start is over, and in which idle domains are watched. */
const SETTLE = 2000;
const WATCH = 5000;

const [count = "1", place, stateDirectory] = process.argv.slice(2);
const toolstack = await openToolstack({
  stateDirectory,
  startHypervisor: async (_worker, events) => startHypervisor(place === "here" ? "here" : "thread", {}, events),
});
const before = process.memoryUsage.rss();
const start = performance.now();
await Promise.all(
  Array.from({ length: Number(count) }, (_, number) =>
    toolstack.create({ name: `vm${number}`, config: CONFIGURATION, vifs: [{ attach: "switch:lan" }] }),
  ),
);
const seconds = (performance.now() - start) / 1000;
const running = (await toolstack.list()).filter(({ state }) => state === "running").length;
if (running !== Number(count)) throw new Error(`of ${count} domains, ${running} are running`);
await wait(SETTLE);
const bytesEach = (process.memoryUsage.rss() - before) / Number(count);
const cpu = process.cpuUsage();
const watched = performance.now();
await wait(WATCH);
const { user, system } = process.cpuUsage(cpu);
const idleShare = (user + system) / 1000 / (performance.now() - watched);
await toolstack.close();
tell({ seconds, bytesEach, idleShare } satisfies ManyDomains);
