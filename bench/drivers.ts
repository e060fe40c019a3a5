/** What runs a path: a Click driver in a process of its own, or the hand-fused C. All are given the same number of packets. */
import { execFile } from "node:child_process";
import path from "node:path";
import { compileC } from "./compileC.ts";
import type { Path } from "./configurations.ts";
import { FLOWS } from "./frames.ts";
import { packageRoot } from "./packageRoot.ts";

export interface Job {
  readonly path: Path;
  readonly frame: number;
  /** How many packets are sent. */
  readonly packets: number;
  /** The path as a configuration that measures itself. */
  readonly configurationFile: string;
}

export type Run =
  | { readonly ok: true; readonly nanoseconds: number; readonly seconds: number; readonly packets: number }
  | { readonly ok: false; readonly why: string };

export interface Driver {
  readonly name: string;
  /** The title of its column. */
  readonly title: string;
  /** Whether packets come from capture files, in whole passes, where a path says so. */
  readonly readsCaptures: boolean;
  /** @returns undefined when this driver has nothing for that path */
  readonly run: (job: Job) => Promise<Run> | undefined;
}

const TIMEOUT_MS = 60_000;

/** Runs a configuration, and reads the `RES SECONDS PACKETS` that it prints. */
function runConfiguration(command: readonly string[], file: string): Promise<Run> {
  const [program = "", ...words] = [...command, file];
  return new Promise((resolve) => {
    execFile(program, words, { encoding: "utf8", timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      const result = /^RES (\S+) (\d+)$/m.exec(stdout);
      if (result) resolve(perPacket(Number(result[1]), Number(result[2])));
      else if (error?.killed) resolve({ ok: false, why: `no end within ${TIMEOUT_MS / 1000} s` });
      else resolve({ ok: false, why: firstLine(stderr || (error?.message ?? "")) });
    });
  });
}

function perPacket(seconds: number, packets: number): Run {
  if (!(packets > 0 && seconds > 0)) return { ok: false, why: "no packet reached the sink" };
  return { ok: true, seconds, packets, nanoseconds: (seconds * 1e9) / packets };
}

function firstLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(0, 2).join(" ").trim() || "it ended without a result";
}

/** A Click that was built elsewhere. */
export function clickDriver(program: string): Driver {
  return {
    name: "click",
    title: "Click",
    readsCaptures: true,
    run: ({ configurationFile }) => runConfiguration([program], configurationFile),
  };
}

/** The command line of our own `click`, without the launcher, which looks for changed sources first. */
export function ownClick(...options: readonly string[]): readonly string[] {
  const command = path.join(packageRoot(), "dist/src/bin/click.js");
  return [process.execPath, "--disable-warning=ExperimentalWarning", command, ...options];
}

/** Our own: dynamic dispatch, as a configuration starts out. */
export const DISPATCH: Driver = {
  name: "dispatch",
  title: "tier 1",
  readsCaptures: true,
  run: ({ configurationFile }) => runConfiguration(ownClick("--link=off"), configurationFile),
};

/** Our own: linked before the first packet. */
export const LINKED: Driver = {
  name: "linked",
  title: "linked",
  readsCaptures: true,
  run: ({ configurationFile }) => runConfiguration(ownClick("--link=eager"), configurationFile),
};

const REFERENCE_SOURCE = "bench/reference/reference.c";

/**
 * Compiles the hand-fused paths.
 * @param directory  where the program is put
 * @returns the driver, or why there is none
 */
export function referenceDriver(directory: string): Driver | string {
  const compiled = compileC(REFERENCE_SOURCE, directory);
  if ("why" in compiled) return compiled.why;
  const { program } = compiled;
  return { name: "reference", title: "C", readsCaptures: false, run: (job) => runReference(program, job) };
}

function runReference(program: string, { path: { reference, source }, frame, packets }: Job): Promise<Run> | undefined {
  if (!reference) return undefined;
  const flows = source === "many flows" ? FLOWS : 1;
  return runConfiguration([program, reference, String(frame), String(flows)], String(packets));
}
