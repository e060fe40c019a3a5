/** What a configured guest's memory must contain before it first runs, in few bytes. */
import type { WasmModule } from "./wasm/decode.ts";
import type { DataSegment } from "./wasm/encode.ts";
import { visitAll } from "./wasm/tree.ts";

/** A stretch of memory in which one 32-bit word repeats: an empty table. */
export interface Fill {
  readonly address: number;
  readonly word: number;
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

/** A fill costs about a dozen bytes; shorter repetitions stay data. */
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

/** Takes repetitions out of the copy. */
function extractFills(copy: Uint8Array): Fill[] {
  const words = new Uint32Array(copy.buffer, copy.byteOffset, copy.length >> 2);
  const fills: Fill[] = [];
  for (let at = 0; at < words.length; ) {
    const word = words[at] ?? 0;
    let end = at + 1;
    while (end < words.length && words[end] === word) end++;
    if (word !== 0 && end - at >= SHORTEST_FILL) {
      fills.push({ address: at * 4, word, words: end - at });
      words.fill(0, at, end);
    }
    at = end;
  }
  return fills;
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
