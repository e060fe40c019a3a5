/** The books of a run: what came into each element, and what became of it; and whether they are right. */
import type { Configuration } from "../language/index.ts";

/** What happened in one element. */
export interface Entry {
  readonly name: string;
  readonly className: string;
  readonly in: number;
  readonly out: number;
  /** Packets that it made itself, such as ARP queries. */
  readonly made: number;
  /** Packets that it has not let go yet. */
  readonly held: number;
  /** Packets that were meant for it: written to a file, discarded, learnt from. */
  readonly consumed: number;
  /** Packets that went in and will not come out. */
  readonly dropped: number;
}

/** Reads a handler's number; undefined when the element has no such handler. */
export type ReadNumber = (element: string, handler: string) => number | undefined;

/** Which of an element's own counts tell of packets that do not pass straight through. */
interface Rule {
  readonly made?: string;
  readonly held?: string;
  /** Inputs whose packets end in the element. */
  readonly consumes?: readonly number[];
  /** It drops some packets on purpose, and does not count them. */
  readonly silent?: true;
}

const RULES: Readonly<Record<string, Rule>> = {
  Queue: { held: "length" },
  ARPQuerier: { made: "queries", held: "length", consumes: [1] },
  // No errors about errors, fragments or broadcasts (RFC 1122 §3.2.2).
  ICMPError: { silent: true },
};

/** @param counts  packets on each connection of the configuration, in its order */
export function keepBooks(
  { elements, connections }: Configuration,
  counts: readonly number[],
  read: ReadNumber,
): readonly Entry[] {
  return elements.map(({ name, className }, index) => {
    const rule = RULES[className] ?? {};
    const sum = (belongs: (connection: (typeof connections)[number]) => boolean): number =>
      connections.reduce((total, connection, at) => total + (belongs(connection) ? (counts[at] ?? 0) : 0), 0);
    const incoming = sum(({ to }) => to === index);
    const out = sum(({ from }) => from === index);
    const isSource = connections.every(({ to }) => to !== index);
    const isSink = connections.every(({ from }) => from !== index);
    const made = isSource ? out : count(read, name, rule.made);
    const held = count(read, name, rule.held);
    const consumed = isSink
      ? incoming
      : sum(({ to, toPort }) => to === index && (rule.consumes?.includes(toPort) ?? false));
    return {
      name,
      className,
      in: incoming,
      out,
      made,
      held,
      consumed,
      dropped: incoming + made - out - held - consumed,
    };
  });
}

function count(read: ReadNumber, element: string, handler: string | undefined): number {
  return handler === undefined ? 0 : (read(element, handler) ?? 0);
}

/**
 * Holds the books against what the elements say themselves.
 *
 * @returns what is wrong, in words; nothing when every packet is accounted for
 */
export function auditBooks(entries: readonly Entry[], read: ReadNumber): readonly string[] {
  return entries.flatMap((entry) => {
    const { name, className, in: incoming, out, dropped, consumed } = entry;
    const faults: string[] = [];
    if (dropped < 0) faults.push(`${name}: ${out} packets came out, ${incoming} went in`);
    const ownCount = isEnd(entry) ? read(name, "count") : undefined;
    const passed = Math.max(out, consumed);
    if (ownCount !== undefined && ownCount !== passed) faults.push(`${name}: counted ${ownCount}, ${passed} passed`);
    const ownDrops = read(name, "drops") ?? 0;
    const isSilent = RULES[className]?.silent ?? false;
    if (dropped > 0 && dropped !== ownDrops && !isSilent)
      faults.push(`${name}: lost ${dropped} packets, and reports ${ownDrops}`);
    return faults;
  });
}

/** Sources and sinks count what passes through them. */
function isEnd({ in: incoming, out }: Entry): boolean {
  return incoming === 0 || out === 0;
}

/** The sums of a whole run: `in + made = consumed + held + dropped`. */
export interface Totals {
  /** Packets that sources brought in. */
  readonly in: number;
  /** Packets that elements inside made. */
  readonly made: number;
  readonly consumed: number;
  readonly held: number;
  readonly dropped: number;
}

export function totalsOf(entries: readonly Entry[]): Totals {
  const sum = (value: (entry: Entry) => number): number => entries.reduce((total, entry) => total + value(entry), 0);
  return {
    in: sum((entry) => (entry.in === 0 ? entry.made : 0)),
    made: sum((entry) => (entry.in === 0 ? 0 : entry.made)),
    consumed: sum(({ consumed }) => consumed),
    held: sum(({ held }) => held),
    dropped: sum(({ dropped }) => dropped),
  };
}

/** The books of several runs of the same configuration as one. */
export function addBooks(a: readonly Entry[], b: readonly Entry[]): readonly Entry[] {
  return a.map((entry, index) => {
    const other = b[index];
    if (!other) return entry;
    return {
      ...entry,
      in: entry.in + other.in,
      out: entry.out + other.out,
      made: entry.made + other.made,
      held: entry.held + other.held,
      consumed: entry.consumed + other.consumed,
      dropped: entry.dropped + other.dropped,
    };
  });
}
