/** The demo's first part, an IP router and a firewall on captures: what it does, step by step, in words of its own. */
import path from "node:path";
import { LinkError } from "../image/linker.ts";
import { formatNumber, formatTable, percentile, type Summary } from "../report/index.ts";
import { type Entry, totalsOf } from "./books.ts";
import {
  type Account,
  accountFor,
  bootExhibit,
  type Exhibit,
  type Files,
  linkExhibit,
  NOWHERE,
  READING,
  readExhibit,
  runOnce,
  runRounds,
  timed,
} from "./exhibit.ts";
import { numberReader, Workshop } from "./guests.ts";
import { LiveTable, type Screen } from "./liveTable.ts";
import { decodeWithTcpdump, measureClick } from "./peers.ts";
import { type Captures, writeCaptures, writeEmptyCaptures } from "./traffic.ts";
import { kilobytes, megabytes, thousands } from "./units.ts";

export interface ShowOptions {
  readonly screen: Screen;
  /** For captures; the caller removes it. */
  readonly directory: string;
  /** The package's `examples`. */
  readonly examples: string;
  /** A real Click to stand beside. */
  readonly click: string | undefined;
  readonly effort: Effort;
}

/** How much is shown. */
export interface Effort {
  readonly packets: number;
  readonly boots: number;
  /** Guests that each forward the whole capture. */
  readonly rounds: number;
  /** Rounds at first that do not count: the engine is still optimising the code. */
  readonly warmUpRounds: number;
  /** The same of a real Click. */
  readonly clickRounds: number;
  /** Milliseconds for which the table of what each element did is followed. */
  readonly tableTime: number;
}

/** Takes about 20 seconds. */
export const USUAL_EFFORT: Effort = {
  packets: 30_000,
  boots: 100,
  rounds: 25,
  warmUpRounds: 10,
  clickRounds: 10,
  tableTime: 3000,
};

/** @returns whether everything was as it should be */
export async function show(options: ShowOptions): Promise<boolean> {
  const { screen, directory } = options;
  const say = (line = ""): void => screen.write(`${line}\n`);
  const captures = writeCaptures(directory, options.effort.packets);
  say("Click configurations as tiny guest machines: an IP router and a firewall between two networks.");
  say();
  say(`Made ${thousands(captures.packets)} packets as the hosts of two networks send them: TCP, DNS, ping, ARP,`);
  say(`fragments, IPv6, and some that are malformed; ${megabytes(captures.bytes)} of pcap, deleted at the end.`);
  const workshop = new Workshop();
  let isRight = true;
  for (const [title, name] of [
    ["An IP router", "ip-router.click"],
    ["A firewall", "firewall.click"],
  ] as const) {
    say();
    say(`== ${title}: examples/${name} ==`);
    const exhibit = readExhibit(options.examples, name);
    const right = await showExhibit(workshop, exhibit, captures, options, say);
    isRight &&= right;
  }
  return isRight;
}

async function showExhibit(
  workshop: Workshop,
  exhibit: Exhibit,
  captures: Captures,
  options: ShowOptions,
  say: (line?: string) => void,
): Promise<boolean> {
  const files: Files = { inputs: captures.files, outputs: NOWHERE };
  await showSpeed(workshop, exhibit, files, options, say);
  const accountRight = await showAccount(workshop, exhibit, files, options, say);
  const outputsRight = await checkOutputs(workshop, exhibit, captures, options, say);
  return accountRight && outputsRight;
}

async function showSpeed(
  workshop: Workshop,
  exhibit: Exhibit,
  files: Files,
  { click, directory, effort }: ShowOptions,
  say: (line?: string) => void,
): Promise<void> {
  const idle: Files = { inputs: writeEmptyCaptures(directory), outputs: NOWHERE };
  const booted = bootExhibit(workshop, exhibit, idle, effort.boots);
  if (!(booted instanceof LinkError)) {
    say(`Linked in ${formatNumber(booted.linked)} ms into an image of ${kilobytes(booted.bytes)}, memory and all;`);
    say(`booted ${effort.boots} times, each in ${formatNumber(percentile(booted.boot, 50))} ms (median).`);
  }
  const subject = timed(exhibit);
  const before = await measure(workshop, subject, files, "dispatch", effort);
  const ours: Comparison = {
    whole: await measure(workshop, subject, files, "linked", effort),
    reading: await measure(workshop, READING, files, "linked", effort),
  };
  say(`Forwarded the whole capture ${effort.rounds} times: ${speed(ours)}.`);
  say(`Before it is linked, ${formatNumber(before.best)} ns.`);
  if (!click) {
    say("(CLICK=/path/to/click npm run demo puts a real Click beside it.)");
    return;
  }
  const whole = measureClick(click, subject, files, effort.clickRounds);
  const reading = measureClick(click, READING, files, effort.clickRounds);
  if (typeof whole === "string" || typeof reading === "string") {
    say(`Click failed: ${typeof whole === "string" ? whole : reading}`);
    return;
  }
  const theirs: Comparison = { whole, reading };
  const ratio = forwarding(theirs) / forwarding(ours);
  say(`Click, on the same files: ${speed(theirs)}.`);
  say(`So a packet's way through the elements takes Click ${formatNumber(ratio)} times as long.`);
}

/** Nanoseconds a packet: all that happens to it, and what of that is reading it from the file. */
interface Comparison {
  readonly whole: Summary;
  readonly reading: Summary;
}

function forwarding({ whole, reading }: Comparison): number {
  return Math.max(whole.best - reading.best, 1);
}

function speed(comparison: Comparison): string {
  const { whole, reading } = comparison;
  return `${formatNumber(whole.best)} ns a packet, ${formatNumber(reading.best)} of them to read the file`;
}

async function measure(
  workshop: Workshop,
  exhibit: Exhibit,
  files: Files,
  tier: "dispatch" | "linked",
  effort: Effort,
): Promise<Summary> {
  const code = tier === "linked" ? linkExhibit(workshop, exhibit, files) : undefined;
  return runRounds(workshop, exhibit, files, code instanceof LinkError ? undefined : code, effort);
}

async function showAccount(
  workshop: Workshop,
  exhibit: Exhibit,
  files: Files,
  { screen, effort }: ShowOptions,
  say: (line?: string) => void,
): Promise<boolean> {
  say("What each element did, with a counter on every connection:");
  say();
  const table = new LiveTable(screen);
  const end = performance.now() + effort.tableTime;
  const account = await accountFor(workshop, exhibit, files, (so) => {
    table.refresh(() => accountText(so));
    return performance.now() < end;
  });
  table.finish(accountText(account));
  say();
  const totals = totalsOf(account.entries);
  const balance = totals.in + totals.made === totals.consumed + totals.held + totals.dropped;
  say(
    `${thousands(totals.in)} came in + ${thousands(totals.made)} made inside = ${thousands(totals.consumed)} taken out + ${thousands(totals.dropped)} dropped` +
      ` + ${thousands(totals.held)} held${balance ? ": right." : ": WRONG."}`,
  );
  for (const fault of new Set(account.faults)) say(`WRONG: ${fault}`);
  return balance && account.faults.length === 0;
}

const COLUMNS = [
  { title: "element", align: "left" },
  { title: "class", align: "left" },
  { title: "in", align: "right" },
  { title: "out", align: "right" },
  { title: "dropped", align: "right" },
  { title: "held", align: "right" },
] as const;

/** Elements that saw a packet. */
function accountText({ entries }: Account): string {
  const rows = entries
    .filter((entry) => entry.in + entry.out > 0)
    .map(({ name, className, in: incoming, out, dropped, held }: Entry) => [
      name,
      className,
      ...[incoming, out, dropped, held].map((value) => (value === 0 ? "" : thousands(value))),
    ]);
  return formatTable(COLUMNS, rows);
}

/** Runs the exhibit into files, and has them read by others. */
async function checkOutputs(
  workshop: Workshop,
  exhibit: Exhibit,
  { files: inputs }: Captures,
  { directory }: ShowOptions,
  say: (line?: string) => void,
): Promise<boolean> {
  const outputs = inputs.map((_, port) => path.join(directory, `out${port}.pcap`));
  const driver = await runOnce(workshop, exhibit, { inputs, outputs });
  const read = numberReader(driver);
  const written = outputs.reduce((sum, _, port) => sum + (read(`to${port}`, "count") ?? 0), 0);
  const [before, after] = [decodeAll(inputs), decodeAll(outputs)];
  if (!before || !after) {
    say(`${thousands(written)} packets written. (tcpdump, which would check them, is not installed.)`);
    return true;
  }
  const right = after.packets === written && after.complaints <= before.complaints && after.faults.length === 0;
  say(
    `${thousands(written)} packets written; tcpdump reads ${thousands(after.packets)} of them, and finds fault with ` +
      `${thousands(after.complaints)} (${thousands(before.complaints)} in what came in)${right ? "." : ": WRONG."}`,
  );
  for (const fault of after.faults) say(`WRONG: tcpdump: ${fault}`);
  return right;
}

/** What tcpdump makes of several captures; undefined when it is not installed. */
function decodeAll(
  files: readonly string[],
): { readonly packets: number; readonly complaints: number; readonly faults: readonly string[] } | undefined {
  let packets = 0;
  let complaints = 0;
  const faults: string[] = [];
  for (const file of files) {
    const decoded = decodeWithTcpdump(file);
    if (!decoded) return undefined;
    if (!decoded.ok) {
      faults.push(decoded.why);
      continue;
    }
    packets += decoded.packets;
    complaints += decoded.complaints;
  }
  return { packets, complaints, faults };
}
