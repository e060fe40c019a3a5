/** How long it takes until something runs: processes, configurations, and what a guest occupies. */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { LinkCache } from "../src/image/cache.ts";
import { Linker } from "../src/image/linker.ts";
import type { Library } from "../src/library/library.ts";
import { bootImage } from "../src/machine/bootImage.ts";
import { type Latency, latency } from "../src/report/index.ts";
import type { Driver } from "../src/router/driver.ts";
import { buildImage } from "../src/router/image.ts";
import { describeForLinking } from "../src/router/linkDescription.ts";
import { LinkedTier } from "../src/router/linkedTier.ts";
import { openRouter, replaceConfiguration } from "../src/router/open.ts";
import { epochTime } from "../src/router/realTime.ts";
import { writePcap } from "../src/traffic/index.ts";
import { atMost, type Verdict } from "./claims.ts";
import { configurationText, PATHS } from "./configurations.ts";
import { capture, FLOWS, flowFrames, singleFrame, udpFrame } from "./frames.ts";
import { packageRoot } from "./packageRoot.ts";

/** One figure, with what is claimed of it. `value` is a text when it could not be measured, and says why. */
export interface StartupFigure {
  readonly what: string;
  readonly value: Latency | number | string;
  readonly unit: "ms" | "KiB" | "times";
  readonly limit?: number;
}

const SIZE_UNIT = 1024;
const FRAME = 64;
/** First rounds of anything measured in this process are not counted: the engine is still compiling our own code. */
const WARM_UP = 20;

export interface StartupOptions {
  readonly library: Library;
  readonly directory: string;
  readonly processRuns: number;
  readonly rounds: number;
  /** A real Click, to stand beside. */
  readonly click?: string | undefined;
}

/** Milliseconds that `action` takes. */
async function timed(action: () => Promise<void> | void): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

async function repeat(rounds: number, action: () => Promise<void> | void): Promise<Latency> {
  const times: number[] = [];
  for (let round = -WARM_UP; round < rounds; round++) {
    const time = await timed(action);
    if (round >= 0) times.push(time);
  }
  return latency(times)!; // rounds > 0
}

// ---- Processes ----

/** The smallest configuration with a first packet that one can see from outside. */
function firstPacketConfiguration(): string {
  const frame = Buffer.from(singleFrame(FRAME)).toString("hex");
  return `InfiniteSource(DATA \\<${frame}>, LIMIT 1, STOP true) -> Strip(14) -> CheckIPHeader -> Print(first) -> Discard;\n`;
}

/** Milliseconds from starting a process to its first output, or to its end if it prints nothing. */
function untilOutput(command: readonly string[]): Promise<number> {
  const [program = "", ...words] = command;
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    let first: number | undefined;
    const note = (): void => {
      first ??= performance.now() - start;
    };
    child.stdout.on("data", note);
    child.stderr.on("data", note);
    child.on("error", reject);
    child.on("close", (status) => {
      if (status === 0) resolve(first ?? performance.now() - start);
      else reject(new Error(`${program} ended with status ${status}`));
    });
  });
}

/** The times of several commands, run in turn. */
async function processLatencies(commands: readonly (readonly string[])[], runs: number): Promise<readonly Latency[]> {
  const times = commands.map((): number[] => []);
  for (let run = -1; run < runs; run++) {
    for (const [index, command] of commands.entries()) {
      const time = await untilOutput(command);
      if (run >= 0) times[index]?.push(time); // the first run only fills the page cache
    }
  }
  return times.map((each) => latency(each)!); // runs > 0
}

const COLD_START_LIMIT = 3;

/** A cold `bin/click FILE` beside a Node that does nothing, and a real Click where there is one. */
async function coldStart({ directory, processRuns, click }: StartupOptions): Promise<readonly StartupFigure[]> {
  const file = path.join(directory, "first-packet.click");
  writeFileSync(file, firstPacketConfiguration());
  const commands = [
    [process.execPath, "-e", "0"],
    [path.join(packageRoot(), "bin/click"), file],
    ...(click ? [[click, file]] : []),
  ];
  const [node, own, theirs] = await processLatencies(commands, processRuns);
  if (!node || !own) throw new Error("two commands give two latencies");
  return [
    { what: "node -e 0", value: node, unit: "ms" },
    { what: "bin/click FILE to first packet", value: own, unit: "ms" },
    {
      what: "bin/click FILE to first packet, of node -e 0",
      value: own.p50 / node.p50,
      unit: "times",
      limit: COLD_START_LIMIT,
    },
    ...(theirs ? [{ what: "Click FILE to first packet", value: theirs, unit: "ms" } as const] : []),
  ];
}

// ---- In a warm process ----

function openOptions(library: Library, printMessage: (text: string) => void): Parameters<typeof openRouter>[1] {
  return {
    library,
    parameters: new Map(),
    clickPath: undefined,
    seed: 1n,
    print: () => undefined,
    printMessage,
    allowReconfigure: false,
  };
}

/** From text to a router that is ready to run. @throws Error with the messages */
function open(library: Library, text: string): Driver {
  let messages = "";
  const options = openOptions(library, (message) => {
    messages += message;
  });
  const driver = openRouter({ text: Buffer.from(text), file: "bench" }, options);
  if (!driver) throw new Error(messages);
  return driver;
}

const TEXT_TO_PACKET_LIMIT = 10;

/** From the text of the two-interface router to its first packet, from a source in place of an interface. */
async function textToPacket({ library, rounds }: StartupOptions): Promise<readonly StartupFigure[]> {
  const text = twoInterfaceRouter();
  const value = await repeat(rounds, async () => {
    const driver = open(library, text);
    await driver.run();
    if (Number(driver.router.element("to1")?.get("count")) !== 1) throw new Error("the first packet got lost");
    driver.router.close();
  });
  return [{ what: "configuration text to first packet", value, unit: "ms", limit: TEXT_TO_PACKET_LIMIT }];
}

/** What stands in for the capture files of examples/ip-router.click: one packet comes in, and the first that goes out stops the driver. */
function standIns(): readonly (readonly [text: string, standIn: string])[] {
  const clientToServer = udpFrame(FRAME, {
    source: Uint8Array.of(10, 0, 0, 16),
    destination: Uint8Array.of(192, 0, 2, 16),
    sourcePort: 1234,
  });
  const data = Buffer.from(clientToServer).toString("hex");
  return [
    ["FromDump($IN0, STOP true)", `InfiniteSource(DATA \\<${data}>, LIMIT 1)`],
    ["FromDump($IN1, STOP true)", "Idle"],
    ["ToDump($OUT0, ENCAP ETHER)", "Discard"],
    ["ToDump($OUT1, ENCAP ETHER)", "Counter(COUNT_CALL 1 stop) -> Discard"],
    ["DriverManager(pause, pause, wait 0.02s, stop);", ""],
  ];
}

/** The router of examples/ip-router.click, 2 interfaces and some 50 elements, without files. */
function twoInterfaceRouter(): string {
  const file = "examples/ip-router.click";
  const text = readFileSync(path.join(packageRoot(), file), "utf8");
  return standIns().reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`${file} has no '${from}' any more`);
    return result.replace(from, () => to);
  }, text);
}

const RULES_LIMIT = 2000;

/** A firewall of 1000 rules, from its text to its being ready, tables and all. */
async function thousandRules({ library, processRuns }: StartupOptions): Promise<readonly StartupFigure[]> {
  const firewall = PATHS.find(({ name }) => name === "firewall-1000");
  if (!firewall) throw new Error("there is no firewall-1000 any more");
  const text = configurationText(firewall, FRAME, 1, undefined);
  const times: number[] = [];
  for (let run = 0; run < processRuns; run++) times.push(await timed(() => open(library, text).router.close()));
  return [{ what: "1000 rules compiled", value: latency(times)!, unit: "ms", limit: RULES_LIMIT }]; // processRuns > 0
}

const MEMORY_LIMIT_KIB = 5 * SIZE_UNIT;

/** Memory of the two-interface router's guest, packet buffers included. */
function guestMemory({ library }: StartupOptions): readonly StartupFigure[] {
  const { router } = open(library, twoInterfaceRouter());
  const value = router.world.guest.memory.buffer.byteLength / SIZE_UNIT;
  router.close();
  return [{ what: "memory of the two-interface router", value, unit: "KiB", limit: MEMORY_LIMIT_KIB }];
}

const WARM_LINK_LIMIT = 100;

/** Linking the two-interface router: by a linker that was just started, thread and all, and by one that has worked before. */
async function linkTime({ library, processRuns, rounds }: StartupOptions): Promise<readonly StartupFigure[]> {
  const { router } = open(library, twoInterfaceRouter());
  const description = describeForLinking(router);
  const cold: number[] = [];
  for (let run = 0; run < processRuns; run++) {
    const linker = new Linker(library.body());
    cold.push(await timed(async () => void (await linker.link(description, "awaited"))));
    linker.close();
  }
  const linker = new Linker(library.body());
  const warm = await repeat(Math.ceil(rounds / 4), async () => void (await linker.link(description, "awaited")));
  linker.close();
  router.close();
  return [
    { what: "first link of the two-interface router", value: latency(cold)!, unit: "ms" }, // processRuns > 0
    { what: "warm link of the two-interface router", value: warm, unit: "ms", limit: WARM_LINK_LIMIT },
  ];
}

// ---- Images ----

const IMAGE_BOOT_LIMIT = 1;
const IMAGE_SIZE_LIMIT_KIB = 32;
/** Runs of the guest in which the first packet must have come through, and tasks in each. */
const FIRST_PACKET_RUNS = 20;
const FIRST_PACKET_TASKS = 16;

/** The two-interface router as an image: its size, and how long it takes from the bytes to the first packet. */
async function imageBoot({ library, rounds }: StartupOptions): Promise<readonly StartupFigure[]> {
  const { router } = open(library, twoInterfaceRouter());
  const image = buildImage(router);
  router.close();
  const value = await repeat(rounds, () => {
    const guest = bootImage(image);
    let runs = 0;
    do guest.run(epochTime(), FIRST_PACKET_TASKS);
    while (guest.read("to1.count") !== "1" && runs++ < FIRST_PACKET_RUNS);
    if (runs > FIRST_PACKET_RUNS) throw new Error("the first packet got lost");
  });
  return [
    { what: "linked image to first packet", value, unit: "ms", limit: IMAGE_BOOT_LIMIT },
    {
      what: "image of the two-interface router",
      value: image.length / SIZE_UNIT,
      unit: "KiB",
      limit: IMAGE_SIZE_LIMIT_KIB,
    },
  ];
}

// ---- Hot swap ----

const SWAP_LIMIT = 150;
const SWAP_WAIT_LIMIT = 10_000;

/** A firewall and a NAT under load. @param denied  a port that no packet here has */
function natUnderLoad(file: string, denied: number): string {
  const frame = Buffer.from(singleFrame(FRAME)).toString("hex");
  return `
flows :: FromDump(${file}, TIMING false, END_CALL load.active true) -> Strip(14) -> check :: CheckIPHeader
  -> firewall :: IPFilter(deny udp dst port ${denied}, allow udp, deny all)
  -> nat :: IPRewriter(pattern 1.2.3.4 1024-65535# - - 0 1, MAPPING_CAPACITY 65536);
load :: InfiniteSource(DATA \\<${frame}>, ACTIVE false, BURST 32, TIMESTAMP false) -> Strip(14) -> check;
nat[0] -> d :: Discard; nat[1] -> Discard;
`;
}

/** One rule of a running firewall is changed: until the new rule holds, and until the guest runs linked code again. */
async function hotSwap({ library, directory, processRuns }: StartupOptions): Promise<readonly StartupFigure[]> {
  const file = path.join(directory, "swap-flows.pcap");
  writePcap(file, capture(flowFrames(FRAME, FLOWS), FLOWS));
  const driver = open(library, natUnderLoad(file, 1));
  const tier = new LinkedTier(driver, new LinkCache(path.join(directory, "cache")));
  await tier.start("eager");
  const running = driver.run();
  const flows = (): number => Number(handlerText(driver, "nat.size"));
  try {
    await until(() => flows() >= FLOWS);
    const taken: number[] = [];
    const linked: number[] = [];
    for (let rule = 0; rule < processRuns; rule++) {
      const { router } = driver;
      const start = performance.now();
      replaceConfiguration(
        driver,
        natUnderLoad(file, 2 + rule),
        openOptions(library, () => undefined),
      );
      await until(() => driver.router !== router);
      taken.push(performance.now() - start);
      await until(() => driver.router.world.guest.isReplaced);
      linked.push(performance.now() - start);
      if (flows() < FLOWS) throw new Error(`of ${FLOWS} flows, ${flows()} were kept`);
    }
    return [
      {
        what: "hot swap of a rule, 10,000 flows kept, until it holds",
        value: latency(taken)!,
        unit: "ms",
        limit: SWAP_LIMIT,
      },
      { what: "the same, until the guest is linked again", value: latency(linked)!, unit: "ms" }, // processRuns > 0
    ];
  } finally {
    driver.stop();
    await running;
    tier.close();
    driver.router.close();
  }
}

function handlerText({ router }: Driver, name: string): string {
  const handler = router.findHandler(undefined, name, "read");
  if (typeof handler === "string") throw new Error(handler);
  return handler.read("");
}

/** Waits while the driver works between two looks. @throws Error when it takes too long */
async function until(condition: () => boolean): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > SWAP_WAIT_LIMIT) throw new Error("the guest does not get there");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Everything about start and size. A measurement that fails says why, and the others go on. */
export async function measureStartup(options: StartupOptions): Promise<readonly StartupFigure[]> {
  const measurements = [coldStart, textToPacket, thousandRules, guestMemory, linkTime, imageBoot, hotSwap];
  const figures: StartupFigure[] = [];
  for (const measure of measurements) {
    try {
      figures.push(...(await measure(options)));
    } catch (error) {
      figures.push({ what: measure.name, value: `failed: ${messageOf(error)}`, unit: "ms" });
    }
  }
  return figures;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}

/** Judges the figures of which something is claimed; of a latency, what half of the runs stay below. */
export function judgeStartup(figures: readonly StartupFigure[]): readonly Verdict[] {
  return figures.flatMap(({ what, value, unit, limit }) =>
    limit === undefined ? [] : [atMost(what, typeof value === "object" ? value.p50 : value, limit, unit)],
  );
}
