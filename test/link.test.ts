/** Linked code: it does what dynamic dispatch does, on the same memory, and comes and goes without a trace. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { runImageCommand } from "../src/bin/imageCommand.ts";
import { LinkCache } from "../src/image/cache.ts";
import { inspectImage } from "../src/image/inspect.ts";
import { linkModule } from "../src/image/linkedModule.ts";
import { ImageError } from "../src/image/manifest.ts";
import { readManifest } from "../src/image/readManifest.ts";
import { decodeModule } from "../src/image/wasm/decode.ts";
import { RUN_PENDING } from "../src/library/guestAbi.ts";
import { HandlerError } from "../src/library/hostHalf.ts";
import { loadLibrary } from "../src/library/library.ts";
import { bootImage } from "../src/machine/bootImage.ts";
import { GuestTrap } from "../src/machine/guest.ts";
import type { Driver } from "../src/router/driver.ts";
import { buildImage, hostBound } from "../src/router/image.ts";
import { describeForLinking } from "../src/router/linkDescription.ts";
import { LinkedTier } from "../src/router/linkedTier.ts";
import { openRouter, replaceConfiguration } from "../src/router/open.ts";

const library = loadLibrary();
const decoded = decodeModule(library.body());
const directory = mkdtempSync(path.join(tmpdir(), "clickos-link-"));
after(() => rmSync(directory, { recursive: true }));

/** An Ethernet frame, hexadecimal: UDP from 10.0.0.1 port 1234 to 192.168.1.5 port 53. */
function frame(ttl: number): string {
  const ip = Buffer.from("4500002e00010000401100000a000001c0a80105", "hex");
  ip[8] = ttl;
  let sum = 0;
  for (let at = 0; at < ip.length; at += 2) sum += ip.readUInt16BE(at);
  ip.writeUInt16BE(~((sum & 0xffff) + (sum >> 16)) & 0xffff, 10);
  return `0000c0ca68ef0050ba8584a90800${ip.toString("hex")}04d20035001a0000${"00".repeat(18)}`;
}

interface Opened {
  readonly driver: Driver;
  readonly output: string[];
  readonly options: Parameters<typeof openRouter>[1];
}

function open(configuration: string): Opened {
  const output: string[] = [];
  const options = {
    library,
    parameters: new Map<string, string>(),
    clickPath: undefined,
    simulatedStart: 1_000_000_000_000_000_000n,
    seed: 42n,
    print: (text: string) => output.push(text),
    printMessage: (text: string) => output.push(text),
    allowReconfigure: true,
  };
  const driver = openRouter({ text: Buffer.from(configuration), file: "config" }, options);
  assert.ok(driver, output.join(""));
  return { driver, output, options };
}

function link({ driver }: Opened): void {
  const code = linkModule(decoded, describeForLinking(driver.router));
  driver.router.world.guest.replaceCode(new WebAssembly.Module(code));
  driver.codeReplaced();
}

/** The values of all read handlers that need no parameter. */
function values({ driver: { router } }: Opened): Record<string, string> {
  const found: Record<string, string> = {};
  for (const element of router.elements) {
    const list = router.handler(element, "handlers")?.read("") ?? "";
    for (const [name = "", flags = ""] of list.split("\n").map((line) => line.split("\t"))) {
      if (!flags.includes("r") || flags.includes("+")) continue;
      found[`${element.name}.${name}`] = attempt(() => router.handler(element, name)?.read("") ?? "");
    }
  }
  return found;
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof HandlerError) return `error: ${error.message}`;
    throw error;
  }
}

function read({ driver: { router } }: Opened, name: string): string {
  const handler = router.findHandler(undefined, name, "read");
  assert.ok(typeof handler !== "string", String(handler));
  return handler.read("").trim();
}

function write({ driver: { router } }: Opened, name: string, text: string): void {
  const handler = router.findHandler(undefined, name, "write");
  assert.ok(typeof handler !== "string", String(handler));
  handler.write(text);
}

/** Runs in both tiers and compares everything that can be seen from outside. */
async function runsAlike(
  configuration: string,
  meanwhile: (opened: Opened) => void = () => undefined,
): Promise<Opened> {
  const dynamic = open(configuration);
  meanwhile(dynamic);
  await dynamic.driver.run();
  const linked = open(configuration);
  link(linked);
  meanwhile(linked);
  await linked.driver.run();
  assert.ok(linked.driver.router.world.guest.isReplaced);
  assert.deepEqual(values(linked), values(dynamic));
  assert.deepEqual(linked.output, dynamic.output);
  return linked;
}

const SOURCE = `InfiniteSource(DATA \\<${frame(64)}>, LIMIT 500, BURST 7, STOP true)`;

/** ICMP errors about expired packets go back into the routing table and out again. */
const ROUTER = `
s :: InfiniteSource(DATA \\<${frame(1)}>, LIMIT 50, BURST 3, STOP true);
rt :: RadixIPLookup(18.26.4.24/32 0, 10.0.0.0/8 1, 0.0.0.0/0 2);
s -> Strip(14) -> CheckIPHeader -> GetIPAddress(16) -> rt;
rt[0] -> host :: Discard;
rt[1] -> back :: Counter -> q :: Queue(10) -> u :: Unqueue(BURST 4) -> Print(ICMP, TIMESTAMP true, LENGTH 24) -> d :: Discard;
rt[2] -> DropBroadcasts -> dt :: DecIPTTL -> out :: Counter -> Discard;
dt[1] -> icmp :: ICMPError(18.26.4.24, timeexceeded) -> rt;
`;

describe("linked code", () => {
  it("moves packets along a push path", async () => {
    await runsAlike(`${SOURCE} -> Strip(14) -> c :: Counter -> CheckIPHeader -> Discard`);
  });

  it("moves packets through queues, tasks and pull paths", async () => {
    await runsAlike(`
      s :: ${SOURCE} -> t :: Tee(3);
      t[0] -> a :: Queue(20) -> ac :: Counter -> [0] sched :: RoundRobinSched;
      t[1] -> b :: Queue(5) -> [1] sched;
      sched -> u :: Unqueue(BURST 3) -> d :: Discard;
      t[2] -> Queue(50) -> Shaper(1000) -> e :: Discard;`);
  });

  it("fires timers at the same times", async () => {
    await runsAlike(`
      RatedSource(RATE 100, LIMIT 30, STOP true) -> Queue -> DelayUnqueue(0.05) -> Print(TIMESTAMP true) -> Discard;
      TimedSource(0.07) -> Print(TIMESTAMP true) -> Discard;`);
  });

  it("goes round loops, and prints what passes", async () => {
    const linked = await runsAlike(ROUTER);
    assert.equal(read(linked, "back.count"), "50");
    assert.equal(read(linked, "out.count"), "0");
  });

  it("follows a port that is chosen while it runs", async () => {
    const configuration = `s :: ${SOURCE} -> sw :: Switch(1); sw[0] -> a :: Counter -> Discard; sw[1] -> b :: Counter -> Discard; sw[2] -> c :: Counter -> Discard;`;
    const linked = await runsAlike(configuration, (opened) => write(opened, "sw.switch", "2"));
    assert.equal(read(linked, "c.count"), "500");
  });

  it("decides by rules, and jumps to the output that they name", async () => {
    const linked = await runsAlike(`
      s :: ${SOURCE} -> c :: Classifier(12/0806, 12/0800, -);
      c[0] -> arp :: Counter -> Discard; c[2] -> other :: Counter -> Discard;
      c[1] -> ip :: Counter -> Strip(14) -> CheckIPHeader -> f :: IPFilter(deny tcp, 1 dst port 53 and src net 10.0.0.0/8, allow all);
      f[0] -> allowed :: Counter -> Discard; f[1] -> dns :: Counter -> Discard;`);
    assert.equal(read(linked, "dns.count"), "500");
  });

  it("serves write handlers that move packets", async () => {
    const linked = await runsAlike(
      `s :: ${SOURCE} -> q :: SimpleQueue(30); q[1] -> lost :: Counter -> Discard; q -> Idle;`,
    );
    write(linked, "q.reset", "");
    assert.equal(read(linked, "lost.count"), "500");
    assert.equal(read(linked, "q.length"), "0");
  });

  it("gives the same bytes for the same configuration", () => {
    const [one, two] = [open(ROUTER), open(ROUTER)];
    const code = (opened: Opened): Uint8Array => linkModule(decoded, describeForLinking(opened.driver.router));
    assert.deepEqual(code(one), code(two));
  });

  it("imports the memory only", () => {
    const module = new WebAssembly.Module(linkModule(decoded, describeForLinking(open(ROUTER).driver.router)));
    assert.deepEqual(
      WebAssembly.Module.imports(module).map((each) => `${each.module}.${each.name}`),
      ["env.memory"],
    );
  });

  it("links every element of the library", () => {
    for (const each of Object.values(library.catalogue.classes)) {
      const elements = [{ name: "e", className: each.name, address: 4096, usesTask: true }];
      const description = {
        elements,
        edges: [],
        methods: { [each.name]: each.methods.filter((method) => !["route", "push", "pull"].includes(method)) },
        constants: [],
        patterns: [],
        idOffset: 16,
        counters: undefined,
      };
      assert.ok(WebAssembly.validate(linkModule(decoded, description)), each.name);
    }
  });
});

describe("code linked for profiling", () => {
  it("counts the packets of each element, pushed and pulled, and keeps functions apart by name", async () => {
    const opened = open(`s :: ${SOURCE} -> n :: Null -> q :: SimpleQueue(1000) -> m :: Null -> d :: Discard;`);
    const { driver } = opened;
    const { world, elements } = driver.router;
    const counters = world.allocate(world, elements.length * 8);
    const code = linkModule(decoded, describeForLinking(driver.router, counters));
    world.guest.replaceCode(new WebAssembly.Module(code));
    driver.codeReplaced();
    await driver.run();
    const moved = Number(read(opened, "d.count"));
    assert.ok(moved > 0);
    const count = (name: string): number =>
      Number(world.guest.view.getBigUint64(counters + (driver.router.element(name)?.index ?? 0) * 8, true));
    assert.equal(count("n"), 500);
    assert.equal(count("m"), moved);
    assert.equal(count("q"), 500 + moved);
    assert.ok(Buffer.from(code).includes("n/push") && Buffer.from(code).includes("q/pull"));
  });
});

describe("a guest that changes its code", () => {
  it("keeps all that it knows, both ways", async () => {
    const opened = open(
      `s :: InfiniteSource(DATA abcdef, LIMIT 1000, BURST 10) -> c :: Counter -> q :: Queue(2000) -> Idle;`,
    );
    const { driver } = opened;
    const guest = driver.router.world.guest;
    const now = 1_000_000_000_000_000_000n;
    guest.call("run", now, 10);
    assert.equal(read(opened, "c.count"), "100");
    link(opened);
    guest.call("run", now, 20);
    assert.equal(read(opened, "c.count"), "300");
    guest.restoreCode();
    driver.codeReplaced();
    guest.call("run", now, 30);
    assert.equal(read(opened, "c.count"), "600");
    link(opened);
    guest.call("run", now, 100);
    assert.equal(read(opened, "q.length"), "1000");
    assert.equal(read(opened, "q.drops"), "0");
  });

  it("goes back to dynamic dispatch when a constant changes, and is linked anew", async () => {
    const opened = open(`InfiniteSource(DATA abcdef, LIMIT 10) -> s :: Strip(1) -> c :: Counter -> Discard;`);
    const { driver } = opened;
    const guest = driver.router.world.guest;
    const tier = new LinkedTier(driver, new LinkCache(path.join(directory, "constants")));
    await tier.start("eager");
    assert.ok(guest.isReplaced);
    const before = describeForLinking(driver.router);
    driver.router.element("s")?.set("count", 2);
    assert.ok(!guest.isReplaced);
    assert.notDeepEqual(describeForLinking(driver.router).constants, before.constants);
    await tier.start("eager");
    assert.ok(guest.isReplaced);
    guest.call("run", 1_000_000_000_000_000_000n, 100);
    assert.equal(read(opened, "c.byte_count"), "40");
    tier.close();
  });

  it("is linked again after a hot swap, and keeps its counts", async () => {
    const before = `s :: InfiniteSource(DATA abcdef, LIMIT 100) -> c :: Counter -> Discard;`;
    const opened = open(before);
    const { driver } = opened;
    const tier = new LinkedTier(driver, new LinkCache(path.join(directory, "swap")));
    await tier.start("eager");
    driver.router.world.guest.call("run", 1_000_000_000_000_000_000n, 40);
    replaceConfiguration(
      driver,
      before.replace("-> Discard", "-> n :: Null -> n2 :: Counter -> Discard; DriverManager(wait 1s, stop)"),
      opened.options,
    );
    await driver.run();
    assert.equal(read(opened, "c.count"), "100");
    assert.equal(read(opened, "n2.count"), "60");
    tier.close();
  });

  it("reports a fault with the elements that were at work, innermost first", async () => {
    const opened = open(`s :: ${SOURCE} -> c :: Counter -> q :: SimpleQueue(10) -> Idle;`);
    link(opened);
    opened.driver.router.element("q")?.set("ring", 0xffff_fff0);
    await assert.rejects(opened.driver.run(), (error: unknown) => {
      assert.ok(error instanceof GuestTrap);
      assert.match(error.message, /out of bounds/);
      assert.deepEqual(error.frames.slice(0, 3), ["q/push", "c/push", "s/runTask"]);
      return true;
    });
  });
});

describe("the cache of linked code", () => {
  it("gives linked code at once to the second start of a configuration", async () => {
    const cache = new LinkCache(path.join(directory, "second"));
    const first = new LinkedTier(open(ROUTER).driver, cache);
    await first.start("eager");
    first.close();
    const second = open(ROUTER);
    const tier = new LinkedTier(second.driver, cache);
    await tier.start("background");
    assert.ok(second.driver.router.world.guest.isReplaced);
    await second.driver.run();
    assert.equal(read(second, "back.count"), "50");
    tier.close();
  });

  it("ignores entries that are damaged or cut short", async () => {
    const folder = path.join(directory, "damaged");
    const first = new LinkedTier(open(ROUTER).driver, new LinkCache(folder));
    await first.start("eager");
    first.close();
    const [file = ""] = readdirSync(folder);
    const whole = readFileSync(path.join(folder, file));
    for (const damaged of [whole.subarray(0, 100), Buffer.alloc(0), Buffer.from(whole).fill(7, 200, 300)]) {
      writeFileSync(path.join(folder, file), damaged);
      const opened = open(ROUTER);
      const tier = new LinkedTier(opened.driver, new LinkCache(folder));
      await tier.start("background");
      assert.ok(!opened.driver.router.world.guest.isReplaced);
      await tier.start("eager");
      assert.ok(opened.driver.router.world.guest.isReplaced);
      assert.deepEqual(readFileSync(path.join(folder, file)), whole);
      tier.close();
    }
  });

  it("works without a place to keep anything", async () => {
    const opened = open(ROUTER);
    const tier = new LinkedTier(opened.driver, new LinkCache("/dev/null/nowhere"));
    await tier.start("eager");
    assert.ok(opened.driver.router.world.guest.isReplaced);
    tier.close();
  });
});

describe("an image", () => {
  it("is the same, bit by bit, whenever it is made", () => {
    assert.deepEqual(buildImage(open(ROUTER).driver.router), buildImage(open(ROUTER).driver.router));
  });

  it("runs by itself, as the configuration does", async () => {
    const opened = open(ROUTER);
    const image = bootImage(buildImage(opened.driver.router));
    await opened.driver.run();
    for (let now = 1_000_000_000_000_000_000n; (image.run(now, 1024) & RUN_PENDING) !== 0; now += 1000n);
    for (const name of ["back.count", "host.count", "d.count", "q.drops", "rt.table"])
      assert.equal(image.read(name).trim(), read(opened, name), name);
  });

  it("starts with tables that it has no bytes for", () => {
    const opened = open(ROUTER);
    const image = bootImage(buildImage(opened.driver.router));
    assert.equal(image.read("rt.table"), driverValue(opened, "rt.table"));
  });

  it("is explained: elements, sizes, imports, exports", () => {
    const bytes = buildImage(open(ROUTER).driver.router);
    const { elements, imports, exports, codeBytes, sharedCodeBytes, dataBytes, manifest } = inspectImage(bytes);
    assert.deepEqual(imports, ["env.memory"]);
    assert.ok(exports.includes("run") && exports.includes("nextExpiry"));
    assert.deepEqual(elements.map(({ class: className }) => className).slice(0, 4), [
      "InfiniteSource",
      "RadixIPLookup",
      "Strip",
      "CheckIPHeader",
    ]);
    assert.equal(
      elements.reduce((sum, each) => sum + each.codeBytes, sharedCodeBytes),
      codeBytes,
    );
    assert.ok(elements.every((each) => each.codeBytes >= 0) && dataBytes > 0);
    assert.equal(manifest.configuration, ROUTER);
  });

  it("cannot act on the host: elements that would are named", () => {
    const opened = open("s :: Script(TYPE PASSIVE, stop); Idle -> c :: Counter(COUNT_CALL 5 s.run) -> d :: Discard;");
    assert.deepEqual(
      hostBound(opened.driver.router).map(({ name }) => name),
      ["s", "c"],
    );
  });

  it("is refused when it is none", () => {
    const bytes = buildImage(open(ROUTER).driver.router);
    for (const wrong of [
      new Uint8Array(0),
      Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
      bytes.subarray(0, bytes.length / 2),
      bytes.subarray(0, bytes.length - 3000),
      new Uint8Array(linkModule(decoded, describeForLinking(open(ROUTER).driver.router))),
    ]) {
      assert.throws(() => readManifest(wrong), ImageError);
    }
  });
});

describe("clickos-image", () => {
  const click = path.join(directory, "router.click");
  const image = (name: string): string => path.join(directory, name);

  it("builds the same image from the same configuration and parameters, whenever it is asked", async () => {
    writeFileSync(click, `define($N 5); s :: InfiniteSource(LIMIT $N) -> TimedUnqueue(1) -> c :: Counter -> Discard;`);
    for (const name of ["one", "two"])
      assert.equal(await runImageCommand(["build", click, "-o", image(name), "N=7"]), 0);
    assert.deepEqual(readFileSync(image("one")), readFileSync(image("two")));
    const booted = bootImage(new Uint8Array(readFileSync(image("one"))));
    const now = 1_800_000_000_000_000_000n;
    booted.setClock(now);
    for (let second = 0n; second < 10n; second++) booted.run(now + second * 1_000_000_000n, 100);
    assert.equal(booted.read("c.count"), "7");
    assert.throws(() => booted.read("c.nothing"), /no 'c.nothing' read handler/);
  });

  it("fails with a status when the configuration or the image is at fault", async () => {
    writeFileSync(click, "Nonsense -> Discard;");
    assert.equal(await runImageCommand(["build", click, "-o", image("none")]), 1);
    assert.equal(await runImageCommand(["inspect", click]), 1);
    assert.equal(await runImageCommand(["inspect", image("missing")]), 1);
    assert.ok(!readdirSync(directory).includes("none"));
  });
});

function driverValue({ driver: { router } }: Opened, name: string): string {
  const handler = router.findHandler(undefined, name, "read");
  assert.ok(typeof handler !== "string");
  return handler.read("");
}
