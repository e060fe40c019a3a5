/** How long it takes until something runs: processes, configurations, and what a guest occupies. */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Diagnostics } from "../src/language/index.ts";
import type { Library } from "../src/library/library.ts";
import { type Latency, latency } from "../src/report/index.ts";
import { Driver } from "../src/router/driver.ts";
import { loadConfiguration } from "../src/router/load.ts";
import { Router } from "../src/router/router.ts";
import { atMost, type Verdict } from "./claims.ts";
import { singleFrame, udpFrame } from "./frames.ts";
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
export async function coldStart({ directory, processRuns, click }: StartupOptions): Promise<readonly StartupFigure[]> {
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

function quietOptions(diagnostics: Diagnostics, source: string): Parameters<typeof Router.build>[3] {
  return { seed: 1n, diagnostics, print: () => undefined, printMessage: () => undefined, source };
}

/** From text to a router that is ready to run. @throws Error with the messages */
export async function buildRouter(
  library: Library,
  text: string,
  parameters = new Map<string, string>(),
): Promise<Router> {
  const diagnostics = new Diagnostics();
  const loaded = loadConfiguration(text, "bench", { library, parameters, clickPath: undefined, diagnostics });
  const router =
    loaded.ok &&
    (await Router.build(library, loaded.checked.configuration, loaded.checked.ports, quietOptions(diagnostics, text)));
  if (!router) throw new Error(diagnostics.lines.join("\n"));
  return router;
}

const TEXT_TO_PACKET_LIMIT = 10;

/** From the text of the two-interface router to its first packet, from a source in place of an interface. */
export async function textToPacket({ library, rounds }: StartupOptions): Promise<readonly StartupFigure[]> {
  const text = twoInterfaceRouter();
  const value = await repeat(rounds, async () => {
    const router = await buildRouter(library, text);
    await new Driver(router).run();
    if (router.element("to1")?.get("count") !== 1n) throw new Error("the first packet got lost");
    router.close();
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
export function twoInterfaceRouter(): string {
  const file = "examples/ip-router.click";
  const text = readFileSync(path.join(packageRoot(), file), "utf8");
  return standIns().reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`${file} has no '${from}' any more`);
    return result.replace(from, () => to);
  }, text);
}

const MEMORY_LIMIT_KIB = 5 * SIZE_UNIT;

/** Memory of the two-interface router's guest, packet buffers included. */
export async function guestMemory({ library }: StartupOptions): Promise<readonly StartupFigure[]> {
  const router = await buildRouter(library, twoInterfaceRouter());
  const value = router.world.guest.memory.buffer.byteLength / SIZE_UNIT;
  router.close();
  return [{ what: "memory of the two-interface router", value, unit: "KiB", limit: MEMORY_LIMIT_KIB }];
}

/** Everything about start and size. A measurement that fails says why, and the others go on. */
export async function measureStartup(options: StartupOptions): Promise<readonly StartupFigure[]> {
  const measurements = [coldStart, textToPacket, guestMemory];
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
