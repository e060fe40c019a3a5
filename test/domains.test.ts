/** The toolstack's laws, over a hypervisor whose guests are made up: what survives, what is undone, and what is told. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { DomainEvent } from "../src/domain/information.ts";
import { decodeSaved, encodeSaved } from "../src/domain/saveFile.ts";
import { Store } from "../src/domain/store.ts";
import { openFixture, temporaryDirectory } from "../src/domain/toolstack.fixture.ts";
import { type Toolstack, ToolstackError, type ToolstackErrorCode } from "../src/domain/toolstack.ts";

const fw = { name: "fw", config: "Idle;" } as const;

/** @returns a check for `assert.rejects` */
function fault(code: ToolstackErrorCode, message: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof ToolstackError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

/** Waits until an event of this kind has happened. */
async function happened(toolstack: Toolstack, event: DomainEvent["event"], reason = /(?:)/): Promise<DomainEvent> {
  const enough = new AbortController();
  for await (const each of toolstack.events(enough.signal)) {
    if (each.event !== event || !reason.test(each.reason)) continue;
    enough.abort();
    return each;
  }
  throw new Error(`'${event}' has not happened`);
}

/** What each domain is doing, by name. */
async function states(toolstack: Toolstack): Promise<Record<string, string>> {
  return Object.fromEntries((await toolstack.list()).map(({ name, state }) => [name, state]));
}

describe("a domain", () => {
  it("is created, and found by name and by number", async (test) => {
    const { toolstack } = await openFixture(test);
    const created = await toolstack.create({ ...fw, vifs: [{ attach: "switch:lan" }, { name: "wan" }] });
    assert.equal(created.state, "running");
    assert.equal(created.tier, "dispatch");
    assert.deepEqual(
      created.vifs.map(({ name, attach }) => [name, attach]),
      [
        ["eth0", "switch:lan"],
        ["wan", ""],
      ],
    );
    assert.deepEqual(await toolstack.information("fw"), await toolstack.information(String(created.id)));
    await assert.rejects(toolstack.information("fv"), fault("NOT_FOUND", /no domain 'fv'; did you mean 'fw'\?/));
    await assert.rejects(toolstack.information("17"), fault("NOT_FOUND", /no domain '17'/));
    await assert.rejects(toolstack.create(fw), fault("EXISTS", /a domain 'fw' already/));
  });

  it("gets the same addresses each time, its own to each interface", async (test) => {
    const macs = async (name: string): Promise<readonly string[]> => {
      const { toolstack } = await openFixture(test);
      const { vifs } = await toolstack.create({ name, vifs: [{}, {}] });
      return vifs.map(({ mac }) => mac);
    };
    const [first, second] = await macs("fw");
    assert.deepEqual(await macs("fw"), [first, second]);
    assert.notEqual(first, second);
    assert.match(first!, /^02(:[0-9a-f]{2}){5}$/);
    assert.notEqual((await macs("other"))[0], first);
  });

  it("goes through its states, and refuses what does not fit", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    const { id } = await toolstack.create(fw, { paused: true });
    assert.equal(hypervisor.guests.get(id)?.paused, true);
    await assert.rejects(
      toolstack.pause("fw"),
      fault("WRONG_STATE", /'fw' is paused: it must be running to be paused/),
    );
    assert.equal((await toolstack.unpause("fw")).state, "running");
    await assert.rejects(toolstack.start("fw"), fault("WRONG_STATE", /must be stopped or crashed to be started/));
    assert.equal((await toolstack.pause("fw")).state, "paused");
    assert.equal((await toolstack.reboot("fw")).state, "running");
    const stopped = await toolstack.stop("fw");
    assert.deepEqual([stopped.state, stopped.tier, stopped.started], ["stopped", "none", ""]);
    assert.equal(hypervisor.guests.size, 0);
    for (const refused of [
      () => toolstack.stop("fw"),
      () => toolstack.save("fw"),
      () => toolstack.swap("fw", { text: "" }),
      () => toolstack.readHandler("fw", "count"),
      async () => toolstack.trace("fw", { count: 1 }, AbortSignal.abort()),
    ])
      await assert.rejects(refused, fault("WRONG_STATE", /'fw' is stopped/));
    assert.equal((await toolstack.start("fw")).state, "running");
    await toolstack.destroy("fw");
    assert.deepEqual(await toolstack.list(), []);
    assert.equal(hypervisor.guests.size, 0);
  });

  it("waits when it has no configuration, and starts with one", async (test) => {
    const { toolstack } = await openFixture(test);
    const created = await toolstack.create({ name: "empty" });
    assert.deepEqual([created.state, created.hasConfiguration], ["stopped", false]);
    await assert.rejects(toolstack.start("empty"), fault("WRONG_STATE", /waits for a configuration/));
    await assert.rejects(toolstack.start("empty", { text: "FAULT", file: "x.click" }), fault("INVALID", /x.click:1/));
    assert.equal((await toolstack.information("empty")).hasConfiguration, false);
    const started = await toolstack.start("empty", { text: "Idle;", file: "x.click" });
    assert.deepEqual([started.state, started.description.configFile], ["running", "x.click"]);
  });

  it("runs an image, whose bytes survive and are not told, until it is started with a configuration", async (test) => {
    const stateDirectory = temporaryDirectory(test);
    const first = await openFixture(test, { stateDirectory });
    const bytes = Uint8Array.from([0, 0x61, 0x73, 0x6d]);
    const image = Buffer.from(bytes).toString("base64");
    const created = await first.toolstack.create({ name: "fw", image, configFile: "fw.image" });
    assert.deepEqual([created.state, created.hasConfiguration], ["running", true]);
    assert.deepEqual(created.description, { name: "fw", configFile: "fw.image", vifs: [] });
    await first.toolstack.close();
    const { toolstack, hypervisor } = await openFixture(test, { stateDirectory });
    assert.deepEqual(hypervisor.guests.get(created.id)?.plan.image, bytes);
    const saved = await toolstack.save("fw");
    const copy = await toolstack.restore(saved, { name: "copy" });
    assert.deepEqual(hypervisor.guests.get(copy.id)?.plan.image, bytes);
    await toolstack.stop("fw");
    const started = await toolstack.start("fw", { text: "Idle;" });
    assert.deepEqual(started.description, { name: "fw", config: "Idle;", vifs: [] });
    assert.equal(hypervisor.guests.get(created.id)?.plan.image, undefined);
  });

  it("is refused an image that cannot be one", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    for (const [description, message] of [
      [{ image: "AGFz!" }, /^image: is not base64/],
      [{ image: "" }, /^image: is empty/],
      [{ image: "AA==", config: "Idle;" }, /^image: a domain runs a configuration or an image/],
      [{ image: "AA==", parameters: { X: "1" } }, /^parameters: an image was built with its parameters/],
      [{ image: Buffer.alloc((8 << 20) + 3).toString("base64") }, /^image: has 8388611 bytes/],
    ] as const)
      await assert.rejects(toolstack.create({ name: "fw", ...description }), fault("INVALID", message));
    assert.deepEqual(hypervisor.log, []);
  });

  it("is told all faults of its description at once, before anything is made", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    const wrong = { name: "7", vifs: [{ name: "a" }, { name: "a" }] };
    await assert.rejects(toolstack.create(wrong), fault("INVALID", /^name: .*\nvifs\[1\]\.name: 'a' is taken/));
    assert.deepEqual(hypervisor.log, []);
  });

  it("does what is asked for one after the other", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    await toolstack.create(fw);
    await Promise.all([
      toolstack.pause("fw"),
      toolstack.unpause("fw"),
      toolstack.reboot("fw"),
      toolstack.destroy("fw"),
    ]);
    assert.deepEqual(hypervisor.log, [
      "boot fw",
      "setPaused fw true",
      "setPaused fw false",
      "save fw",
      "destroy fw",
      "boot fw",
      "destroy fw",
    ]);
  });

  it("is swapped, keeps its parameters, and goes on with the old configuration when the new one fails", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    const { id } = await toolstack.create({ ...fw, parameters: { A: "1" } });
    await toolstack.swap("fw", { text: "Discard;", file: "new.click" });
    assert.deepEqual(hypervisor.guests.get(id)?.plan.parameters, { A: "1" });
    await assert.rejects(toolstack.swap("fw", { text: "FAULT", parameters: {} }), fault("INVALID", /config:1/));
    const { description } = await toolstack.information("fw");
    assert.deepEqual([description.config, description.parameters], ["Discard;", { A: "1" }]);
    assert.equal((await toolstack.start("fw", { text: "Null;" })).description.configFile, undefined);
  });

  it("has its interfaces attached and detached, by name and number", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    const { id } = await toolstack.create({ ...fw, vifs: [{}, {}] });
    const attached = await toolstack.attachVif("fw", { attach: "switch:lan" });
    assert.deepEqual(attached.vifs[2]?.name, "eth2");
    await assert.rejects(toolstack.attachVif("fw", { name: "eth0" }), fault("EXISTS", /interface 'eth0' already/));
    await assert.rejects(toolstack.attachVif("fw", { attach: "lan" }), fault("INVALID", /^attach: 'lan' is nothing/));
    await toolstack.detachVif("fw", "0");
    await assert.rejects(toolstack.detachVif("fw", "0"), fault("NOT_FOUND", /no interface '0'; it has eth1, eth2/));
    await toolstack.detachVif("fw", "eth2");
    await toolstack.attachVif("fw", {});
    const { vifs, description } = await toolstack.information("fw");
    assert.equal(new Set(vifs.map(({ mac }) => mac)).size, 2);
    assert.deepEqual(
      description.vifs?.map(({ name }) => name),
      ["eth1", "eth0"],
    );
    assert.equal(hypervisor.guests.get(id)?.vifs.size, 2);
  });

  it("tells what it says: the newest 64 KiB, and what comes to those who follow", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    const { id } = await toolstack.create(fw);
    hypervisor.say(id, "before ");
    const followed = toolstack.followConsole("fw", new AbortController().signal);
    hypervisor.say(id, "after");
    assert.equal(await toolstack.console("fw"), "before after");
    for (let index = 0; index < 300; index++) hypervisor.say(id, "x".repeat(1000));
    assert.equal((await toolstack.console("fw")).length, 65536);
    await toolstack.destroy("fw");
    let said = "";
    for await (const text of followed) said += text;
    assert.equal(said.slice(0, 8), "afterxxx");
    assert.equal(said.length, 300_005);
  });

  it("cuts off a reader that does not read", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    const { id } = await toolstack.create(fw);
    const followed = toolstack.followConsole("fw", new AbortController().signal);
    for (let index = 0; index < 5000; index++) hypervisor.say(id, "x");
    const read = async (): Promise<void> => {
      for await (const _ of followed);
    };
    await assert.rejects(read, fault("UNAVAILABLE", /more than 4096 items behind/));
  });
});

describe("what fails half-way", () => {
  const attempts: Record<string, (toolstack: Toolstack) => Promise<unknown>> = {
    boot: (toolstack) => toolstack.create({ name: "new", config: "Idle;", vifs: [{ attach: "wire:x" }] }),
    setPaused: (toolstack) => toolstack.pause("fw"),
    swap: (toolstack) => toolstack.swap("fw", { text: "Discard;" }),
    attachVif: (toolstack) => toolstack.attachVif("fw", { attach: "wire:x" }),
    detachVif: (toolstack) => toolstack.detachVif("fw", "eth0"),
    defineNetwork: (toolstack) => toolstack.defineNetwork({ name: "lan" }),
    removeNetwork: (toolstack) => toolstack.removeNetwork("kept"),
    destroy: (toolstack) => toolstack.stop("fw"),
    save: (toolstack) => toolstack.reboot("fw"),
  };

  for (const [operation, attempt] of Object.entries(attempts))
    it(`is undone: ${operation}`, async (test) => {
      const stateDirectory = temporaryDirectory(test);
      const { toolstack, hypervisor } = await openFixture(test, { stateDirectory });
      await toolstack.create({ ...fw, vifs: [{ attach: "wire:x" }] });
      await toolstack.defineNetwork({ name: "kept" });
      const before = [await toolstack.list(), await toolstack.networks()];
      hypervisor.failNext(operation as "boot");
      await assert.rejects(attempt(toolstack), fault("UNAVAILABLE", /fails on request$/));
      assert.deepEqual([await toolstack.list(), await toolstack.networks()], before);
      // The wire's second end is free again.
      await toolstack.create({ name: "peer", config: "Idle;", vifs: [{ attach: "wire:x" }] });
      await toolstack.close();
      const again = await openFixture(test, { stateDirectory });
      assert.deepEqual(await states(again.toolstack), { fw: "running", peer: "running" });
      assert.deepEqual([...again.hypervisor.defined.keys()], ["kept"]);
    });

  it("is undone: a reboot whose boot fails goes on with the state it had", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    await toolstack.create(fw);
    await toolstack.writeHandler("fw", "count", "7");
    hypervisor.failNext("boot");
    await assert.rejects(toolstack.reboot("fw"), fault("UNAVAILABLE", /boot fails on request/));
    assert.equal(await toolstack.readHandler("fw", "count"), "7");
  });

  it("frees the name for another attempt", async (test) => {
    const { toolstack } = await openFixture(test);
    await assert.rejects(toolstack.create({ name: "fw", config: "FAULT" }), fault("INVALID", /config:1/));
    assert.equal((await toolstack.create(fw)).state, "running");
  });
});

describe("a guest that stops", () => {
  it("leaves its domain stopped, with the reason, when it stopped of itself", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    const { id } = await toolstack.create(fw);
    hypervisor.stopGuest(id, { crashed: false, reason: "its driver stopped" });
    await happened(toolstack, "stopped");
    const { state, reason } = await toolstack.information("fw");
    assert.deepEqual([state, reason], ["stopped", "its driver stopped"]);
    assert.equal(hypervisor.guests.size, 0);
  });

  it("stays for a look where it is preserved", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    const { id } = await toolstack.create({ ...fw, on_crash: "preserve" });
    hypervisor.stopGuest(id, { crashed: true, reason: "out of bounds" });
    await happened(toolstack, "crashed");
    assert.equal((await toolstack.information("fw")).reason, "out of bounds");
    assert.equal(await toolstack.readHandler("fw", "count"), "0");
    await assert.rejects(toolstack.pause("fw"), fault("WRONG_STATE", /is crashed \(out of bounds\)/));
    assert.equal((await toolstack.start("fw")).state, "running");
  });

  it("goes where it is to be destroyed", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    const { id } = await toolstack.create({ ...fw, on_crash: "destroy" });
    hypervisor.stopGuest(id, { crashed: true, reason: "unreachable" });
    assert.equal((await happened(toolstack, "destroyed")).reason, "unreachable");
    assert.deepEqual(await toolstack.list(), []);
    assert.equal(hypervisor.guests.size, 0);
  });

  it("boots again where it is to be restarted, until it does nothing but crash", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    const { id } = await toolstack.create({ ...fw, on_crash: "restart" });
    for (let crash = 1; crash < 5; crash++) {
      hypervisor.stopGuest(id, { crashed: true, reason: `trap ${crash}` });
      await happened(toolstack, "restarted", new RegExp(`trap ${crash}`));
      assert.equal((await toolstack.information("fw")).restarts, crash);
    }
    hypervisor.stopGuest(id, { crashed: true, reason: "trap 5" });
    await happened(toolstack, "crashed", /trap 5/);
    const { state, reason } = await toolstack.information("fw");
    assert.deepEqual([state, reason], ["crashed", "crashed 5 times in 10 s, at last: trap 5"]);
  });

  it("is not restarted when it was destroyed or started meanwhile", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    const { id } = await toolstack.create({ ...fw, on_crash: "restart" });
    const rebooted = toolstack.reboot("fw");
    hypervisor.stopGuest(id, { crashed: true, reason: "of the guest before" });
    await rebooted;
    hypervisor.stopGuest(id, { crashed: true, reason: "first" });
    hypervisor.stopGuest(id, { crashed: true, reason: "the same once more" });
    await happened(toolstack, "restarted");
    await toolstack.destroy("fw");
    hypervisor.stopGuest(id, { crashed: true, reason: "late" });
    const reasons = (await toolstack.recentEvents())
      .filter(({ event }) => event === "crashed")
      .map(({ reason }) => reason);
    assert.deepEqual(reasons, ["first"]);
  });

  it("is heard of when it crashes at once, still within its creation", async (test) => {
    const { toolstack } = await openFixture(test);
    assert.equal((await toolstack.create({ ...fw, config: "CRASH" })).state, "running");
    await happened(toolstack, "crashed", /at once/);
  });
});

describe("networks", () => {
  it("are made by use, and survive when they are defined", async (test) => {
    const stateDirectory = temporaryDirectory(test);
    const { toolstack } = await openFixture(test, { stateDirectory });
    await toolstack.create({ ...fw, vifs: [{ attach: "switch:lan" }] });
    await toolstack.defineNetwork({ name: "dmz", ageing: 10 });
    await toolstack.defineNetwork({ name: "dmz", ageing: 20 });
    assert.deepEqual((await toolstack.networks()).map(({ name }) => name).sort(), ["dmz", "lan"]);
    await assert.rejects(toolstack.removeNetwork("lan"), fault("NOT_FOUND", /no network 'lan' is defined/));
    await assert.rejects(
      toolstack.defineNetwork({ name: "x", devices: [{ device: "eth0" }] }),
      fault("INVALID", /^devices\[0\].device: 'eth0' is no device/),
    );
    await toolstack.close();
    const again = await openFixture(test, { stateDirectory });
    assert.deepEqual([...again.hypervisor.defined.values()], [{ name: "dmz", ageing: 20 }]);
  });

  it("are not removed while they are used", async (test) => {
    const { toolstack } = await openFixture(test);
    await toolstack.defineNetwork({ name: "lan" });
    await toolstack.create({ ...fw, vifs: [{ attach: "switch:lan" }] });
    await assert.rejects(toolstack.removeNetwork("lan"), fault("WRONG_STATE", /'lan' is used by fw: detach/));
    await toolstack.destroy("fw");
    await toolstack.removeNetwork("lan");
    assert.deepEqual(await toolstack.networks(), []);
  });

  it("a wire has two ends", async (test) => {
    const { toolstack } = await openFixture(test);
    await toolstack.create({ name: "a", config: "Idle;", vifs: [{ attach: "wire:x" }, { attach: "wire:x" }] });
    const third = { name: "c", config: "Idle;", vifs: [{ attach: "wire:x" }] };
    await assert.rejects(toolstack.create(third), fault("INVALID", /'wire:x' has two ends already/));
    await toolstack.detachVif("a", "eth0");
    await toolstack.create(third);
  });
});

describe("workers", () => {
  it("share the domains evenly, but keep together what is connected", async (test) => {
    const { toolstack, hypervisors } = await openFixture(test, { workers: 2 });
    for (let index = 0; index < 6; index++) await toolstack.create({ ...fw, name: `d${index}` });
    assert.deepEqual(
      hypervisors.map(({ guests }) => guests.size),
      [3, 3],
    );
    for (const name of ["a", "b", "c"])
      await toolstack.create({ name, config: "Idle;", vifs: [{ attach: "switch:lan" }] });
    assert.deepEqual(
      hypervisors.map(({ guests }) => guests.size),
      [6, 3],
    );
  });

  it("say why a domain cannot be placed", async (test) => {
    const { toolstack } = await openFixture(test, { workers: 2 });
    const on = (name: string, worker: number, ...networks: string[]) => {
      return toolstack.create({ name, config: "Idle;", worker, vifs: networks.map((attach) => ({ attach })) });
    };
    await assert.rejects(on("x", 2), fault("INVALID", /no worker 2: they are numbered from 0 to 1/));
    await on("a", 0, "switch:lan");
    await on("b", 1, "switch:wan");
    await assert.rejects(
      on("c", 1, "switch:lan"),
      fault("INVALID", /'switch:lan' is on worker 0, and worker 1 is needed/),
    );
    await assert.rejects(
      toolstack.attachVif("b", { attach: "switch:lan" }),
      fault("INVALID", /'switch:lan' is on worker 0/),
    );
  });

  it("get their domains back, also when there are fewer of them", async (test) => {
    const stateDirectory = temporaryDirectory(test);
    const { toolstack } = await openFixture(test, { workers: 3, stateDirectory });
    for (const name of ["a", "b", "c"]) await toolstack.create({ name, config: "Idle;" });
    await toolstack.create({ name: "d", config: "Idle;", worker: 2, vifs: [{ attach: "switch:lan" }] });
    await toolstack.create({ name: "e", config: "Idle;", vifs: [{ attach: "switch:lan" }] });
    await toolstack.close();
    const again = await openFixture(test, { workers: 2, stateDirectory });
    assert.equal((await again.toolstack.list()).length, 5);
    const [d, e] = [await again.toolstack.information("d"), await again.toolstack.information("e")];
    assert.equal(d.worker, e.worker);
  });
});

describe("save and restore", () => {
  it("take the state along, under another name as well", async (test) => {
    const { toolstack } = await openFixture(test);
    const { vifs } = await toolstack.create({ ...fw, vifs: [{ attach: "switch:lan" }] });
    await toolstack.writeHandler("fw", "count", "42");
    const file = await toolstack.save("fw");
    await assert.rejects(toolstack.restore(file), fault("EXISTS", /'fw' already/));
    const restored = await toolstack.restore(file, { name: "copy", paused: true });
    assert.deepEqual([restored.state, restored.vifs[0]?.mac], ["paused", vifs[0]?.mac]);
    assert.equal(await toolstack.readHandler("copy", "count"), "42");
  });

  it("refuse a file that was changed or cut anywhere, and nothing changes", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    const file = encodeSaved({ description: fw, state: Buffer.from("42") });
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Uint8Array.from(file);
        changed[at]! ^= change;
        await assert.rejects(toolstack.restore(changed), fault("INVALID", /^the file cannot be restored: /));
        await assert.rejects(toolstack.restore(file.subarray(0, at)), fault("INVALID", /cannot be restored: /));
      }),
    );
    assert.deepEqual(hypervisor.log, []);
    assert.deepEqual(decodeSaved(file), { description: fw, state: Buffer.from("42") });
    const hostile = encodeSaved({ description: { name: "../x" }, state: Buffer.alloc(0) });
    await assert.rejects(toolstack.restore(hostile), fault("INVALID", /its description has a fault: name: '..\/x'/));
  });
});

describe("migration", () => {
  it("moves the domain with its state", async (test) => {
    const there = await openFixture(test);
    const connect = async (): Promise<Toolstack> => Object.assign(there.toolstack, { close: async () => {} });
    const here = await openFixture(test, { connect });
    await here.toolstack.create(fw);
    await here.toolstack.writeHandler("fw", "count", "5");
    await here.toolstack.migrate("fw", { url: "unix:/there" });
    assert.deepEqual(await states(here.toolstack), {});
    assert.deepEqual(await states(there.toolstack), { fw: "running" });
    assert.equal(await there.toolstack.readHandler("fw", "count"), "5");
    assert.equal((await happened(here.toolstack, "migrated")).reason, "to unix:/there");
  });

  it("leaves the domain as it was when the other side fails, at whatever step", async (test) => {
    for (const step of ["restore", "unpause"] as const) {
      const there = await openFixture(test);
      const failing = { [step]: () => Promise.reject(new ToolstackError("UNAVAILABLE", "the line is cut")) };
      const connect = async () => ({
        restore: (file: Uint8Array, options: { paused?: boolean } = {}) => there.toolstack.restore(file, options),
        unpause: (domain: string) => there.toolstack.unpause(domain),
        destroy: (domain: string) => there.toolstack.destroy(domain),
        close: async () => {},
        ...failing,
      });
      const { toolstack, hypervisor } = await openFixture(test, { connect });
      const { id } = await toolstack.create(fw);
      await assert.rejects(toolstack.migrate("fw", { url: "x" }), fault("UNAVAILABLE", /the line is cut$/));
      assert.deepEqual(await states(toolstack), { fw: "running" });
      assert.equal(hypervisor.guests.get(id)?.paused, false);
      assert.deepEqual(await states(there.toolstack), {});
    }
  });
});

describe("state that survives", () => {
  it("brings every domain back as it was", async (test) => {
    const stateDirectory = temporaryDirectory(test);
    const { toolstack, hypervisor } = await openFixture(test, { stateDirectory });
    const { id } = await toolstack.create({ ...fw, vifs: [{}] });
    await toolstack.create({ name: "paused", config: "Idle;" }, { paused: true });
    await toolstack.create({ name: "stopped", config: "Idle;" });
    await toolstack.create({ name: "waiting" });
    await toolstack.create({ name: "gone", config: "Idle;" });
    const crashed = await toolstack.create({ name: "crashed", config: "Idle;" });
    await toolstack.stop("stopped");
    await toolstack.destroy("gone");
    hypervisor.stopGuest(crashed.id, { crashed: true, reason: "trap" });
    await happened(toolstack, "crashed");
    await toolstack.swap("fw", { text: "Discard;" });
    const [before] = await toolstack.list();
    await toolstack.close();
    assert.equal(hypervisor.closed, true);

    const again = await openFixture(test, { stateDirectory });
    assert.deepEqual(await states(again.toolstack), {
      fw: "running",
      paused: "paused",
      stopped: "stopped",
      waiting: "stopped",
      crashed: "crashed",
    });
    assert.deepEqual({ ...(await again.toolstack.information("fw")), started: before!.started }, before);
    assert.equal(again.hypervisor.guests.get(id)?.plan.configuration.text, "Discard;");
    assert.equal((await again.toolstack.information("crashed")).reason, "trap");
    const { id: next } = await again.toolstack.create({ name: "next" });
    assert.equal(next, 7);
  });

  it("brings a domain back from its last checkpoint where that was asked for", async (test) => {
    const stateDirectory = temporaryDirectory(test);
    const { toolstack } = await openFixture(test, { stateDirectory });
    await toolstack.create({ ...fw, checkpoint: 3600 });
    await toolstack.create({ name: "other", config: "Idle;" });
    for (const name of ["fw", "other"]) await toolstack.writeHandler(name, "count", "9");
    await toolstack.close();
    const again = await openFixture(test, { stateDirectory });
    assert.equal(await again.toolstack.readHandler("fw", "count"), "9");
    assert.equal(await again.toolstack.readHandler("other", "count"), "0");
    // A checkpoint is of one configuration.
    await again.toolstack.swap("fw", { text: "Discard;" });
    again.hypervisor.failNext("save");
    await again.toolstack.close();
    const third = await openFixture(test, { stateDirectory });
    assert.equal(await third.toolstack.readHandler("fw", "count"), "0");
  });

  it("takes checkpoints by the clock", async (test) => {
    const { toolstack, hypervisor } = await openFixture(test);
    await toolstack.create({ ...fw, checkpoint: 0.02 });
    while (hypervisor.log.filter((each) => each === "save fw").length < 2)
      await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it("keeps a domain that cannot be started now, and tries again the next time", async (test) => {
    const stateDirectory = temporaryDirectory(test);
    const { toolstack } = await openFixture(test, { stateDirectory });
    await toolstack.create(fw);
    await toolstack.close();
    const store = new Store(stateDirectory);
    const [record] = store.domains();
    await store.change((changes) => {
      changes.putDomain({ ...record!, description: { ...record!.description, config: "FAULT" } });
    });
    await store.close();
    const again = await openFixture(test, { stateDirectory });
    const { state, reason } = await again.toolstack.information("fw");
    assert.deepEqual([state, reason], ["crashed", "could not be started: config:1: syntax error near 'FAULT'"]);
    assert.deepEqual(again.notices.length, 1);
    assert.equal((await again.toolstack.start("fw", { text: "Idle;" })).state, "running");
  });

  it("belongs to one toolstack at a time", async (test) => {
    const stateDirectory = temporaryDirectory(test);
    const { toolstack } = await openFixture(test, { stateDirectory });
    await assert.rejects(
      openFixture(test, { stateDirectory }),
      fault("UNAVAILABLE", /another cosmos daemon uses this/),
    );
    await toolstack.close();
    await openFixture(test, { stateDirectory });
  });

  it("is refused with a reason when it is damaged, or of something else", (test) => {
    const directory = temporaryDirectory(test);
    const file = path.join(directory, "cosmos.db");
    writeFileSync(file, "garbage".repeat(1000));
    assert.throws(() => new Store(directory), fault("UNAVAILABLE", /cosmos.db: the file is damaged/));
    assert.throws(
      () => new Store("/dev/null/x"),
      fault("UNAVAILABLE", /^state directory \/dev\/null\/x: Not a directory/),
    );
  });

  it("survives kill -9 at any moment: every domain is there whole, or not at all", async (test) => {
    const stateDirectory = temporaryDirectory(test);
    const program = fileURLToPath(new URL("domains.fixture.ts", import.meta.url));
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, [program, stateDirectory, String(round)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = new Promise((resolve) => child.once("close", resolve));
      let told = "";
      for await (const text of child.stdout.setEncoding("utf8")) {
        told += text;
        // After some acknowledgements, in the midst of what comes next.
        if (told.split("\n").length > 20 + 7 * round) child.kill("SIGKILL");
      }
      await ended;
      const { toolstack } = await openFixture(test, { stateDirectory });
      const names = new Set((await toolstack.list()).map(({ name }) => name));
      const acknowledged = told.split("\n").slice(0, -1);
      const expected = new Map(acknowledged.map((line) => [line.slice(1), line.charAt(0)]));
      const pending = await toolstack.list();
      // What was not acknowledged may have happened or not.
      for (const [name, last] of expected)
        if (last !== "~") assert.equal(names.has(name), last === "+", `round ${round}: ${name}`);
      for (const { state, description } of pending)
        assert.deepEqual([state, description.config, description.vifs?.length], ["running", "Idle;", 1]);
      await toolstack.close();
    }
  });
});

describe("events", () => {
  it("are told from any number on, and end with the toolstack", async (test) => {
    const { toolstack } = await openFixture(test);
    await toolstack.create(fw);
    const [created, started] = await toolstack.recentEvents();
    const followed = toolstack.events(new AbortController().signal, created!.sequence);
    await toolstack.pause("fw");
    await toolstack.close();
    const seen: DomainEvent[] = [];
    for await (const event of followed) seen.push(event);
    assert.deepEqual(
      seen.map(({ event }) => event),
      ["started", "paused"],
    );
    assert.deepEqual(seen[0], started);
  });

  it("are kept a thousand at most", async (test) => {
    const { toolstack } = await openFixture(test);
    await toolstack.create(fw);
    for (let index = 0; index < 300; index++) {
      await toolstack.pause("fw");
      await toolstack.unpause("fw");
      await toolstack.reboot("fw");
      await toolstack.swap("fw", { text: "Idle;" });
    }
    assert.equal((await toolstack.recentEvents()).length, 1000);
  });
});
