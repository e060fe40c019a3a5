/** SourceIPHashMapper: lays out its ring exactly as Click does, so that an address gets the same pattern. */
import { splitWords } from "../../src/language/argumentText.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { readWord } from "../net/words.host.ts";
import type { PatternWithOutputs } from "./inputSpec.host.ts";
import { parsePatterns, putMapper, type Ring } from "./mapper.host.ts";

export const hostHalf: HostHalf = {
  configure(element, _values, [layout, ...texts]) {
    if (layout === undefined) return element.error("no hash seed given");
    if (texts.length === 0) return element.error("no patterns given");
    if (texts.length === 1) element.warning("only one pattern given");
    const given = parseLayout(element, layout);
    if (typeof given === "string") return element.error(given);
    const servers = texts.flatMap((text) => parseServer(element, text));
    if (servers.length < texts.length) return;
    const patterns = servers.map(({ pattern }) => pattern);
    const ids = servers.map(({ id }) => id);
    putMapper(element, patterns, layRing(ids, given.nodes, given.seed));
  },
};

/** @returns the two numbers, or Click's message */
function parseLayout(element: HostedElement, text: string): { nodes: number; seed: number } | string {
  const words = splitWords(text);
  if (words.length !== 2) return "requires 2 config params: numnodes seed";
  const nodes = readWord<number>(element, "int", words[0] ?? "");
  if (nodes === undefined || nodes <= 0) return "number of nodes must be an integer";
  const seed = readWord<number>(element, "int", words[1] ?? "");
  return seed === undefined ? "hash seed must be an integer" : { nodes, seed };
}

/** One pattern and its number; none, with a fault reported, when it is not that. */
function parseServer(element: HostedElement, text: string): { pattern: PatternWithOutputs; id: number }[] {
  const words = splitWords(text);
  const id = readWord<number>(element, "int", words.at(-1) ?? "");
  if (words.length <= 1 || id === undefined || id < 0) {
    element.error("bad server ID in pattern spec");
    return [];
  }
  return parsePatterns(element, [words.slice(0, -1).join(" ")]).map((pattern) => ({ pattern, id: id & LARGEST_ID }));
}

/** Click keeps the numbers of patterns in 16 bits. */
const LARGEST_ID = 0xffff;

/** Random places for every number up to the largest in use; those of numbers that nobody has are left out. */
function layRing(ids: readonly number[], nodes: number, seed: number): Ring {
  const inUse = [...new Set(ids)].toSorted((a, b) => a - b);
  const random = randomNumbers(seed);
  const entries: { key: number; pattern: number }[] = [];
  for (let id = 0; id <= (inUse.at(-1) ?? -1); id++) {
    const pattern = inUse.indexOf(id);
    for (let node = 0; node < nodes; node++) {
      const key = random();
      if (pattern >= 0) entries.push({ key, pattern });
    }
  }
  entries.sort((a, b) => a.key - b.key);
  return { entries, fallback: entries[rootOf(entries.length)]?.pattern ?? 0 };
}

/** Where the root of Click's search tree lies in the order of keys: it serves what lies beyond the last key. */
function rootOf(size: number): number {
  const n = 2 ** (Math.floor(Math.log2(size)) + 1);
  const firstOdd = 2 * Math.floor((size + 1) / 2) - 2 * Math.floor((n - 1 - size) / 2) + 1;
  const root = n / 2;
  return (root < firstOdd ? root : Math.floor((root + firstOdd - 1) / 2)) - 1;
}

/**
 * Lags and length of the GNU C library's default generator, random(3): additive feedback over 31 words (Knuth 3.2.2).
 */
const LONG_LAG = 31;
const SHORT_LAG = 3;
const DISCARDED = 310;

/** The numbers that random(3) gives after srandom(seed): Click's, on Linux. */
function randomNumbers(seed: number): () => number {
  const state = [seed === 0 ? 1 : seed];
  for (let i = 1; i < LONG_LAG; i++) {
    // Park and Miller's generator, as the library computes it with signed numbers (Schrage).
    const last = state[i - 1] ?? 0;
    const next = 16807 * (last % 127773) - 2836 * Math.trunc(last / 127773);
    state.push(next < 0 ? next + 2147483647 : next);
  }
  let front = SHORT_LAG;
  const step = (): number => {
    const rear = (front + LONG_LAG - SHORT_LAG) % LONG_LAG;
    const sum = ((state[front] ?? 0) + (state[rear] ?? 0)) >>> 0;
    state[front] = sum;
    front = (front + 1) % LONG_LAG;
    return sum >>> 1;
  };
  for (let i = 0; i < DISCARDED; i++) step();
  return step;
}
