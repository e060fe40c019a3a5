/**
 * The header fields that a rule set looks at. A field is a masked word; a comparison under a mask that takes the upper part
 * of a field (an address prefix, the high bits of a port) is a range of that field's values.
 */
import { type Condition, maskBytes, NETWORK_BASE, type Relation, TRANSPORT_BASE } from "./condition.ts";
import type { Coordinates } from "./rules.ts";

/**
 * What a field's offset counts from, by the numbers that the tables use. LENGTHS is no place in the packet: its word counts
 * the lengths that the packet reaches.
 */
export const Base = { DATA: 0, NETWORK: 1, TRANSPORT: 2, MAC: 3, LENGTHS: 4 } as const;
export type Base = (typeof Base)[keyof typeof Base];

export interface Field {
  readonly base: Base;
  /** Bytes from the base to the field's word; -2 and up for the MAC header. */
  readonly offset: number;
  readonly mask: number;
  /** Bits that the masked word is shifted right by: the field's values are 0 to `max`. */
  readonly shift: number;
  readonly max: number;
}

/** Values `low` to `high` of a field. */
export interface ValueRange {
  readonly field: number;
  readonly low: number;
  readonly high: number;
}

/** The base and the offset from it that a comparison's offset means. */
export function place(offset: number, coordinates: Coordinates): { readonly base: Base; readonly offset: number } {
  if (coordinates === "classifier") return { base: Base.DATA, offset };
  // Click keeps these offsets in a signed 16-bit number
  const signed = (offset << 16) >> 16;
  if (signed >= TRANSPORT_BASE) return { base: Base.TRANSPORT, offset: signed - TRANSPORT_BASE };
  if (signed >= NETWORK_BASE) return { base: Base.NETWORK, offset: signed - NETWORK_BASE };
  return { base: Base.MAC, offset: signed - 2 };
}

/**
 * The bytes that must be there for a word under a mask to be compared. The length of a MAC header is not known: it takes
 * the one length 1, "there".
 */
export function requirement(
  { offset, mask }: { readonly offset: number; readonly mask: number },
  coordinates: Coordinates,
): { readonly base: Base; readonly needed: number } {
  const placed = place(offset, coordinates);
  const needed = placed.base === Base.MAC ? 1 : placed.offset + maskBytes(mask);
  return { base: placed.base, needed: mask === 0 ? 0 : needed };
}

export class Fields {
  readonly list: Field[] = [];
  readonly coordinates: Coordinates;
  private readonly byWord = new Map<number, number[]>();
  private readonly found = new Map<string, number>();

  constructor(conditions: Iterable<Condition>, coordinates: Coordinates) {
    this.coordinates = coordinates;
    const masks = new Map<number, Set<number>>();
    for (const condition of conditions) collectMasks(condition, masks);
    for (const [offset, set] of masks)
      for (const mask of [...set].sort((a, b) => bits(b) - bits(a))) this.add(offset, mask);
  }

  /** The field values for which the comparison holds. */
  equal({ offset, mask, value }: { offset: number; mask: number; value: number }): ValueRange {
    const { index, field, below } = this.find(offset, mask);
    return { field: index, low: value >>> field.shift, high: (value | below) >>> field.shift };
  }

  /** The field values for which the relation holds; empty (low above high) if there are none. */
  greater({ offset, mask, bound }: Relation): ValueRange {
    const { index, field, below } = this.find(offset, mask);
    return { field: index, low: ((bound | below) >>> field.shift) + 1, high: field.max };
  }

  private find(offset: number, mask: number): { index: number; field: Field; below: number } {
    const key = `${offset}/${mask}`;
    let index = this.found.get(key);
    if (index === undefined) {
      index = this.byWord.get(offset)?.find((each) => isUpperPart(mask, this.list[each]!.mask));
      if (index === undefined) throw new Error(`no field for mask ${mask.toString(16)} at ${offset}`);
      this.found.set(key, index);
    }
    const field = this.list[index]!;
    return { index, field, below: (field.mask & ~mask) >>> 0 };
  }

  private add(offset: number, mask: number): void {
    const known = this.byWord.get(offset) ?? [];
    if (known.some((index) => isUpperPart(mask, this.list[index]!.mask))) return;
    const shift = trailingZeros(mask);
    known.push(this.list.length);
    this.byWord.set(offset, known);
    this.list.push({ ...place(offset, this.coordinates), mask, shift, max: mask >>> shift });
  }
}

function collectMasks(condition: Condition, masks: Map<number, Set<number>>): void {
  const add = (offset: number, mask: number): void => {
    const set = masks.get(offset) ?? new Set();
    masks.set(offset, set.add(mask));
  };
  if (condition.kind === "compare") {
    if (condition.mask !== 0) add(condition.offset, condition.mask);
  } else if (condition.kind === "not") collectMasks(condition.term, masks);
  else {
    if (condition.greater !== undefined) add(condition.greater.offset, condition.greater.mask);
    // short packets are judged by the parts that are there
    for (const term of condition.terms) collectMasks(term, masks);
    if (condition.greater !== undefined)
      for (const upper of [0xff000000, 0xffff0000, 0xffffff00])
        if (condition.greater.mask & upper) add(condition.greater.offset, (condition.greater.mask & upper) >>> 0);
  }
}

/** Whether `mask` is `whole` without some of its lower bits. */
function isUpperPart(mask: number, whole: number): boolean {
  const below = 2 ** trailingZeros(mask) - 1;
  return (whole & ~below) >>> 0 === mask;
}

export function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

function bits(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}
