/** What a configured guest's memory must contain before it first runs, in few bytes. */
import type { WasmModule } from "./wasm/decode.ts";
import type { DataSegment } from "./wasm/encode.ts";
import { visitAll } from "./wasm/tree.ts";

/** Words of 32 bits at equal distances, with equal differences, nothing between them: an empty table, or a list of free places. */
export interface Fill {
  readonly address: number;
  /** Bytes from one to the next. */
  readonly stride: number;
  readonly word: number;
  readonly difference: number;
  readonly words: number;
}

export interface Snapshot {
  readonly segments: readonly DataSegment[];
  readonly fills: readonly Fill[];
}

export interface Range {
  readonly address: number;
  readonly length: number;
}

/** A fill costs about 16 bytes; shorter rows stay data. */
const SHORTEST_FILL = 8;
/** A new segment costs about six bytes: shorter gaps of zeros stay in the segment before them. */
const SHORTEST_GAP = 8;

/**
 * @param memory  the guest's
 * @param unneeded  what the linked code does not read
 */
export function takeSnapshot(memory: Uint8Array, unneeded: readonly Range[]): Snapshot {
  const copy = memory.slice();
  for (const { address, length } of unneeded) copy.fill(0, address, address + length);
  const fills = extractFills(copy);
  return { segments: segmentsOf(copy), fills };
}

/** Takes the rows out of the copy. */
function extractFills(copy: Uint8Array): Fill[] {
  const words = new Uint32Array(copy.buffer, copy.byteOffset, copy.length >> 2);
  const fills: Fill[] = [];
  for (let at = nextWord(words, 0); at < words.length; ) {
    const second = nextWord(words, at + 1);
    const stride = second - at;
    const word = words[at] ?? 0;
    const difference = ((words[second] ?? 0) - word) | 0;
    let [count, last] = [1, at];
    for (
      let next = second;
      next < words.length &&
      next - last === stride &&
      ((words[next] ?? 0) - (words[last] ?? 0) - difference) % WORD_VALUES === 0;
      next = nextWord(words, next + 1)
    ) {
      count++;
      last = next;
    }
    if (count >= SHORTEST_FILL) {
      fills.push({ address: at * 4, stride: stride * 4, word, difference, words: count });
      for (let place = at; place <= last; place += stride) words[place] = 0;
      at = nextWord(words, last + 1);
    } else at = second;
  }
  return fills;
}

const WORD_VALUES = 2 ** 32;

/** The next word that is not zero; the length when there is none. */
function nextWord(words: Uint32Array, from: number): number {
  let at = from;
  while (at < words.length && words[at] === 0) at++;
  return at;
}

function segmentsOf(copy: Uint8Array): DataSegment[] {
  const segments: DataSegment[] = [];
  const nextByte = (from: number): number => {
    const words = new Uint32Array(copy.buffer, copy.byteOffset, copy.length >> 2);
    let at = from;
    while (at < copy.length && at % 4 !== 0 && copy[at] === 0) at++;
    while (at < copy.length && at % 4 === 0 && words[at >> 2] === 0) at += 4;
    while (at < copy.length && copy[at] === 0) at++;
    return at;
  };
  for (let start = nextByte(0); start < copy.length; ) {
    let end = start;
    let next = start;
    while (next < copy.length && next - end < SHORTEST_GAP) {
      end = next + 1;
      next = nextByte(end);
    }
    segments.push({ address: start, bytes: copy.slice(start, end) });
    start = next;
  }
  return segments;
}

/** AssemblyScript's number for strings, and where it and the string's length in bytes stand before the string; and the size of that head. */
const STRING_CLASS = 2;
const CLASS_DISTANCE = 8;
const LENGTH_DISTANCE = 4;
const STRING_HEAD = 20;

/**
 * Text that only code mentions which was left out.
 * @param library  the whole library; every literal of it lies in memory
 * @param linked  bodies of the functions that were linked
 */
export function unusedStrings(
  memory: Uint8Array,
  library: WasmModule,
  linked: readonly Parameters<typeof visitAll>[0][],
): Range[] {
  const used = new Set<number>();
  for (const body of linked) collectNumbers(body, used);
  const mentioned = new Set<number>();
  for (const each of library.functions) if ("code" in each) collectNumbers(each.code().body, mentioned);
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const unused: Range[] = [];
  for (const address of mentioned) {
    if (used.has(address) || address < STRING_HEAD || address >= memory.length) continue;
    if (view.getUint32(address - CLASS_DISTANCE, true) !== STRING_CLASS) continue;
    const length = view.getUint32(address - LENGTH_DISTANCE, true);
    if (length % 2 === 0 && length <= memory.length - address)
      unused.push({ address: address - STRING_HEAD, length: STRING_HEAD + length });
  }
  return unused;
}

function collectNumbers(body: Parameters<typeof visitAll>[0], into: Set<number>): void {
  visitAll(body, (expression) => {
    if (expression.kind === "const" && typeof expression.value === "number") into.add(expression.value >>> 0);
  });
}
