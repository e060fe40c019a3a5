/** The fabric in memory, in one thread: many guests on one switch, chains over wires, and the delay of a hop. */
import { latency } from "../../src/report/index.ts";
import { FRAME_LENGTHS } from "../configurations.ts";
import { measureInTurn, type NamedFigure } from "../figure.ts";
import { lineChart } from "../lineChart.ts";
import { runProgram } from "../program.ts";
import type { Chart, Section, SectionOptions } from "../section.ts";
import { BURST } from "./rate.ts";

/** Nanoseconds a frame in several windows, by the kind of traffic. */
type Rates = Readonly<Record<string, readonly number[]>>;

/** The best of all windows, in nanoseconds a frame, by guests and kind of traffic: noise only ever adds. */
type Best = ReadonlyMap<number, ReadonlyMap<string, number>>;

const WINDOWS = 4;
const GUESTS = [1, 10, 100, 1000];
const CHAINS = [2, 10];
const SMALLEST = "64";
const DELAYS = 100_000;

const LEAST_MPPS = 14.88;
const LEAST_GBPS = 10;
const HOP_NANOSECONDS = 15;
const HOP_MICROSECONDS = 10;
/** For which frame length the claim of 10 Gb/s holds, and with how many guests. */
const BULK = 512;
const [MANY, MOST] = [100, 1000];

export const FABRIC: Section = {
  name: "fabric",
  title: "fabric in memory, one thread",
  async measure(options) {
    const charts: Chart[] = [];
    const figures = await measureInTurn([
      {
        what: "guests on one switch",
        async measure() {
          const best = await bestRates("fabric/switchProgram.ts", options.quick ? [1, MANY] : GUESTS, options);
          charts.push(...throughputCharts(best));
          return [...best].flatMap(([guests, rates]) => throughputFigures(guests, rates));
        },
      },
      { what: "chains", measure: async () => hopFigures(await bestRates("fabric/chainProgram.ts", CHAINS, options)) },
      { what: "delay of one hop", measure: hopDelay },
    ]);
    return { figures, charts };
  },
};

/** Runs a program with each number of guests in turn, again and again. */
async function bestRates(file: string, guestCounts: readonly number[], options: SectionOptions): Promise<Best> {
  const runs = new Map(guestCounts.map((guests): [number, Rates[]] => [guests, []]));
  for (let repetition = 0; repetition < options.repetitions; repetition++) {
    for (const [guests, rates] of runs) {
      rates.push(await runProgram<Rates>(file, guests, WINDOWS));
      options.tell(`${file}, ${guests} guests: ${formatRates(rates.at(-1) ?? {})}`);
    }
  }
  return new Map([...runs].map(([guests, rates]) => [guests, bestOf(rates)]));
}

function formatRates(rates: Rates): string {
  return Object.entries(rates)
    .map(([kind, values]) => `${kind}: ${Math.min(...values).toFixed(1)} ns`)
    .join(", ");
}

function bestOf(runs: readonly Rates[]): ReadonlyMap<string, number> {
  const best = new Map<string, number>();
  for (const [kind, values] of runs.flatMap((rates) => Object.entries(rates)))
    best.set(kind, Math.min(best.get(kind) ?? Number.POSITIVE_INFINITY, ...values));
  return best;
}

const megapackets = (nanoseconds: number): number => 1000 / nanoseconds;
/** Gigabits a second of frames, without check sequence, preamble and gap. */
const gigabits = (nanoseconds: number, length: number): number => (length * 8) / nanoseconds;

function throughputFigures(guests: number, rates: ReadonlyMap<string, number>): readonly NamedFigure[] {
  const name = guests === 1 ? "1 guest" : `${guests} guests`;
  const figures = FRAME_LENGTHS.flatMap((length): NamedFigure[] => {
    const nanoseconds = rates.get(String(length));
    if (nanoseconds === undefined) return [];
    const what = `${name}, ${length} B frames in bursts of ${BURST}`;
    return [
      {
        what,
        value: megapackets(nanoseconds),
        unit: "Mpps",
        ...(guests === MANY && String(length) === SMALLEST && { atLeast: LEAST_MPPS }),
      },
      {
        what,
        value: gigabits(nanoseconds, length),
        unit: "Gb/s",
        ...(guests === MOST && length === BULK && { atLeast: LEAST_GBPS }),
      },
    ];
  });
  const single = rates.get("single");
  if (single === undefined || guests === 1) return figures;
  return [
    ...figures,
    { what: `${name}, 64 B frames, no two in a row for the same guest`, value: megapackets(single), unit: "Mpps" },
  ];
}

function throughputCharts(best: Best): readonly Chart[] {
  const caption = (claimed: string): string =>
    `In memory, one thread, device to guest to device; best of all runs. Mark: claimed for ${claimed}.`;
  const guests = [...best.keys()];
  const nanoseconds = (count: number, length: number): number => best.get(count)?.get(String(length)) ?? Number.NaN;
  return [
    {
      file: "fabric-guests.svg",
      svg: lineChart({
        title: "Throughput by the number of guests",
        caption: caption(`${SMALLEST} B`),
        xTitle: "guests on one switch",
        yTitle: "Mpps",
        lines: FRAME_LENGTHS.map((length) => ({
          label: `${length} B`,
          points: guests.map((count) => ({ x: count, y: megapackets(nanoseconds(count, length)) })),
        })),
        claims: [{ x: MANY, y: LEAST_MPPS }],
      }),
    },
    {
      file: "fabric-sizes.svg",
      svg: lineChart({
        title: "Throughput by the size of frames",
        caption: caption(`${MOST} guests`),
        xTitle: "bytes of a frame",
        yTitle: "Gb/s",
        lines: guests.map((count) => ({
          label: count === 1 ? "1 guest" : `${count} guests`,
          points: FRAME_LENGTHS.map((length) => ({ x: length, y: gigabits(nanoseconds(count, length), length) })),
        })),
        claims: [{ x: BULK, y: LEAST_GBPS }],
      }),
    },
  ];
}

/** What one more guest in a chain costs: the difference between a long and a short one. */
function hopFigures(best: Best): readonly NamedFigure[] {
  const [short = 0, long = 0] = CHAINS;
  return FRAME_LENGTHS.flatMap((length): NamedFigure[] => {
    const [less, more] = [short, long].map((guests) => best.get(guests)?.get(String(length)));
    if (less === undefined || more === undefined) return [];
    const value = (more - less) / (long - short);
    const claim = String(length) === SMALLEST && { atMost: HOP_NANOSECONDS };
    return [{ what: `one more guest in a chain, ${length} B frames`, value, unit: "ns", ...claim }];
  });
}

async function hopDelay(): Promise<readonly NamedFigure[]> {
  const value = latency(await runProgram<number[]>("fabric/delayProgram.ts", DELAYS)) ?? "no frame came through";
  return [{ what: "delay from device to device through one guest", value, unit: "us", atMost: HOP_MICROSECONDS }];
}
