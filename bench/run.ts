/**
 * `npm run bench [-- --filter REGEX] [--quick] [--repetitions N]`: nanoseconds a packet on many paths, beside hand-fused C, and beside a real Click
 * when the environment variable CLICK names its program; start-up times and sizes, the fabric, devices and domains; and what is claimed of them. Prints tables, and writes
 * `bench/results/results.json` and `.svg`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { loadLibrary } from "../src/library/library.ts";
import { barChart } from "./chart.ts";
import { claimedSpeedup, judgeFigures, judgePaths, speedup, type Verdict } from "./claims.ts";
import { FRAME_LENGTHS, PATHS, type Path } from "./configurations.ts";
import { DEVICES } from "./devices/section.ts";
import { DOMAINS } from "./domains/section.ts";
import { clickDriver, DISPATCH, type Driver, LINKED, referenceDriver } from "./drivers.ts";
import { FABRIC } from "./fabric/section.ts";
import type { NamedFigure } from "./figure.ts";
import { Captures, type Measurement, measurePath } from "./measure.ts";
import { packageRoot } from "./packageRoot.ts";
import { figureTable, measurementRow, measurementTable, verdictTable } from "./report.ts";
import type { Chart, Section } from "./section.ts";
import { STARTUP } from "./startup.ts";

interface Options {
  readonly filter: RegExp;
  readonly quick: boolean;
  readonly repetitions: number;
}

const SECTIONS: readonly Section[] = [STARTUP, FABRIC, DEVICES, DOMAINS];

const USAGE = `Usage: npm run bench -- [--filter REGEX] [--quick] [--repetitions N]
  --filter REGEX   only the paths and sections (${SECTIONS.map(({ name }) => name).join(", ")}) whose name matches
  --quick          64-byte frames only, two repetitions, fewer starts
  --repetitions N  long runs of every driver on every path (default 3)
CLICK=/path/to/click puts a real Click beside ours.
`;

const REPETITIONS = 3;
const QUICK_REPETITIONS = 2;
const LARGEST_REPETITIONS = 1000;

function parseOptions(words: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: { filter: { type: "string" }, quick: { type: "boolean" }, repetitions: { type: "string" } },
    });
    const quick = values.quick ?? false;
    const repetitions = Number(values.repetitions ?? (quick ? QUICK_REPETITIONS : REPETITIONS));
    if (!Number.isInteger(repetitions) || repetitions < 1 || repetitions > LARGEST_REPETITIONS)
      return `--repetitions takes a number from 1 to ${LARGEST_REPETITIONS}`;
    return { filter: new RegExp(values.filter ?? ""), quick, repetitions };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The drivers that there are, in the order of the report; what is missing is told. */
function findDrivers(directory: string, tell: (line: string) => void): readonly Driver[] {
  const reference = referenceDriver(directory);
  const click = process.env.CLICK;
  if (typeof reference === "string") tell(`hand-fused C skipped: ${reference}`);
  if (!click) tell("Click skipped: CLICK=/path/to/click puts one beside ours");
  return [
    ...(typeof reference === "string" ? [] : [reference]),
    ...(click ? [clickDriver(click)] : []),
    DISPATCH,
    LINKED,
  ];
}

const framesOf = ({ frames = FRAME_LENGTHS }: Path, { quick }: Options): readonly number[] =>
  quick ? frames.slice(0, 1) : frames;

async function measurePaths(
  options: Options,
  drivers: readonly Driver[],
  directory: string,
): Promise<readonly Measurement[]> {
  const captures = new Captures(directory);
  const jobs = PATHS.filter(({ name }) => options.filter.test(name)).flatMap((each) =>
    framesOf(each, options).map((frame) => ({ each, frame })),
  );
  const measurements: Measurement[] = [];
  for (const { each, frame } of jobs) {
    const measurement = await measurePath(each, frame, captures, {
      drivers,
      repetitions: options.repetitions,
      directory,
    });
    measurements.push(measurement);
    process.stderr.write(`${measurements.length}/${jobs.length}  ${measurementRow(measurement, drivers).join("  ")}\n`);
  }
  return measurements;
}

/** What was measured in a section. */
interface SectionResult {
  readonly section: Section;
  readonly figures: readonly NamedFigure[];
  readonly charts: readonly Chart[];
}

async function measureSections(
  options: Options,
  directory: string,
  tell: (line: string) => void,
): Promise<readonly SectionResult[]> {
  const results: SectionResult[] = [];
  const library = loadLibrary();
  for (const section of SECTIONS.filter(({ name }) => options.filter.test(name))) {
    const { quick, repetitions } = options;
    results.push({ section, ...(await section.measure({ library, directory, quick, repetitions, tell })) });
  }
  return results;
}

function writeResults(
  measurements: readonly Measurement[],
  sections: readonly SectionResult[],
  verdicts: readonly Verdict[],
  options: Options,
): string {
  const directory = path.join(packageRoot(), "bench/results");
  mkdirSync(directory, { recursive: true });
  const machine = {
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
  const result = {
    date: new Date().toISOString(),
    machine,
    repetitions: options.repetitions,
    paths: measurements,
    ...Object.fromEntries(sections.map(({ section, figures }) => [section.name, figures])),
    claims: verdicts,
  };
  writeFileSync(path.join(directory, "results.json"), `${JSON.stringify(result, undefined, 2)}\n`);
  for (const peer of ["click", "reference", "dispatch"]) writeChart(directory, measurements, peer, machine.processor);
  for (const { file, svg } of sections.flatMap(({ charts }) => charts)) writeFileSync(path.join(directory, file), svg);
  return directory;
}

const PEER_TITLES: Readonly<Record<string, string>> = {
  click: "Click",
  reference: "hand-fused C",
  dispatch: "our own dynamic dispatch",
};

function writeChart(directory: string, measurements: readonly Measurement[], peer: string, processor: string): void {
  const bars = measurements.flatMap((measurement) => {
    const ratio = speedup(measurement, peer);
    if (ratio === undefined) return [];
    const claim = claimedSpeedup(measurement.path, measurement.frame, peer);
    const label = `${measurement.path}, ${measurement.frame} B`;
    return [claim === undefined ? { label, ratio } : { label, ratio, claim }];
  });
  if (bars.length === 0) return;
  const title = `A linked guest beside ${PEER_TITLES[peer] ?? peer}`;
  const caption = `How many times as fast, by the best of interleaved runs. ${processor}. A mark is what is claimed.`;
  writeFileSync(path.join(directory, `beside-${peer}.svg`), barChart({ title, caption, bars }));
}

async function main(words: readonly string[]): Promise<number> {
  const options = parseOptions(words);
  const tell = (line: string): void => {
    process.stderr.write(`bench: ${line}\n`);
  };
  if (typeof options === "string") {
    process.stderr.write(`bench: ${options}\n${USAGE}`);
    return 1;
  }
  const directory = mkdtempSync(path.join(tmpdir(), "clickos-bench-"));
  const clean = (): void => rmSync(directory, { recursive: true, force: true });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      clean();
      process.exit(1);
    });
  }
  try {
    const drivers = findDrivers(directory, tell);
    const sections = await measureSections(options, directory, tell);
    const measurements = await measurePaths(options, drivers, directory);
    const verdicts = [...judgePaths(measurements), ...sections.flatMap(({ figures }) => judgeFigures(figures))];
    if (measurements.length > 0) process.stdout.write(`\n${measurementTable(measurements, drivers)}`);
    for (const { section, figures } of sections) process.stdout.write(`\n${figureTable(section.title, figures)}`);
    if (verdicts.length > 0) process.stdout.write(`\n${verdictTable(verdicts)}`);
    tell(`written to ${path.relative(process.cwd(), writeResults(measurements, sections, verdicts, options))}`);
    return 0;
  } finally {
    clean();
  }
}

process.exitCode = await main(process.argv.slice(2));
