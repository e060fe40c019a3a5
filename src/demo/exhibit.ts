/** One exhibit of the demo: a configuration of `examples/`, run as it stands on captures in place of interfaces. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { LinkError } from "../image/linker.ts";
import { Diagnostics } from "../language/index.ts";
import { printConfiguration } from "../language/print.ts";
import { bootImage } from "../machine/bootImage.ts";
import { type Summary, summarize } from "../report/index.ts";
import type { Driver } from "../router/driver.ts";
import { loadConfiguration } from "../router/load.ts";
import { epochTime } from "../router/realTime.ts";
import { addBooks, auditBooks, type Entry, keepBooks } from "./books.ts";
import { countEdges } from "./countEdges.ts";
import { DemoError, type LinkedCode, numberReader, type Workshop } from "./guests.ts";

/** Where an exhibit's packets come from and go to. */
export interface Files {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Takes packets and gives nothing back, at the cost of a write. */
export const NOWHERE: readonly string[] = ["/dev/null", "/dev/null"];

export interface Exhibit {
  readonly file: string;
  readonly text: string;
}

/** @param directory  the package's `examples` */
export function readExhibit(directory: string, name: string): Exhibit {
  const file = path.join(directory, name);
  return { file, text: readFileSync(file, "utf8") };
}

function parametersOf({ inputs, outputs }: Files): Map<string, string> {
  return new Map([
    ...inputs.map((file, index): [string, string] => [`IN${index}`, file]),
    ...outputs.map((file, index): [string, string] => [`OUT${index}`, file]),
  ]);
}

/** Parameters as on Click's command line. */
export function parameterWords(files: Files): readonly string[] {
  return [...parametersOf(files)].map(([name, value]) => `${name}=${value}`);
}

/** How the examples wait for their two captures, and the same with the time taken from the first packet to the last. */
const WAITING = "DriverManager(pause, pause,";
const TIMED_WAITING =
  'DriverManager(set start $(now), pause, pause, print "TIME $(sub $(now) $start) $(add $(in0.count) $(in1.count))",';
/** How the examples write their packets. */
const WRITING = /ToDump\(\$OUT\d, ENCAP ETHER\)/g;

/** The exhibit made to print how long its packets took, and to throw them away at the end instead of writing them. The rest is as it was. */
export function timed({ file, text }: Exhibit): Exhibit {
  if (!text.includes(WAITING)) throw new DemoError(`${file} does not wait for its two captures`);
  return { file, text: text.replace(WAITING, () => TIMED_WAITING).replaceAll(WRITING, "Discard") };
}

/** What reading the captures alone takes: to be taken off what an exhibit takes. */
export const READING: Exhibit = {
  file: "reading",
  text: `
in0 :: FromDump($IN0, STOP true) -> Queue(200) -> Discard;
in1 :: FromDump($IN1, STOP true) -> Queue(200) -> Discard;
${TIMED_WAITING} stop);`,
};

/** @returns nanoseconds a packet, from what a timed exhibit printed; undefined when it did not */
export function parseTime(printed: string): number | undefined {
  const [, seconds, packets] = /^TIME (\S+) (\d+)$/m.exec(printed) ?? [];
  return seconds === undefined || Number(packets) === 0 ? undefined : (Number(seconds) * 1e9) / Number(packets);
}

async function runToEnd(driver: Driver): Promise<void> {
  try {
    await driver.run();
  } finally {
    driver.router.close();
  }
}

/** Runs it once, as it stands. @returns its driver, stopped, for a look at its handlers */
export async function runOnce(workshop: Workshop, { file, text }: Exhibit, files: Files): Promise<Driver> {
  const driver = workshop.open(text, file, parametersOf(files));
  await runToEnd(driver);
  return driver;
}

/** Links an exhibit, for any number of guests. */
export function linkExhibit(workshop: Workshop, exhibit: Exhibit, files: Files): LinkedCode | LinkError {
  const driver = workshop.open(exhibit.text, exhibit.file, parametersOf(files));
  const code = workshop.link(driver);
  driver.router.close();
  return code;
}

/** An image of an exhibit, and how long it takes to boot it. */
export interface Booted {
  readonly bytes: number;
  /** Milliseconds that linking took. */
  readonly linked: number;
  /** Milliseconds from the image's bytes to a guest that has run its first tasks. */
  readonly boot: readonly number[];
}

/** Makes an image, and boots it again and again. */
export function bootExhibit(
  workshop: Workshop,
  { file, text }: Exhibit,
  files: Files,
  boots: number,
): Booted | LinkError {
  const driver = workshop.open(text, file, parametersOf(files));
  const code = workshop.link(driver);
  const image = workshop.image(driver);
  driver.router.close();
  if (code instanceof LinkError) return code;
  if (image instanceof LinkError) return image;
  const boot = Array.from({ length: boots }, () => {
    const start = performance.now();
    bootImage(image).run(epochTime(), FIRST_TASKS);
    return performance.now() - start;
  });
  return { bytes: image.length, linked: code.milliseconds, boot };
}

/** Tasks that a guest runs to count as booted: more than any exhibit has. */
const FIRST_TASKS = 100;

/**
 * Opens guest after guest, and lets each forward the capture.
 * @param exhibit  a timed one
 * @param code  undefined = dynamic dispatch
 * @param effort  how many guests, and how many before them that do not count
 * @returns nanoseconds a packet
 */
export async function runRounds(
  workshop: Workshop,
  exhibit: Exhibit,
  files: Files,
  code: LinkedCode | undefined,
  { rounds, warmUpRounds }: { readonly rounds: number; readonly warmUpRounds: number },
): Promise<Summary> {
  const packet: number[] = [];
  for (let round = -warmUpRounds; round < rounds; round++) {
    const driver = workshop.open(exhibit.text, exhibit.file, parametersOf(files));
    if (code) workshop.useLinked(driver, code);
    workshop.takePrinted();
    await runToEnd(driver);
    const time = parseTime(workshop.takePrinted());
    if (time !== undefined && round >= 0) packet.push(time);
  }
  const summary = summarize(packet);
  if (!summary) throw new DemoError(`${exhibit.file} forwarded nothing`);
  return summary;
}

/** What the elements of an exhibit did, and whether the books are right. */
export interface Account {
  readonly entries: readonly Entry[];
  readonly faults: readonly string[];
}

/**
 * Runs the exhibit again and again, with a counter on every connection.
 * @param follow  sees the account grow; @returns whether to go on
 */
export async function accountFor(
  workshop: Workshop,
  { file, text }: Exhibit,
  files: Files,
  follow: (account: Account) => boolean,
): Promise<Account> {
  const parameters = parametersOf(files);
  const configuration = loadFlat(workshop, text, file, parameters);
  const counted = countEdges(configuration);
  const countedText = printConfiguration(counted.configuration);
  let code: LinkedCode | LinkError | undefined;
  let account: Account = { entries: [], faults: [] };
  do {
    const driver = workshop.open(countedText, file, new Map());
    code ??= workshop.link(driver);
    if (!(code instanceof LinkError)) workshop.useLinked(driver, code);
    await runToEnd(driver);
    const read = numberReader(driver);
    const entries = keepBooks(
      configuration,
      counted.counters.map((name) => read(name, "count") ?? 0),
      read,
    );
    const faults = auditBooks(entries, read);
    account = {
      entries: account.entries.length === 0 ? entries : addBooks(account.entries, entries),
      faults: [...account.faults, ...faults],
    };
  } while (follow(account));
  return account;
}

function loadFlat({ library }: Workshop, text: string, file: string, parameters: ReadonlyMap<string, string>) {
  const diagnostics = new Diagnostics();
  const loaded = loadConfiguration(text, file, { library, parameters, clickPath: undefined, diagnostics });
  if (!loaded.ok) throw new DemoError(diagnostics.lines.join("\n"));
  return loaded.checked.configuration;
}
