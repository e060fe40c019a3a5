/** Images as guests: they do what their configurations do, and whatever somebody has made of one harms nobody. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { ToolstackError } from "../domain/toolstack.ts";
import { SECTION } from "../image/wasm/reader.ts";
import { UNREACHABLE } from "../image/wasm/tree.ts";
import { decodeState, encodeState, PAGE } from "../router/stateFile.ts";
import { TestHypervisor, until } from "./hypervisor.fixture.ts";
import {
  ENDLESS,
  type Image,
  imageOf,
  manifestOf,
  programImage,
  withChanges,
  withManifest,
  withSection,
} from "./image.fixture.ts";

const WIRE =
  "FromDevice(eth0) -> there :: Counter -> Queue -> ToDevice(eth1); FromDevice(1) -> back :: Counter -> ToDevice(0);";
const SINK = "FromDevice(eth0) -> c :: Counter -> Discard;";
const SOURCE =
  "s :: InfiniteSource(LIMIT 1000, LENGTH 100, ACTIVE false) -> EtherEncap(0x0800, 02:00:00:00:00:aa, ff:ff:ff:ff:ff:ff) -> Queue -> ToDevice(eth0);";
const TALKER =
  's :: InfiniteSource(DATA "hello", LIMIT 3, ACTIVE false) -> p :: Print(said) -> c :: Counter -> paint :: Paint(1) -> Discard; i :: RatedSource(RATE 10, ACTIVE false) -> Discard;';

const wireImage = imageOf(WIRE);
const talkerImage = imageOf(TALKER);

describe("an image in a domain", () => {
  const test = new TestHypervisor({ watchdog: 500 });
  const { hypervisor } = test;
  after(() => hypervisor.close());
  const boot = (image: Image, attachments: readonly string[] = [], more = {}): Promise<number> =>
    test.boot("", attachments, { image, ...more });

  it("forwards as its configuration does, through rings of the names and numbers that it has", async () => {
    const wire = await boot(wireImage, ["wire:in", "wire:out"]);
    const source = await test.boot(SOURCE, ["wire:in"]);
    const sink = await test.boot(SINK, ["wire:out"]);
    await hypervisor.writeHandler(source, "s.active", "true");
    await until("all has arrived", async () => (await test.read(sink, "c.count")) === 1000);
    assert.equal(await hypervisor.readHandler(wire, "there.count"), "1000");
    assert.equal(await hypervisor.readHandler(wire, "back.count"), "0");
    const { tier, elements, vifs } = await hypervisor.information(wire);
    assert.deepEqual([tier, elements], ["linked", 7]);
    assert.deepEqual(
      vifs.map(({ received, sent }) => [received.packets, sent.packets]),
      [
        [1000, 0],
        [0, 1000],
      ],
    );
    const statistics = (await hypervisor.statistics()).get(wire);
    assert.equal(statistics?.received.packets, 1000);
    assert.deepEqual(
      statistics?.elements.find(({ name }) => name === "there"),
      { name: "there", class: "Counter", packets: 1000, bytes: 114_000, drops: 0 },
    );
    for (const id of [wire, source, sink]) await hypervisor.destroy(id);
    assert.equal(test.bytesInUse, 0);
  });

  it("has the handlers that its elements serve by themselves", async () => {
    const id = await boot(talkerImage);
    const names = (await hypervisor.handlers(id)).map(({ element, name, flags }) => `${element}.${name} ${flags}`);
    for (const handler of [".list r", ".config r", "c.count r", "c.reset wb", "s.active rwc", "paint.class r."])
      assert.ok(names.includes(handler), `${handler} in ${names}`);
    const read = (name: string): Promise<string> => hypervisor.readHandler(id, name);
    assert.equal(await read("config"), TALKER);
    assert.equal((await read("list")).split("\n")[1], "s");
    assert.equal(await read("paint.class"), "Paint");
    assert.equal(await read("paint.color"), "1");
    await hypervisor.writeHandler(id, "paint.color", " 7 ");
    assert.equal(await read("paint.color"), "7");
    await hypervisor.writeHandler(id, "i.rate", "250");
    assert.equal(await read("i.rate"), "250");
    for (const [name, value, code, message] of [
      ["paint.color", "1000", "INVALID", /expected uint8_t/],
      ["i.rate", "often", "INVALID", /./],
      ["c.count", "7", "NOT_FOUND", /no 'c.count' write handler/],
      ["none.count", "7", "NOT_FOUND", /no element named 'none'/],
      ["count", "7", "NOT_FOUND", /no 'count' write handler/],
    ] as const) {
      const refusal = await test.refusal(hypervisor.writeHandler(id, name, value));
      assert.equal(refusal.code, code, name);
      assert.match(refusal.message, message);
    }
    assert.equal((await test.refusal(read("c.reset"))).code, "NOT_FOUND");
    await hypervisor.destroy(id);
  });

  it("says what its elements print, and stops when its driver does", async () => {
    const id = await boot(talkerImage);
    const before = test.console.length;
    await hypervisor.writeHandler(id, "s.active", "true");
    await until("it has spoken", () => test.console.slice(before).join("").split("\n").length > 3);
    assert.match(test.console.slice(before).join(""), /^said: +5 \| 68656c6c 6f\n/);
    await hypervisor.destroy(id);
    const stopper = await boot(imageOf("InfiniteSource(LIMIT 5, STOP true) -> Discard;"));
    await until("it has stopped", () => test.stops.some((stop) => stop.id === stopper));
    assert.deepEqual(test.stops.at(-1), { id: stopper, crashed: false, reason: "the driver stopped" });
    assert.equal((await test.refusal(hypervisor.readHandler(stopper, "list"))).code, "WRONG_STATE");
    await hypervisor.destroy(stopper);
  });

  it("keeps time: its timers fire from the time of the boot on", async () => {
    const id = await boot(imageOf("TimedSource(0.01, LIMIT 3) -> c :: Counter -> Discard;"));
    await until("three times have passed", async () => (await test.read(id, "c.count")) === 3);
    await hypervisor.destroy(id);
  });

  it("stands still while it is paused", async () => {
    const id = await boot(talkerImage, [], { paused: true });
    await hypervisor.writeHandler(id, "s.active", "true");
    assert.equal(await test.read(id, "c.count"), 0);
    await hypervisor.setPaused(id, false);
    await until("it goes on", async () => (await test.read(id, "c.count")) === 3);
    await hypervisor.destroy(id);
  });

  it("is saved, and goes on in another guest of the same image", async () => {
    const id = await boot(talkerImage);
    await hypervisor.writeHandler(id, "s.active", "true");
    await until("it has worked", async () => (await test.read(id, "c.count")) === 3);
    const state = await hypervisor.save(id);
    await hypervisor.destroy(id);
    const again = await boot(talkerImage, [], { state });
    assert.equal(await test.read(again, "c.count"), 3);
    await hypervisor.writeHandler(again, "s.reset", "");
    await until("it goes on", async () => (await test.read(again, "c.count")) === 6);
    await hypervisor.destroy(again);
    const refusals = [
      boot(
        wireImage,
        ["", ""].map((_, index) => `wire:w${index}`),
        { state },
      ),
      boot(talkerImage, [], { state: state.subarray(0, 100) }),
      test.boot(TALKER, [], { state }),
    ].map((booting) => test.refusal(booting));
    for (const { code } of await Promise.all(refusals)) assert.equal(code, "INVALID");
    assert.equal(test.bytesInUse, 0);
  });

  it("is refused a state that makes no sense", async () => {
    const id = await boot(wireImage, ["wire:in", "wire:out"]);
    const { header } = decodeState(await hypervisor.save(id));
    await hypervisor.destroy(id);
    for (const filling of [0, 1, 0x40, 0xff]) {
      const memory = new Uint8Array(header.pages * PAGE).fill(filling);
      const refusal = await test.refusal(
        boot(wireImage, ["wire:in", "wire:out"], { state: encodeState(header, memory) }),
      );
      assert.equal(refusal.code, "INVALID", refusal.stack);
      assert.equal(test.bytesInUse, 0);
    }
  });

  it("keeps its rings over a restore", async () => {
    const source = await test.boot(SOURCE, ["wire:in"]);
    const sink = await test.boot(SINK, ["wire:out"]);
    const wire = await boot(wireImage, ["wire:in", "wire:out"]);
    await hypervisor.writeHandler(source, "s.active", "true");
    await until("all has arrived", async () => (await test.read(sink, "c.count")) === 1000);
    const state = await hypervisor.save(wire);
    await hypervisor.destroy(wire);
    const restored = await boot(wireImage, ["wire:in", "wire:out"], { state });
    await hypervisor.writeHandler(source, "s.reset", "");
    await until("all has arrived", async () => (await test.read(sink, "c.count")) === 2000);
    assert.equal(await test.read(restored, "there.count"), 2000);
    for (const id of [source, sink, restored]) await hypervisor.destroy(id);
    assert.equal(test.bytesInUse, 0);
  });

  it("shows no packets between its elements, and takes no other configuration", async () => {
    const id = await boot(talkerImage);
    const { signal } = new AbortController();
    for (const call of [
      hypervisor.swap(id, { text: SINK, file: "test.click" }, {}),
      drain(hypervisor.trace(id, { count: 1 }, signal)),
      drain(hypervisor.capture(id, { element: "c", port: 0 }, signal)),
    ]) {
      const refusal = await test.refusal(call);
      assert.equal(refusal.code, "WRONG_STATE");
      assert.match(refusal.message, /the domain runs an image/);
    }
    await hypervisor.destroy(id);
  });

  it("is told which interface it misses", async () => {
    const refusal = await test.refusal(boot(wireImage, ["switch:lan"]));
    assert.equal(refusal.code, "INVALID");
    assert.match(refusal.message, /element 'ToDevice@4' of the image: eth1: No such interface; the domain has eth0/);
    assert.equal(test.bytesInUse, 0);
    assert.deepEqual(await hypervisor.networks(), []);
  });

  it("gets no more memory than its domain may have", async () => {
    const refusal = await test.refusal(boot(wireImage, ["wire:a", "wire:b"], { memoryLimit: 1 << 20 }));
    assert.match(refusal.message, /the image needs \d\.\d MiB of memory, and may have 1\.0/);
  });

  it("that does not come back is ended, also while it boots, and its neighbours go on", async () => {
    const neighbour = await boot(talkerImage);
    const refusal = await test.refusal(boot(programImage({ start: ENDLESS })));
    assert.deepEqual(
      [refusal.code, refusal.message],
      ["INVALID", "the guest failed: it did not come back within 500 ms"],
    );
    const runaway = await boot(programImage({ run: ENDLESS }));
    await hypervisor.writeHandler(neighbour, "s.active", "true");
    await hypervisor.setPaused(runaway, true);
    await hypervisor.setPaused(runaway, false);
    await wake(runaway);
    await until("it is ended", () => test.stops.some(({ id }) => id === runaway));
    assert.match(test.stops.at(-1)?.reason ?? "", /did not come back/);
    await until("the neighbour works", async () => (await test.read(neighbour, "c.count")) === 3);
    for (const id of [neighbour, runaway]) await hypervisor.destroy(id);
    assert.equal(test.bytesInUse, 0);
  });

  it("that crashes is reported with the function in which it did", async () => {
    const id = await boot(programImage({ run: [UNREACHABLE] }));
    await wake(id);
    await until("it has crashed", () => test.stops.some((stop) => stop.id === id));
    assert.deepEqual(test.stops.at(-1), { id, crashed: true, reason: "unreachable, in run" });
    await hypervisor.destroy(id);
  });

  /** Gives a guest a turn. */
  async function wake(id: number): Promise<void> {
    const refusal = await test.refusal(hypervisor.writeHandler(id, "nothing", ""));
    assert.equal(refusal.code, "NOT_FOUND");
    await hypervisor.attachVif(id, { name: "other", mac: "02:00:00:00:00:77" });
  }
});

describe("an image that somebody has changed", () => {
  const test = new TestHypervisor({ watchdog: 1000 });
  const { hypervisor } = test;
  after(() => hypervisor.close());
  const ATTACHMENTS = ["wire:in", "wire:out"];
  const [ring] = manifestOf(wireImage).rings as [Record<string, unknown>];
  const kernel = manifestOf(wireImage).kernel as { address: number; fields: Record<string, number> };

  for (const [what, image, message] of [
    ["none", Uint8Array.from([1, 2, 3]), /no image: not a WebAssembly module/],
    ["cut short", wireImage.slice(0, 2000), /no image: a section is longer than the module/],
    ["another ABI", withChanges(wireImage, { abi: 1 }), /of ABI version 1; this is version 2/],
    ["a manifest that is a number", withManifest(wireImage, 7), /of no known ABI version/],
    ["no elements", withChanges(wireImage, { elements: undefined }), /manifest: .*elements/],
    ["an address that is none", withChanges(wireImage, { textBuffer: -1 }), /textBuffer must be >= 0/],
    ["a name with a line in it", withChanges(wireImage, { elements: [{ name: "a\nb" }] }), /elements\/0/],
    ["less memory than its module", withChanges(wireImage, { memoryPages: 1 }), /cannot be booted: .*memory/],
    ["more memory than there is", withChanges(wireImage, { memoryPages: 65536 }), /needs 4096\.0 MiB of memory/],
    ["a kernel elsewhere", withChanges(wireImage, { kernel: { ...kernel, address: 2 ** 32 - 8 } }), /memory that it/],
    ["a kernel without a console", withChanges(wireImage, { kernel: { ...kernel, fields: { now: 0 } } }), /timerHeap/],
    ["a ring beyond its memory", changedRing({ address: 2 ** 31 }), /there is no ring at 2147483648/],
    ["a ring that is none", changedRing({ address: 64 }), /memory that it does not have|no such ring/],
    ["a larger ring", changedRing({ slots: 128 }), /no such ring for 'ToDevice@4'/],
    ["a ring for an element that is none", changedRing({ element: "no such\u0007" }), /rings\/0\/element/],
    ["a device that is none", changedRing({ device: "\u0000" }), /No such interface/],
    ["one ring twice", withChanges(wireImage, { rings: [ring, ring] }), /two rings of the image lie at the same place/],
    ["a handler without its function", handler({ readMethod: "Counter$nothing" }), /does not export/],
    ["no functions", withSection(wireImage, SECTION.export, [0]), /exports 'run'/],
    ["no code", withSection(wireImage, SECTION.code, undefined), /cannot be booted|no image/],
    [
      "a function of the host's",
      withSection(wireImage, SECTION.import, importOf("env", "steal", 0, [0])),
      /nothing else/,
    ],
    ["no memory", withSection(wireImage, SECTION.import, undefined), /imports a memory/],
    ["a shared memory", withSection(wireImage, SECTION.import, importOf("env", "memory", 2, [3, 1, 1])), /32-bit/],
    ["another memory", withSection(wireImage, SECTION.memory, [1, 0, 1]), /no memory but the one that it imports/],
    ["a table without an end", withSection(wireImage, SECTION.table, [1, 0x70, 0, 1]), /has a maximum/],
    [
      "an endless table",
      withSection(wireImage, SECTION.table, [1, 0x70, 1, 1, 0xff, 0xff, 0xff, 0x7f]),
      /65536 places/,
    ],
    ["a table of objects", withSection(wireImage, SECTION.table, [1, 0x6f, 1, 1, 1]), /holds functions/],
    ["exceptions", withSection(wireImage, 13, [1, 0, 0]), /an image has no section 13/],
    ["structures", withSection(wireImage, SECTION.type, [1, 0x5f, 0]), /no function type/],
  ] as const)
    it(`is refused, with nothing left of it: ${what}`, async () => {
      const refusal = await test.refusal(test.boot("", ATTACHMENTS, { image }));
      assert.equal(refusal.code, "INVALID", refusal.stack);
      assert.match(refusal.message, message);
      assert.equal(test.bytesInUse, 0);
      assert.equal(hypervisor.fabric.guest(0), undefined);
      assert.deepEqual(await hypervisor.networks(), []);
    });

  function changedRing(changes: object): Image {
    return withChanges(wireImage, { rings: [{ ...ring, ...changes }] });
  }

  function handler(changes: object): Image {
    return withChanges(wireImage, { handlers: { Counter: [{ name: "count", flags: "r", ...changes }] } });
  }

  it("has handlers that fail, where they name what is not there", async () => {
    for (const changes of [
      { offset: 0xffff, storage: "u64", type: "u64" },
      { offset: 36, storage: "u64", type: "nonsense" },
      { offset: 36, storage: "u32", type: "Element" },
      { offset: 36, storage: "u32", type: "handler" },
      { offset: 36, storage: "Bytes", type: "string" },
      { readMethod: "run" },
      {},
    ]) {
      const elements = [{ name: "c", class: "Counter", address: 0xffff_fff0, inputs: 1, outputs: 1 }];
      const image = withManifest(wireImage, { ...manifestOf(handler(changes)), elements, rings: [] });
      const booting = test.boot("", [], { image });
      if ("readMethod" in changes) {
        assert.match((await test.refusal(booting)).message, /readMethod/);
        continue;
      }
      const id = await booting;
      const { code } = await test.refusal(hypervisor.readHandler(id, "c.count"));
      assert.ok(code === "INVALID", code);
      await hypervisor.destroy(id);
    }
    assert.equal(test.bytesInUse, 0);
  });

  it("is refused, or harms nobody: any value anywhere in the manifest", async () => {
    const places = placesIn(manifestOf(wireImage));
    await fc.assert(
      fc.asyncProperty(fc.nat(places.length - 1), fc.oneof(NUMBERS, fc.jsonValue()), async (index, value) => {
        const manifest = manifestOf(wireImage);
        put(manifest, places[index]!, value);
        await tryOut(withManifest(wireImage, manifest));
      }),
      { numRuns: 150 },
    );
  });

  it("is refused, or harms nobody: any byte", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(wireImage.length - 1), fc.nat(255), async (at, byte) => {
        const image = wireImage.slice();
        image[at] = byte;
        await tryOut(image);
      }),
      { numRuns: 150 },
    );
  });

  /** Boots an image and asks it for everything. Whatever fails, fails with a reason, and leaves nothing. */
  async function tryOut(image: Image): Promise<void> {
    const plan = test.plan("", ATTACHMENTS, { image });
    try {
      await hypervisor.boot(plan);
    } catch (error) {
      assert.ok(error instanceof ToolstackError && error.code === "INVALID", String(error));
      assert.equal(test.bytesInUse, 0);
      return;
    }
    const refused = (error: unknown) => assert.ok(error instanceof ToolstackError, String(error));
    const handlers = await hypervisor.handlers(plan.id).catch(refused);
    for (const { element, name, flags } of handlers ?? []) {
      const full = element === "" ? name : `${element}.${name}`;
      await hypervisor.readHandler(plan.id, full).catch(refused);
      if (flags.includes("w")) await hypervisor.writeHandler(plan.id, full, "1").catch(refused);
    }
    await hypervisor.statistics();
    await hypervisor.information(plan.id);
    await hypervisor.save(plan.id).catch(refused);
    await hypervisor.destroy(plan.id);
    assert.equal(test.bytesInUse, 0);
  }
});

const NUMBERS = fc.oneof(
  fc.constantFrom(0, 1, 63, 64, 0xffff, 0x10000, 2 ** 31, 2 ** 32 - 64, 2 ** 32 - 1),
  fc.nat(2 ** 31 - 1),
);

type Path = readonly (string | number)[];

/** Where values stand in a JSON value. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key]))].filter(
    ({ length }) => length > 0,
  );
}

function put(root: object, path: Path, value: unknown): void {
  const parent = path.slice(0, -1).reduce<unknown>((node, key) => Reflect.get(node as object, key), root);
  Reflect.set(parent as object, path.at(-1)!, value); // places lie in objects
}

function importOf(module: string, name: string, kind: number, description: readonly number[]): number[] {
  const text = (word: string): number[] => [word.length, ...Buffer.from(word)];
  return [1, ...text(module), ...text(name), kind, ...description];
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}
