/**
 * Network namespaces for tests with real peers: each has links into the namespace that the test runs in, and programs that run inside. All is gone when the
 * network is disposed of, when the process ends, and, after a crash, when the next test makes a network.
 *
 *     using network = new Network();
 *     const client = network.add("client");
 *     const port = client.link({ addresses: ["10.0.0.1/24"] }); // `eth0` in there, `port` here
 *     client.run("ping", "-c1", "10.0.0.2");
 */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";

/** All names begin so, followed by the id of the process: whatever is left of one that is gone may be removed. */
const PREFIX = "cktest";

export interface LinkOptions {
  /** Name in the namespace. @defaultValue eth0, eth1 ... */
  readonly name?: string;
  readonly mac?: string;
  /** With their prefix lengths, of IPv4 or IPv6. Without any of IPv6, the link does not speak IPv6 and so sends nothing on its own. */
  readonly addresses?: readonly string[];
  readonly mtu?: number;
}

/** @returns why there can be no network here, to be shown by a test that is skipped; undefined when there can */
export function whyNoNetwork(...programs: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return "skipped: network namespaces need root";
  const missing = ["ip", ...programs].find((program) => !isInstalled(program));
  return missing === undefined ? undefined : `skipped: '${missing}' is not installed`;
}

export class Network implements Disposable {
  readonly #namespaces: Namespace[] = [];
  readonly #pairs: string[] = [];
  readonly #dispose = () => this[Symbol.dispose]();

  constructor() {
    removeStale();
    process.once("exit", this.#dispose);
    for (const signal of SIGNALS) process.once(signal, endBySignal);
  }

  /** @param label  letters and digits, once in a network */
  add(label: string): Namespace {
    const namespace = new Namespace(`${PREFIX}${process.pid}-${++namespaceCount}${label}`);
    this.#namespaces.push(namespace);
    return namespace;
  }

  /** Makes a pair of connected interfaces that are both in the test's own namespace, up and silent. @returns their names */
  pair(): [string, string] {
    const names: [string, string] = [nextLinkName(), nextLinkName()];
    ip("link", "add", names[0], "type", "veth", "peer", "name", names[1]);
    this.#pairs.push(names[0]);
    for (const name of names) {
      disableIp6(name);
      ip("link", "set", "dev", name, "up");
    }
    return names;
  }

  [Symbol.dispose](): void {
    process.off("exit", this.#dispose);
    for (const signal of SIGNALS) process.off(signal, endBySignal);
    for (const namespace of this.#namespaces.splice(0)) namespace.remove();
    for (const pair of this.#pairs.splice(0)) quietly(() => ip("link", "del", pair));
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Ends the process in the way that lets it clean up. */
function endBySignal(): void {
  process.exit(1);
}

let namespaceCount = 0;
let linkCount = 0;

/** @returns a name for an interface of the test's own namespace that no other process takes */
function nextLinkName(): string {
  return `ck${process.pid}x${++linkCount}`;
}

export class Namespace {
  readonly name: string;
  readonly #children = new Set<ChildProcess>();
  readonly #outerEnds: string[] = [];

  constructor(name: string) {
    this.name = name;
    ip("netns", "add", name);
    ip("-n", name, "link", "set", "dev", "lo", "up");
  }

  /** Makes a pair of connected interfaces, both up. @returns name of the one in the test's own namespace, without addresses */
  link({ name = `eth${this.#outerEnds.length}`, mac, addresses = [], mtu }: LinkOptions = {}): string {
    const outer = nextLinkName();
    ip("link", "add", outer, "type", "veth", "peer", "name", name, "netns", this.name);
    this.#outerEnds.push(outer);
    disableIp6(outer);
    if (mtu !== undefined) ip("link", "set", "dev", outer, "mtu", String(mtu));
    this.#configure(name, { ...(mac !== undefined && { mac }), ...(mtu !== undefined && { mtu }), addresses });
    ip("link", "set", "dev", outer, "up");
    return outer;
  }

  /** Moves an interface of the test's own namespace here, such as a TAP, and brings it up. */
  adopt(name: string, addresses: readonly string[] = []): void {
    ip("link", "set", "dev", name, "netns", this.name);
    this.#configure(name, { addresses });
  }

  #configure(
    name: string,
    { mac, addresses, mtu }: { mac?: string; addresses: readonly string[]; mtu?: number },
  ): void {
    if (!addresses.some((address) => address.includes(":")))
      this.run("sysctl", "-qw", `net.ipv6.conf.${name}.disable_ipv6=1`);
    if (mac !== undefined) ip("-n", this.name, "link", "set", "dev", name, "address", mac);
    if (mtu !== undefined) ip("-n", this.name, "link", "set", "dev", name, "mtu", String(mtu));
    for (const address of addresses) ip("-n", this.name, "addr", "add", address, "dev", name, "nodad");
    ip("-n", this.name, "link", "set", "dev", name, "up");
  }

  /** Runs a program to its end. @returns what it printed @throws Error with what it complained of when it fails */
  run(program: string, ...args: readonly string[]): string {
    return execFileSync("ip", ["netns", "exec", this.name, program, ...args], { encoding: "utf8", stdio: "pipe" });
  }

  /** Starts a program; it is ended with the namespace. */
  start(program: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const child = spawn("ip", ["netns", "exec", this.name, program, ...args], { stdio: "pipe", ...options });
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    return child;
  }

  /** Ends what runs here, and removes the namespace and its links. */
  remove(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    removeNamespace(this.name);
    // a veth pair goes with its namespace, but only some time after it
    for (const outer of this.#outerEnds) quietly(() => ip("link", "del", outer));
  }
}

/** Calls `ip`. @returns what it printed @throws Error with what it complained of */
export function ip(...args: readonly string[]): string {
  return execFileSync("ip", args, { encoding: "utf8", stdio: "pipe" });
}

/** Has an interface of the test's own namespace send nothing on its own. */
export function disableIp6(name: string): void {
  const setting = `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`;
  if (existsSync(setting)) writeFileSync(setting, "1");
}

function removeNamespace(name: string): void {
  const processes = quietly(() => ip("netns", "pids", name)) ?? "";
  for (const id of processes.split("\n").filter(Boolean)) quietly(() => process.kill(Number(id), "SIGKILL"));
  quietly(() => ip("netns", "del", name));
}

/** Removes what tests have left whose processes were killed. */
function removeStale(): void {
  for (const line of ip("netns", "list").split("\n")) {
    const [, name, owner] = /^(cktest(\d+)-\S+)/.exec(line) ?? [];
    if (name !== undefined && !existsSync(`/proc/${owner}`)) removeNamespace(name);
  }
  for (const line of ip("-o", "link", "show", "type", "veth").split("\n")) {
    const [, name, owner] = /^\d+: (ck(\d+)x\d+)@/.exec(line) ?? [];
    if (name !== undefined && !existsSync(`/proc/${owner}`)) quietly(() => ip("link", "del", name));
  }
}

/** Calls what may fail because there is nothing left to do. */
function quietly<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? "").split(":").some((folder) => existsSync(`${folder}/${program}`));
}
