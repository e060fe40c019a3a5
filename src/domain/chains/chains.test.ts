/** Chains with real network namespaces: what goes up, comes back, and comes down. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, it, type TestContext } from "node:test";
import type { ChainDescription } from "../chain.ts";
import type { Opened } from "../toolstack.fixture.ts";
import { openFixture, temporaryDirectory } from "../toolstack.fixture.ts";
import { ToolstackError } from "../toolstack.ts";
import { ip } from "./linux.ts";
import { namespaceExists, removeNamespace } from "./namespace.ts";
import { planChain } from "./plan.ts";
import { Program } from "./program.ts";

const skip = reasonToSkip();

function reasonToSkip(): string | false {
  if (process.getuid?.() !== 0) return "skipped: network namespaces need root";
  try {
    execFileSync("ip", ["-V"], { stdio: "ignore" });
  } catch {
    return "skipped: there is no command 'ip' (iproute2)";
  }
  return false;
}

/** Names of network namespaces are shared by the whole machine. */
const HOP = `t${process.pid}`;

const web: ChainDescription = {
  name: `web${process.pid}`,
  domains: [{ name: "fw", config: "Idle;", vifs: [{ attach: "wire:in" }, { attach: "switch:lan" }] }],
  networks: [{ name: "lan", ageing: 60 }],
  namespaces: [
    {
      name: `${HOP}a`,
      interfaces: [
        { name: "eth0", attach: "wire:in", mac: "02:00:00:00:00:0a", addresses: ["10.9.0.2/24", "fd00:9::2/64"] },
        { name: "eth1", attach: "switch:lan" },
      ],
      routes: ["default via 10.9.0.1"],
      run: ["sleep 1000", "true"],
    },
    { name: `${HOP}b`, interfaces: [{ name: "eth0", attach: "switch:lan" }] },
  ],
};

const hops = planChain(web).hops;
const hostNames = hops.flatMap(({ interfaces }) => interfaces.map(({ hostName }) => hostName));

/** A toolstack, after whose test no namespace is left. */
async function open(test: TestContext, stateDirectory?: string): Promise<Opened> {
  test.after(async () => {
    for (const hop of hops) await removeNamespace(hop);
  });
  return openFixture(test, { stateDirectory });
}

function leftovers(): readonly string[] {
  return [
    ...hops.filter(namespaceExists).map(({ namespace }) => namespace),
    ...hostNames.filter((name) => existsSync(`/sys/class/net/${name}`)),
  ];
}

/** Waits for what the kernel or a program does in its own time. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

const [a] = hops;

describe("a chain with network namespaces", { skip }, () => {
  it("goes up with interfaces, addresses, routes and programs, and down without a trace", async (test) => {
    const { toolstack, hypervisor } = await open(test);
    const told = await toolstack.chainUp(web);
    assert.deepEqual(told.domains, [{ name: "fw", state: "running" }]);
    const [first] = told.namespaces;
    assert.deepEqual(first?.programs[0], { command: "sleep 1000", running: true });
    const addresses = await ip("-n", a!.namespace, "address", "show", "dev", "eth0");
    assert.match(addresses, /02:00:00:00:00:0a/);
    assert.match(addresses, /10\.9\.0\.2\/24/);
    assert.match(addresses, /fd00:9::2\/64 scope global nodad/);
    assert.match(await ip("-n", a!.namespace, "route"), /default via 10\.9\.0\.1 dev eth0/);
    assert.deepEqual(hypervisor.defined.get("lan"), {
      name: "lan",
      ageing: 60,
      devices: [{ device: `packet:${hostNames[1]}` }, { device: `packet:${hostNames[2]}` }],
    });
    const { vifs } = await toolstack.information("fw");
    assert.deepEqual(
      vifs.map(({ attach }) => attach),
      [`packet:${hostNames[0]}`, "switch:lan"],
    );
    await until(async () => (await toolstack.chains())[0]?.namespaces[0]?.programs[1]?.running === false);
    await assert.rejects(toolstack.chainUp(web), /chain 'web\d+' is up already/);

    await toolstack.chainDown(web.name);
    assert.deepEqual([await toolstack.list(), await toolstack.networks(), await toolstack.chains()], [[], [], []]);
    assert.deepEqual(leftovers(), []);
  });

  it("is undone when any part fails", async (test) => {
    const { toolstack, hypervisor } = await open(test);
    const broken: readonly ChainDescription[] = [
      { ...web, domains: [...(web.domains ?? []), { name: "bad", config: "FAULT" }] },
      { ...web, namespaces: [{ ...web.namespaces![0]!, routes: ["default via nowhere"] }, web.namespaces![1]!] },
      { ...web, namespaces: [{ ...web.namespaces![0]!, routes: ["10.1.0.0/16 via 10.8.0.1"] }, web.namespaces![1]!] },
    ];
    for (const description of broken) {
      await assert.rejects(toolstack.chainUp(description), ToolstackError);
      assert.deepEqual([await toolstack.list(), await toolstack.networks(), await toolstack.chains()], [[], [], []]);
      assert.deepEqual(leftovers(), []);
    }
    hypervisor.failNext("defineNetwork");
    await assert.rejects(toolstack.chainUp(web), /defineNetwork fails on request/);
    assert.deepEqual(leftovers(), []);
    await toolstack.chainUp(web);
  });

  it("does not touch what was there before", async (test) => {
    const { toolstack } = await open(test);
    await toolstack.create({ name: "fw", config: "Idle;" });
    await assert.rejects(toolstack.chainUp(web), /a domain 'fw' already/);
    await toolstack.destroy("fw");
    await toolstack.create({ name: "other", config: "Idle;", vifs: [{ attach: "switch:lan" }] });
    await assert.rejects(toolstack.chainUp(web), /a network 'lan' already/);
    await toolstack.destroy("other");
    await ip("netns", "add", a!.namespace);
    await assert.rejects(toolstack.chainUp(web), /network namespace 'cosmos-t\d+a' already/);
    assert.ok(namespaceExists(a!));
    await ip("netns", "delete", a!.namespace);
    await toolstack.chainUp(web);
    await toolstack.create({ name: "other", config: "Idle;", vifs: [{ attach: "switch:lan" }] });
    await assert.rejects(toolstack.chainDown(web.name), /network 'lan' of chain 'web\d+' is used by other/);
    await assert.rejects(toolstack.removeNetwork("lan"), /belongs to chain 'web\d+'/);
    await toolstack.destroy("other");
    await toolstack.chainDown(web.name);
  });

  it("comes back after a restart, with its programs started again", async (test) => {
    const stateDirectory = temporaryDirectory(test);
    const first = await open(test, stateDirectory);
    await first.toolstack.chainUp(web);
    await first.toolstack.close();
    assert.deepEqual(leftovers(), []);
    const { toolstack, hypervisor, notices } = await open(test, stateDirectory);
    const [told] = await toolstack.chains();
    assert.deepEqual(told?.domains, [{ name: "fw", state: "running" }]);
    assert.deepEqual(told?.namespaces[0]?.programs[0], { command: "sleep 1000", running: true });
    assert.equal(hypervisor.defined.get("lan")?.devices?.length, 2);
    assert.deepEqual(notices, []);
    await toolstack.chainDown(web.name);
    assert.deepEqual(leftovers(), []);
  });

  it("that was half-way when the process was killed is removed, with its programs", async (test) => {
    const stateDirectory = temporaryDirectory(test);
    const { toolstack } = await open(test, stateDirectory);
    await toolstack.create({ name: "other", config: "Idle;" });
    await toolstack.chainUp(web);
    await toolstack.close();
    const { Store } = await import("../store.ts");
    const store = new Store(stateDirectory);
    await store.change((changes) => changes.putChain({ description: web, phase: "making" }));
    await store.close();
    await ip("netns", "add", a!.namespace);
    const program = new Program("sleep 1000", a!.namespace, () => {});
    program.start();
    await until(async () => (await ip("netns", "pids", a!.namespace)) !== "");
    const again = await open(test, stateDirectory);
    assert.deepEqual(
      (await again.toolstack.list()).map(({ name }) => name),
      ["other"],
    );
    assert.deepEqual([await again.toolstack.networks(), await again.toolstack.chains()], [[], []]);
    assert.deepEqual(leftovers(), []);
    await until(() => !program.running);
    await program.stop();
  });
});

describe("a program in a namespace", { skip }, () => {
  it("is started again when it fails, with a word about why", async (test) => {
    const namespace = `cosmos-${HOP}p`;
    await ip("netns", "add", namespace);
    test.after(() => ip("netns", "delete", namespace));
    const notices: string[] = [];
    const program = new Program("echo no port >&2; exit 3", namespace, (text) => notices.push(text));
    test.after(() => program.stop());
    program.start();
    await until(() => notices.length === 2);
    assert.equal(notices[0], `program 'echo no port >&2; exit 3' in ${namespace} failed: status 3: no port`);
  });

  it("is ended with all that it started", async (test) => {
    const namespace = `cosmos-${HOP}q`;
    await ip("netns", "add", namespace);
    test.after(() => ip("netns", "delete", namespace));
    const program = new Program("trap '' TERM; sleep 1000 & sleep 1000", namespace, () => {});
    program.start();
    await until(async () => (await ip("netns", "pids", namespace)).split("\n").length > 2);
    await program.stop();
    await until(async () => (await ip("netns", "pids", namespace)) === "");
    assert.equal(program.running, false);
  });
});

describe("ip", { skip }, () => {
  it("says what was run and what is wrong with it", async () => {
    await assert.rejects(
      ip("link", "show", "nowhere0"),
      /^Error: ip link show nowhere0: Device "nowhere0" does not exist/,
    );
  });
});
