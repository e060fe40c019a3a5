import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ToolstackError } from "../domain/toolstack.ts";
import { Random } from "../traffic/random.ts";
import { TestHypervisor, until, vif } from "./hypervisor.fixture.ts";
import type { LocalHypervisor } from "./localHypervisor.ts";

const SINK = "FromDevice(eth0) -> c :: Counter -> Discard;";

/** Sends so many frames as soon as `s.active` is set. */
function source(frames: number, device = "eth0"): string {
  const ether = "EtherEncap(0x0800, 02:00:00:00:00:aa, ff:ff:ff:ff:ff:ff)";
  return `s :: InfiniteSource(LIMIT ${frames}, LENGTH 100, ACTIVE false) -> ${ether} -> Queue -> ToDevice(${device});`;
}

describe("a guest that cannot boot", () => {
  let test: TestHypervisor;
  let hypervisor: LocalHypervisor;
  before(() => {
    test = new TestHypervisor();
    hypervisor = test.hypervisor;
  });
  after(() => hypervisor.close());

  for (const [why, text, attachments, more, code, message] of [
    ["has a fault", "Foo;", ["switch:lan", "wire:w"], {}, "INVALID", /undeclared element 'Foo'/],
    [
      "asks for an interface that it has not",
      "FromDevice(eth7) -> Discard;",
      ["switch:lan"],
      {},
      "INVALID",
      /eth7: No such interface; the domain has eth0/,
    ],
    [
      "has two interfaces, of which one cannot be attached",
      SINK,
      ["switch:lan", "packet:nothing"],
      {},
      "UNAVAILABLE",
      /there is no interface 'nothing'/,
    ],
    ["has limits, and cannot be attached", SINK, ["packet:nothing"], { packetRate: 10 }, "UNAVAILABLE", /nothing/],
    ["needs more memory than it may take", SINK, ["switch:lan"], { memoryLimit: 1 << 20 }, "INVALID", /./],
    ["has a state that is none", SINK, ["switch:lan"], { state: Buffer.from("nonsense") }, "INVALID", /./],
  ] as const)
    it(`because it ${why} leaves nothing behind`, async () => {
      const plan = test.plan(text, attachments, more);
      const refusal = await test.refusal(hypervisor.boot(plan));
      assert.equal(refusal.code, code);
      assert.match(refusal.message, message);
      assert.equal(test.bytesInUse, 0);
      assert.equal(hypervisor.fabric.guest(0), undefined);
      assert.deepEqual(await hypervisor.networks(), []);
      assert.equal((await test.refusal(hypervisor.information(plan.id))).code, "NOT_FOUND");
    });

  it("because its wire has two ends already leaves that wire as it was", async () => {
    const ends = [await test.boot(SINK, ["wire:w"]), await test.boot(source(10), ["wire:w"])];
    const [networks, bytes] = [await hypervisor.networks(), test.bytesInUse];
    const refusal = await test.refusal(test.boot(SINK, ["switch:lan", "wire:w"]));
    assert.match(refusal.message, /wire:w: a wire has two ends, and both are taken/);
    assert.deepEqual(await hypervisor.networks(), networks);
    assert.equal(test.bytesInUse, bytes);
    await hypervisor.writeHandler(ends[1] ?? 0, "s.active", "true");
    await until("the frames arrive", async () => (await test.read(ends[0] ?? 0, "c.count")) === 10);
    for (const id of ends) await hypervisor.destroy(id);
    assert.equal(test.bytesInUse, 0);
  });
});

describe("guests of a hypervisor", () => {
  let test: TestHypervisor;
  let hypervisor: LocalHypervisor;
  before(() => {
    test = new TestHypervisor({ watchdog: 300 });
    hypervisor = test.hypervisor;
  });
  after(() => hypervisor.close());

  it("come and go hundreds of times in the same room", async () => {
    for (let round = 0; round < 30; round++) {
      const ids: number[] = [];
      for (let guest = 0; guest < 10; guest++)
        ids.push(await test.boot(SINK, ["switch:lan", `wire:w${guest >> 1}`], { packetRate: guest }));
      for (const id of ids) await hypervisor.destroy(id);
      assert.equal(test.bytesInUse, 0);
      assert.deepEqual(await hypervisor.networks(), []);
      assert.equal(hypervisor.fabric.guest(10), undefined);
    }
  });

  it("get and lose interfaces under traffic", async () => {
    const sink = await test.boot(SINK, ["switch:lan"]);
    const bytes = test.bytesInUse;
    const sender = await test.boot(source(20_000), ["switch:lan"]);
    await hypervisor.writeHandler(sender, "s.active", "true");
    for (let round = 0; round < 20; round++) {
      const { vifs } = await hypervisor.attachVif(sink, vif(sink, 1, "switch:lan"));
      assert.deepEqual(
        vifs.map(({ name }) => name),
        ["eth0", "eth1"],
      );
      await new Promise((resolve) => setImmediate(resolve));
      await hypervisor.detachVif(sink, 1);
    }
    await until("all has arrived", async () => (await test.read(sink, "c.count")) === 20_000);
    await hypervisor.destroy(sender);
    assert.equal(test.bytesInUse, bytes);
    await hypervisor.destroy(sink);
    assert.equal(test.bytesInUse, 0);
  });

  it("refuse a second interface of the same name, and one that cannot be attached, and are as before", async () => {
    const id = await test.boot(SINK, ["switch:lan"]);
    const [information, bytes] = [await hypervisor.information(id), test.bytesInUse];
    assert.equal((await test.refusal(hypervisor.attachVif(id, vif(id, 0, "switch:lan")))).code, "EXISTS");
    assert.equal((await test.refusal(hypervisor.attachVif(id, vif(id, 1, "packet:nothing")))).code, "UNAVAILABLE");
    assert.equal((await test.refusal(hypervisor.detachVif(id, 5))).code, "NOT_FOUND");
    assert.deepEqual(await hypervisor.information(id), information);
    assert.equal(test.bytesInUse, bytes);
    await hypervisor.destroy(id);
  });

  it("take another configuration that uses other interfaces", async () => {
    const sender = await test.boot(`${source(100)} ${source(100, "eth1").replace("s ::", "t ::")}`, [
      "wire:one",
      "wire:two",
    ]);
    const id = await test.boot(SINK, ["wire:one", "wire:two"]);
    const bytes = test.bytesInUse;
    await hypervisor.writeHandler(sender, "s.active", "true");
    await until("the first wire's frames arrive", async () => (await test.read(id, "c.count")) === 100);
    await hypervisor.swap(id, { text: "FromDevice(eth1) -> d :: Counter -> Discard;", file: "other.click" }, {});
    await hypervisor.writeHandler(sender, "t.active", "true");
    await until("the second wire's frames arrive", async () => (await test.read(id, "d.count")) === 100);
    const refusal = await test.refusal(
      hypervisor.swap(id, { text: "FromDevice(eth5) -> Discard;", file: "bad.click" }, {}),
    );
    assert.match(refusal.message, /eth5: No such interface/);
    assert.equal(await test.read(id, "d.count"), 100);
    await hypervisor.swap(id, { text: SINK, file: "test.click" }, {});
    assert.equal(test.bytesInUse, bytes);
    for (const each of [sender, id]) await hypervisor.destroy(each);
    assert.equal(test.bytesInUse, 0);
  });

  it("crash alone: the others lose nothing, and what is left of it can be destroyed", async () => {
    const sink = await test.boot(SINK, ["switch:lan"]);
    const bytes = test.bytesInUse;
    const sender = await test.boot(source(50_000), ["switch:lan"]);
    const bad = await test.boot(SINK, ["switch:lan"]);
    await hypervisor.writeHandler(sender, "s.active", "true");
    memoryOf(hypervisor, 2).fill(0xff);
    await until("it has crashed", () => test.stops.some(({ id }) => id === bad));
    const [stop] = test.stops;
    assert.ok(stop?.crashed);
    assert.match(stop.reason, /out of bounds/);
    await until("all has arrived", async () => (await test.read(sink, "c.count")) === 50_000);
    assert.equal((await test.refusal(hypervisor.readHandler(bad, "c.count"))).code, "WRONG_STATE");
    for (const id of [bad, sender]) await hypervisor.destroy(id);
    assert.equal(test.bytesInUse, bytes);
    await hypervisor.destroy(sink);
  });

  it("harm nobody with whatever stands in their memories", async () => {
    const sink = await test.boot(SINK, ["switch:lan"]);
    const bytes = test.bytesInUse;
    const random = new Random(1);
    for (let round = 0; round < 40; round++) {
      const sender = await test.boot(source(1000), ["switch:lan"]);
      const bad = await test.boot(`${source(1000)} ${SINK}`, ["switch:lan"]);
      // More and more garbage, from single bytes up to whole pages.
      for (let piece = 0; piece < 20; piece++) scribble(memoryOf(hypervisor, 2), 2 ** (round / 2), random);
      await hypervisor.writeHandler(sender, "s.active", "true");
      for (const work of [
        () => hypervisor.writeHandler(bad, "s.active", "true"),
        () => hypervisor.handlers(bad),
        () => hypervisor.readHandler(bad, "c.count"),
        () => hypervisor.swap(bad, { text: SINK, file: "other.click" }, {}),
      ])
        await work().catch((error: unknown) => assert.ok(error instanceof ToolstackError, String(error)));
      await hypervisor.statistics();
      await hypervisor.information(bad);
      await until("all has arrived", async () => (await test.read(sink, "c.count")) >= 1000);
      await hypervisor.writeHandler(sink, "c.reset_counts", "");
      for (const id of [bad, sender]) await hypervisor.destroy(id);
      assert.equal(test.bytesInUse, bytes);
    }
    await hypervisor.destroy(sink);
  });

  it("stop when their driver does, and say so", async () => {
    const id = await test.boot("s :: InfiniteSource(LIMIT 5, STOP true) -> Discard;", []);
    await until("it has stopped", () => test.stops.some((stop) => stop.id === id));
    assert.equal(test.stops.find((stop) => stop.id === id)?.crashed, false);
    await hypervisor.destroy(id);
  });

  it("get nothing while they are paused, and go on then", async () => {
    const sink = await test.boot(SINK, ["switch:lan"], { paused: true });
    const sender = await test.boot(source(100), ["switch:lan"]);
    await hypervisor.writeHandler(sender, "s.active", "true");
    const received = async () => (await hypervisor.information(sink)).vifs[0]?.received;
    await until("all is lost", async () => (await received())?.drops["receiver down"] === 100);
    await hypervisor.setPaused(sink, false);
    await hypervisor.writeHandler(sender, "s.reset", "");
    await until("all arrives", async () => (await test.read(sink, "c.count")) === 100);
    for (const each of [sender, sink]) await hypervisor.destroy(each);
  });
});

/** @param number  the fabric's: the place among the guests that there are */
function memoryOf({ fabric }: LocalHypervisor, number: number): Uint8Array {
  const guest = fabric.guest(number);
  assert.ok(guest);
  return new Uint8Array(guest.memory.buffer);
}

/** Writes so many random bytes to a random place. */
function scribble(memory: Uint8Array, count: number, random: Random): void {
  const start = random.below(memory.length);
  const end = Math.min(start + count, memory.length);
  for (let at = start; at < end; at++) memory[at] = random.below(256);
}
