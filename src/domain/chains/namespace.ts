/**
 * Linux network namespaces as hops of a chain. Each interface is one end of a veth pair; the other end stays in the host, where the fabric takes it as a packet
 * device. Unlike a tap device, the pair does not go when the fabric's process is killed, so that the programs behind it need not notice.
 */
import { existsSync } from "node:fs";
import { ToolstackError } from "../toolstack.ts";
import { runAll, undoable } from "../undoable.ts";
import { ip } from "./linux.ts";
import type { Hop, HopInterface } from "./plan.ts";

/** Where iproute2 keeps the names of namespaces (ip-netns(8)). */
export function namespaceExists({ namespace }: Hop): boolean {
  return existsSync(`/run/netns/${namespace}`);
}

/** Makes the namespace with its interfaces, addresses and routes; nothing is left of it when that fails. */
export function makeNamespace(hop: Hop): Promise<void> {
  return undoable(async (undo) => {
    await ip("netns", "add", hop.namespace);
    undo(() => removeNamespace(hop));
    await ip("-n", hop.namespace, "link", "set", "lo", "up");
    for (const each of hop.interfaces) await makeInterface(hop.namespace, each);
    for (const route of hop.routes) await ip("-n", hop.namespace, "route", "add", ...route.trim().split(/\s+/));
  });
}

async function makeInterface(namespace: string, { name, hostName, mac, addresses }: HopInterface): Promise<void> {
  const address = mac === undefined ? [] : ["address", mac];
  await ip("link", "add", hostName, "type", "veth", "peer", "name", name, ...address, "netns", namespace);
  // The host's own end has no address, so that the host sends nothing of its own into the chain.
  await ip("link", "set", hostName, "addrgenmode", "none", "up");
  for (const each of addresses) {
    // Nobody else has the address: IPv6 need not wait a second to find out (RFC 4862 §5.4).
    const ready = each.includes(":") ? ["nodad"] : [];
    await ip("-n", namespace, "address", "add", each, "dev", name, ...ready);
  }
  await ip("-n", namespace, "link", "set", name, "up");
}

/**
 * Removes what there is of the namespace, the programs in it first.
 * @throws ToolstackError UNAVAILABLE when something is left
 */
export async function removeNamespace(hop: Hop): Promise<void> {
  const faults = await runAll([
    () => killInside(hop),
    ...hop.interfaces.map(
      ({ hostName }) =>
        () =>
          removeInterface(hostName),
    ),
    async () => {
      if (namespaceExists(hop)) await ip("netns", "delete", hop.namespace);
    },
  ]);
  if (faults.length > 0) throw new ToolstackError("UNAVAILABLE", faults);
}

/** The kernel takes interfaces away some time after their namespace; their names are needed at once. */
async function removeInterface(hostName: string): Promise<void> {
  if (existsSync(`/sys/class/net/${hostName}`)) await ip("link", "delete", hostName);
}

async function killInside(hop: Hop): Promise<void> {
  if (!namespaceExists(hop)) return;
  const pids = (await ip("netns", "pids", hop.namespace)).split(/\s+/).filter(Boolean);
  for (const pid of pids) signal(Number(pid), "SIGKILL");
}

/** @param pid  negative = a process group */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // Whoever has ended meanwhile needs no signal.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
