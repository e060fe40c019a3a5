/**
 * Diagrams as a table in guest memory, which `elements/net/matchDiagrams.ts` walks. All numbers are 32-bit little-endian,
 * all positions are offsets from the table's start.
 *
 *     header   kind = 2 | ip? | long length, first base | long length, transport | MAC needed? | long forest | lengths | program
 *     lengths  number for first base | for transport | short forest, 0 for the program | 0 | the lengths
 *     forest   number of trees | rule outputs, 0 if the results are outputs | 0 | 0 | { root, first rule }...
 *     program  the rules' program, laid out as in programTable.ts
 *     split    base | offset | mask | 0 | 8 limits | 9 references | 0 0 0   reference i: the word reaches i limits
 *     jump     base | offset | mask | shift | references by the word's upper bits
 *     leaf     ranges | last group? | result if none | 0 | 4 results | ranges times { base | offset | mask | 0 | 4 lows | 4 spans }
 *
 * A reference is a position with a tag in its two lowest bits: 0 split, 1 a result (shifted left by two), 2 leaf, 3 jump.
 */
import type { Diagram, Leaf, Split } from "./diagram.ts";
import { Base, type Field } from "./fields.ts";
import type { Forest, Grove } from "./forest.ts";
import type { Predicates } from "./predicates.ts";
import { programTable } from "./programTable.ts";
import type { Rule } from "./rules.ts";

export const DIAGRAM_TABLE = 2;

const SPLIT = 0;
const RESULT = 1;
const LEAF = 2;
const JUMP = 3;

/** Ways of a split node: eight limits fit into two vector registers. */
const WAYS = 9;
/** Splits with more children begin with a jump. */
const MOST_CHILDREN = 27;
const MOST_JUMP_BITS = 12;

/** @returns the table's bytes, to be placed at an address divisible by 16 */
export function diagramTable(forest: Forest, rules: readonly Rule[]): Uint8Array {
  const words = new Words();
  const header = words.reserve(8);
  const writer = new DiagramWriter(words, forest.rules.fields, forest.rules.predicates);
  const outputs = (results: Grove["results"]): number =>
    results === "outputs" ? 0 : words.append(rules.map(({ output }) => output));
  const writeGrove = ({ trees, results }: Grove): number => {
    const roots = trees.flatMap(({ diagram, firstRule }) => [writer.reference(diagram), firstRule]);
    return words.append([trees.length, outputs(results), 0, 0, ...roots]);
  };
  const long = writeGrove(forest.long);
  const short = forest.short === undefined ? 0 : writeGrove(forest.short);

  const { coordinates, thresholds } = forest.rules;
  const lengthsOf = (base: Base) => thresholds.find((each) => each.base === base)?.lengths ?? [];
  const ip = coordinates === "ip";
  const first = lengthsOf(ip ? Base.NETWORK : Base.DATA);
  const transport = lengthsOf(Base.TRANSPORT);
  const mac = lengthsOf(Base.MAC).length;
  const lengths = words.append([first.length, transport.length, short, 0, ...first, ...transport]);
  const program = short === 0 ? words.appendBytes(programTable(rules, coordinates)) : 0;
  words.set(header, [DIAGRAM_TABLE, ip ? 1 : 0, first.at(-1) ?? 0, transport.at(-1) ?? 0, mac, long, lengths, program]);
  return words.bytes();
}

/** Words that grow; each piece starts at a multiple of 16 bytes. */
class Words {
  private words = new Uint32Array(1024);
  private length = 0;

  /** @returns the position, in bytes */
  reserve(count: number): number {
    const position = this.length;
    this.length += (count + 3) & ~3;
    if (this.length > this.words.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    return position * 4;
  }

  set(position: number, values: readonly number[]): void {
    this.words.set(values, position / 4);
  }

  append(values: readonly number[]): number {
    const position = this.reserve(values.length);
    this.set(position, values);
    return position;
  }

  /** @param bytes  little-endian words */
  appendBytes(bytes: Uint8Array): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return this.append(Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(i * 4, true)));
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.length * 4);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < this.length; i++) view.setUint32(i * 4, this.words[i]!, true);
    return bytes;
  }
}

class DiagramWriter {
  private readonly words: Words;
  private readonly fields: readonly Field[];
  private readonly predicates: Predicates;
  private readonly written = new Map<Diagram, number>();

  constructor(words: Words, fields: readonly Field[], predicates: Predicates) {
    this.words = words;
    this.fields = fields;
    this.predicates = predicates;
  }

  reference(diagram: Diagram): number {
    if (diagram.kind === "result") return ((diagram.output << 2) | RESULT) >>> 0;
    let reference = this.written.get(diagram);
    if (reference === undefined) {
      reference = diagram.kind === "leaf" ? this.leaf(diagram) : this.split(diagram);
      this.written.set(diagram, reference);
    }
    return reference;
  }

  private split({ field, starts, children }: Split): number {
    const references = children.map((child) => this.reference(child));
    return children.length > MOST_CHILDREN
      ? this.jump(this.fields[field]!, starts, references)
      : this.search(this.fields[field]!, starts, references, 0, references.length);
  }

  /** A tree of nine-way nodes over children `from` to `to - 1`. */
  private search(
    field: Field,
    starts: readonly number[],
    references: readonly number[],
    from: number,
    to: number,
  ): number {
    if (to - from === 1) return references[from]!;
    const ways = Math.min(WAYS, to - from);
    const cuts = Array.from({ length: ways + 1 }, (_, i) => from + Math.round(((to - from) * i) / ways));
    const limits = new Array<number>(WAYS - 1).fill(0xffffffff);
    for (let i = 1; i < ways; i++) limits[i - 1] = (starts[cuts[i]!]! << field.shift) >>> 0;
    const below: number[] = [];
    for (let i = 0; i < ways; i++) below.push(this.search(field, starts, references, cuts[i]!, cuts[i + 1]!));
    // an all-ones word reaches the unused limits too
    while (below.length < WAYS) below.push(below[ways - 1]!);
    return this.words.append([field.base, field.offset, field.mask, 0, ...limits, ...below, 0, 0, 0]) | SPLIT;
  }

  private jump(field: Field, starts: readonly number[], references: readonly number[]): number {
    const bits = 32 - Math.clz32(field.max);
    const used = Math.min(bits, MOST_JUMP_BITS, Math.ceil(Math.log2(references.length * 2)));
    const span = 2 ** (bits - used);
    const targets: number[] = [];
    let from = 0;
    for (let slot = 0; slot < 2 ** used; slot++) {
      while (from + 1 < starts.length && starts[from + 1]! <= slot * span) from++;
      let to = from + 1;
      while (to < starts.length && starts[to]! < (slot + 1) * span) to++;
      targets.push(this.search(field, starts, references, from, to));
    }
    const shift = field.shift + bits - used;
    return this.words.append([field.base, field.offset, field.mask, shift, ...targets]) | JUMP;
  }

  private leaf({ entries, otherwise }: Leaf): number {
    const boxes = entries.map(({ predicate }) => this.rangesOf(predicate));
    const groups = Math.ceil(entries.length / 4);
    const sizes = Array.from({ length: groups }, (_, g) => {
      const used = new Set(boxes.slice(g * 4, g * 4 + 4).flatMap((box) => [...box.keys()]));
      return [...used];
    });
    const start = this.words.reserve(sizes.reduce((sum, fields) => sum + 8 + 12 * fields.length, 0));
    let position = start;
    sizes.forEach((fields, g) => {
      // unused lanes repeat the last rule, after it: they change nothing
      const lanes = [0, 1, 2, 3].map((lane) => Math.min(g * 4 + lane, entries.length - 1));
      const words = [fields.length, g === groups - 1 ? 1 : 0, otherwise, 0, ...lanes.map((i) => entries[i]!.output)];
      for (const index of fields) {
        const { base, offset, mask, shift } = this.fields[index]!;
        const ranges = lanes.map((i) => boxes[i]!.get(index) ?? { low: 0, high: this.predicates.maximum(index) });
        words.push(base, offset, mask, 0);
        words.push(...ranges.map(({ low }) => (low << shift) >>> 0));
        words.push(...ranges.map(({ low, high }) => ((high - low) << shift) >>> 0));
      }
      this.words.set(position, words);
      position += words.length * 4;
    });
    return start | LEAF;
  }

  private rangesOf(number: number): Map<number, { low: number; high: number }> {
    const predicate = this.predicates.get(number);
    const terms = predicate.kind === "and" ? predicate.terms.map((term) => this.predicates.get(term)) : [predicate];
    const ranges = new Map<number, { low: number; high: number }>();
    for (const term of terms) {
      if (term.kind !== "values" || term.ranges.length !== 2)
        throw new Error("a leaf holds conjunctions of ranges only");
      ranges.set(term.field, { low: term.ranges[0]!, high: term.ranges[1]! });
    }
    return ranges;
  }
}
