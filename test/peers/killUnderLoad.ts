/** Kills a daemon again and again while it forwards, creates and destroys, and looks at what comes back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { until } from "../../src/api/until.fixture.ts";
import { type Toolstack, ToolstackError } from "../../src/domain/toolstack.ts";
import { Daemon } from "./daemon.ts";
import { middlebox, type Peers } from "./peers.ts";

/** Deeds that are acknowledged before the daemon is killed in the midst of the next: so many, and up to so many more. */
const FEWEST_DEEDS = 5;
const MORE_DEEDS = 7;

/** Whether a domain must be there, as far as that was acknowledged. */
type Ledger = Map<string, boolean>;

/**
 * @param peers  neighbours; a domain `wire` is put between them
 * @param afterRound  called when the daemon is back and packets pass
 * @returns what was wrong, one line each: domains that were lost, half created, or came back although they were destroyed
 */
export async function killUnderLoad(
  { hosts, services }: Peers,
  rounds: number,
  afterRound: () => Promise<void> = async () => undefined,
): Promise<string[]> {
  await using resources = new AsyncDisposableStack();
  const folder = resources.adopt(mkdtempSync(path.join(tmpdir(), "cosmos-kill-")), (name) =>
    rmSync(name, { recursive: true }),
  );
  const ledger: Ledger = new Map([["wire", true]]);
  const faults: string[] = [];
  let daemon = await Daemon.start(folder);
  resources.defer(() => daemon[Symbol.asyncDispose]());
  await daemon.client.create(middlebox("wire", hosts));
  const flood = services.startFlood(hosts.client);
  resources.defer(() => flood.interrupt());
  for (let round = 1; round <= rounds; round++) {
    await workUntilKilled(daemon, ledger, round);
    daemon = await Daemon.start(folder);
    const { client } = daemon;
    for (const fault of await inspect(client, ledger)) faults.push(`round ${round}: ${fault}`);
    await until(async () => Number(await client.readHandler("wire", "forth.count")) > 0);
    await afterRound();
    await cleanUp(client, ledger);
  }
  return faults;
}

/** Creates domains, and destroys each third, until the daemon dies. */
async function workUntilKilled(daemon: Daemon, ledger: Ledger, round: number): Promise<void> {
  let left = FEWEST_DEEDS + (round % MORE_DEEDS);
  let killed: Promise<void> | undefined;
  const acknowledged = (name: string, there: boolean): void => {
    ledger.set(name, there);
    if (--left === 0) killed = daemon.kill();
  };
  try {
    for (let index = 0; ; index++) {
      const name = `d${round}-${index}`;
      await daemon.client.create({ name, config: "FromDevice(0) -> Discard;", vifs: [{ attach: "switch:lan" }] });
      acknowledged(name, true);
      if (index % 3 !== 0) continue;
      ledger.delete(name);
      await daemon.client.destroy(name);
      acknowledged(name, false);
    }
  } catch (error) {
    if (!killed || !(error instanceof ToolstackError)) throw error;
  }
  await killed;
}

/** @returns what is wrong with what came back */
async function inspect(client: Toolstack, ledger: Ledger): Promise<string[]> {
  const domains = await client.list();
  const names = new Set(domains.map(({ name }) => name));
  const wrong = [...ledger].filter(([name, there]) => names.has(name) !== there);
  const half = domains.filter(
    ({ state, vifs, elements, description }) =>
      state !== "running" || elements === 0 || vifs.length !== description.vifs?.length,
  );
  return [
    ...wrong.map(([name, there]) => `'${name}' was ${there ? "created, and is lost" : "destroyed, and is there"}`),
    ...half.map(({ name, state, reason }) => `'${name}' is half there: ${state}, ${reason}`),
  ];
}

/** Destroys what the last round has left. */
async function cleanUp(client: Toolstack, ledger: Ledger): Promise<void> {
  for (const { name } of await client.list()) if (name !== "wire") await client.destroy(name);
  for (const name of [...ledger.keys()]) if (name !== "wire") ledger.delete(name);
}
