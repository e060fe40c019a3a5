/** How long processes take from their start to their first packet. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { type Latency, latency } from "../src/report/index.ts";
import type { NamedFigure } from "./figure.ts";
import { singleFrame } from "./frames.ts";
import { packageRoot } from "./packageRoot.ts";
import { FRAME, type StartupOptions } from "./startupOptions.ts";

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
export async function coldStart({ directory, processRuns, click }: StartupOptions): Promise<readonly NamedFigure[]> {
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
      atMost: COLD_START_LIMIT,
    },
    ...(theirs ? [{ what: "Click FILE to first packet", value: theirs, unit: "ms" } as const] : []),
  ];
}
