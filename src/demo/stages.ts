/** The way of packets through stages of domains, one after the other, and its books: all that one stage sent has reached the next, or was lost on the way. */
import type { DomainStatistics } from "../domain/information.ts";
import { formatTable } from "../report/index.ts";
import { thousands } from "./units.ts";

/** Domains that do the same. Their elements have the names that `middleboxes.ts` gives. */
export interface Stage {
  readonly title: string;
  readonly domains: readonly string[];
}

/** Packets of a stage. */
export interface Count {
  /** Made by itself: sources only. */
  readonly made: number;
  readonly received: number;
  /** Lost between the stage before and this one, by reason. */
  readonly lost: Readonly<Record<string, number>>;
  /** Refused by a rule. */
  readonly refused: number;
  /** Found the stage's own queues full. */
  readonly overflown: number;
  /** Reached their end: sinks only. */
  readonly arrived: number;
  readonly sent: number;
}

const ELEMENTS = { made: "src", refused: "refused", arrived: "arrived" } as const;
const QUEUE = "out";

/** @returns a count for each stage */
export function countStages(stages: readonly Stage[], statistics: readonly DomainStatistics[]): readonly Count[] {
  return stages.map(({ domains }) => {
    const own = new Set(domains);
    return statistics
      .filter(({ name }) => own.has(name))
      .map(countDomain)
      .reduce(add);
  });
}

function countDomain({ received, sent, elements }: DomainStatistics): Count {
  const element = (name: string): { packets: number; drops: number } =>
    elements.find((each) => each.name === name) ?? { packets: 0, drops: 0 };
  return {
    made: element(ELEMENTS.made).packets,
    received: received.packets,
    lost: addAll(received.drops, sent.drops),
    refused: element(ELEMENTS.refused).packets,
    overflown: element(QUEUE).drops,
    arrived: element(ELEMENTS.arrived).packets,
    sent: sent.packets,
  };
}

function add(a: Count, b: Count): Count {
  return combine(a, b, (x, y) => x + y);
}

/** What happened between two looks. */
export function since(before: readonly Count[], now: readonly Count[]): readonly Count[] {
  return now.map((count, index) => {
    const earlier = before[index];
    return earlier ? combine(count, earlier, (x, y) => x - y) : count;
  });
}

function combine(a: Count, b: Count, by: (x: number, y: number) => number): Count {
  const reasons = new Set([...Object.keys(a.lost), ...Object.keys(b.lost)]);
  return {
    made: by(a.made, b.made),
    received: by(a.received, b.received),
    lost: Object.fromEntries([...reasons].map((reason) => [reason, by(a.lost[reason] ?? 0, b.lost[reason] ?? 0)])),
    refused: by(a.refused, b.refused),
    overflown: by(a.overflown, b.overflown),
    arrived: by(a.arrived, b.arrived),
    sent: by(a.sent, b.sent),
  };
}

function addAll(...losses: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const each of losses)
    for (const [reason, count] of Object.entries(each)) all[reason] = (all[reason] ?? 0) + count;
  return all;
}

function lossesOf({ lost }: Count): number {
  return Object.values(lost).reduce((sum, count) => sum + count, 0);
}

/** @returns what is wrong, in words; nothing when every packet is accounted for */
export function auditStages(stages: readonly Stage[], counts: readonly Count[]): readonly string[] {
  return counts.flatMap((count, index) => {
    const title = stages[index]?.title ?? "";
    const faults: string[] = [];
    const came = count.made + count.received;
    const went = count.sent + count.refused + count.overflown + count.arrived;
    if (came !== went) faults.push(`${title}: ${thousands(came)} packets came, ${thousands(went)} are accounted for`);
    const before = counts[index - 1];
    const reached = count.received + lossesOf(count);
    if (before && before.sent !== reached)
      faults.push(`before ${title}: ${thousands(before.sent)} packets were sent, ${thousands(reached)} accounted for`);
    return faults;
  });
}

const COLUMNS = [
  { title: "stage", align: "left" },
  { title: "came", align: "right" },
  { title: "refused", align: "right" },
  { title: "lost", align: "right" },
  { title: "went on", align: "right" },
  { title: "Mpps", align: "right" },
] as const;

/** @param seconds  the time in which this happened */
export function stagesText(stages: readonly Stage[], counts: readonly Count[], seconds: number): string {
  const rows = counts.map((count, index) => {
    const came = count.made + count.received;
    const numbers = [came, count.refused, lossesOf(count) + count.overflown, count.sent + count.arrived];
    const rate = seconds > 0 ? (came / seconds / 1e6).toFixed(2) : "";
    return [stages[index]?.title ?? "", ...numbers.map((value) => (value === 0 ? "" : thousands(value))), rate];
  });
  return formatTable(COLUMNS, rows);
}

/** The whole way in one line: what was made, and where it is. */
export function balanceText(counts: readonly Count[]): string {
  const sum = (value: (count: Count) => number): number => counts.reduce((total, count) => total + value(count), 0);
  const losses = addAll(...counts.map(({ lost }) => lost), { "queue full": sum(({ overflown }) => overflown) });
  const lost = Object.entries(losses).filter(([, count]) => count > 0);
  return [
    `${thousands(sum(({ made }) => made))} packets made = ${thousands(sum(({ arrived }) => arrived))} arrived`,
    `${thousands(sum(({ refused }) => refused))} refused by rules`,
    ...(lost.length === 0 ? ["none lost"] : lost.map(([reason, count]) => `${thousands(count)} lost (${reason})`)),
  ].join(" + ");
}
