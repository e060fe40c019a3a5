/** Programs from outside that the demo asks, if they are there: a real Click, and tcpdump. */
import { spawnSync } from "node:child_process";
import { type Summary, summarize } from "../report/index.ts";
import { type Exhibit, type Files, parameterWords, parseTime } from "./exhibit.ts";

const TIMEOUT_MS = 20_000;

/** Nanoseconds a packet of a real Click on a timed exhibit. @returns why not, if it fails */
export function measureClick(program: string, exhibit: Exhibit, files: Files, rounds: number): Summary | string {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const words = ["-e", exhibit.text, ...parameterWords(files)];
    const { stdout, stderr, error } = spawnSync(program, words, { encoding: "utf8", timeout: TIMEOUT_MS });
    if (error) return error.message;
    const time = parseTime(stdout);
    if (time === undefined) return stderr.trim().split("\n")[0] ?? "it printed no time";
    times.push(time);
  }
  return summarize(times) ?? "it was not run";
}

/** What tcpdump makes of a capture. */
export type Decoded =
  | { readonly ok: true; readonly packets: number; readonly complaints: number }
  | { readonly ok: false; readonly why: string };

/** Words by which tcpdump says that a packet is not sound. */
const COMPLAINT = /\bbad\b|truncated|invalid|\[\||incorrect/i;
/** Text of tcpdump for the largest capture of the demo. */
const LARGEST_OUTPUT = 1 << 28;

/** Has tcpdump decode a capture, with checksums. @returns undefined when it is not installed */
export function decodeWithTcpdump(file: string): Decoded | undefined {
  const { stdout, stderr, error, status } = spawnSync("tcpdump", ["-nvr", file], {
    encoding: "latin1",
    maxBuffer: LARGEST_OUTPUT,
    timeout: TIMEOUT_MS,
  });
  if (error && "code" in error && error.code === "ENOENT") return undefined;
  if (error || status !== 0) return { ok: false, why: error?.message ?? lastLine(stderr) };
  // A packet is a line that begins with its time, and indented lines that belong to it.
  const packets = stdout.split(/\n(?=\d\d:\d\d:\d\d\.\d)/).filter((text) => text !== "");
  return { ok: true, packets: packets.length, complaints: packets.filter((text) => COMPLAINT.test(text)).length };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
