/**
 * Rules as predicates, for long packets and for short ones.
 *
 * In a packet that has all bytes that any comparison asks for, a rule depends on field values only. In a shorter one, a
 * comparison whose bytes are missing has a fixed result. There, how many of the lengths that matter are reached is one more
 * field of the packet, so that short packets are decided by a diagram too, at much the same cost.
 */
import { type Comparison, type Condition, eachComparison, maskBytes } from "./condition.ts";
import { Base, type Field, Fields, requirement, trailingZeros, type ValueRange } from "./fields.ts";
import { FALSE, Predicates, TRUE } from "./predicates.ts";
import { type Coordinates, DROPPED, type Rule } from "./rules.ts";

/** One rule of a list. */
export interface Entry {
  readonly output: number;
  readonly predicate: number;
}

/** The lengths, ascending, at which bytes begin to be there that some comparison asks for. */
export interface Thresholds {
  readonly base: Base;
  readonly lengths: readonly number[];
  /** The field that counts the lengths reached. */
  readonly field: number;
}

export interface PredicateRules {
  readonly coordinates: Coordinates;
  /** The fields of packets, then one for each of the thresholds. */
  readonly fields: readonly Field[];
  readonly predicates: Predicates;
  readonly thresholds: readonly Thresholds[];
  readonly long: readonly Entry[];
  readonly short: readonly Entry[];
}

/** Where the counts of lengths reached lie in one word, by base: few for network and MAC header, more for the others. */
const COUNT_SHIFT: Record<Base, number> = {
  [Base.DATA]: 0,
  [Base.NETWORK]: 0,
  [Base.TRANSPORT]: 10,
  [Base.MAC]: 30,
  [Base.LENGTHS]: 0,
};

export function toPredicates(rules: readonly Rule[], coordinates: Coordinates): PredicateRules {
  const conditions = rules.flatMap(({ condition }) => (condition === undefined ? [] : [condition]));
  const packetFields = new Fields(conditions, coordinates);
  const fields = [...packetFields.list];
  const thresholds: Thresholds[] = [];
  for (const [base, lengths] of lengthsAskedFor(conditions, coordinates)) {
    const shift = COUNT_SHIFT[base];
    thresholds.push({ base, lengths, field: fields.length });
    const bits = 32 - Math.clz32(lengths.length);
    fields.push({ base: Base.LENGTHS, offset: 0, mask: ((2 ** bits - 1) << shift) >>> 0, shift, max: lengths.length });
  }
  const predicates = new Predicates(fields.map(({ max }) => max));
  const convert = (converter: Converter): Entry[] =>
    rules.map(({ output, condition }) =>
      // a rule that tests nothing ends the search: everything that reaches it is dropped
      condition === undefined
        ? { output: DROPPED, predicate: TRUE }
        : { output, predicate: converter.convert(condition) },
    );
  const long = convert(new Converter(packetFields, predicates));
  const short = convert(new ShortConverter(packetFields, predicates, thresholds));
  return { coordinates, fields, predicates, thresholds, long, short };
}

/** The predicate of packets that reach all lengths. */
export function isLong({ predicates, thresholds }: PredicateRules): number {
  return predicates.and(
    thresholds.map(({ field, lengths }) => predicates.values(field, [lengths.length, lengths.length])),
  );
}

function lengthsAskedFor(conditions: readonly Condition[], coordinates: Coordinates): [Base, number[]][] {
  const sets = new Map<Base, Set<number>>();
  for (const condition of conditions)
    eachComparison(condition, (comparison) => {
      if (comparison.mask === 0) return;
      const { base, needed } = requirement(comparison, coordinates);
      const set = sets.get(base) ?? new Set();
      sets.set(base, set.add(needed));
    });
  return [...sets]
    .sort(([a], [b]) => a - b)
    .map(([base, lengths]): [Base, number[]] => [base, [...lengths].sort((a, b) => a - b)]);
}

/** Makes predicates of conditions, for packets in which all bytes are there. */
class Converter {
  protected readonly fields: Fields;
  protected readonly predicates: Predicates;
  /** Choices use their tests twice; without this, choices nested in tests would take exponential time. */
  private readonly done = { plain: new Map<Condition, number>(), negated: new Map<Condition, number>() };

  constructor(fields: Fields, predicates: Predicates) {
    this.fields = fields;
    this.predicates = predicates;
  }

  convert(condition: Condition): number {
    this.done.plain.clear();
    this.done.negated.clear();
    return this.sense(condition, false);
  }

  protected sense(condition: Condition, negated: boolean): number {
    if (condition.kind === "not") return this.sense(condition.term, !negated);
    if (condition.kind === "compare") {
      if (condition.mask === 0) return negated ? FALSE : TRUE;
      return this.comparison(condition, negated);
    }
    if (condition.greater !== undefined) return this.relation(condition, negated);
    if (condition.kind !== "choose") return this.group(condition, negated);
    const done = negated ? this.done.negated : this.done.plain;
    const known = done.get(condition) ?? this.choice(condition.terms, negated);
    done.set(condition, known);
    return known;
  }

  protected comparison(comparison: Comparison, negated: boolean): number {
    return this.range(this.fields.equal(comparison), negated);
  }

  protected relation(group: Group, negated: boolean): number {
    return this.range(this.fields.greater(group.greater!), negated);
  }

  protected group({ kind, terms }: Group, negated: boolean): number {
    const converted = terms.map((term) => this.sense(term, negated));
    return (kind === "and") !== negated ? this.predicates.and(converted) : this.predicates.or(converted);
  }

  protected range({ field, low, high }: ValueRange, negated: boolean): number {
    const ranges = low > high ? [] : [low, high];
    return negated ? this.predicates.otherValues(field, ranges) : this.predicates.values(field, ranges);
  }

  /** `a ? b : c ? d : e`; the last condition without another branch is an and. */
  private choice(terms: readonly Condition[], negated: boolean): number {
    const [test, then, ...rest] = terms;
    if (test === undefined) return negated ? TRUE : FALSE;
    if (then === undefined) return this.sense(test, negated);
    const yes = this.predicates.and([this.sense(test, false), this.sense(then, negated)]);
    const no = this.predicates.and([this.sense(test, true), this.choice(rest, negated)]);
    return this.predicates.or([yes, no]);
  }
}

type Group = Exclude<Condition, { kind: "compare" | "not" }>;

/** Makes predicates of conditions, for packets in which some bytes may be missing. */
class ShortConverter extends Converter {
  private readonly thresholds: readonly Thresholds[];

  constructor(fields: Fields, predicates: Predicates, thresholds: readonly Thresholds[]) {
    super(fields, predicates);
    this.thresholds = thresholds;
  }

  protected override comparison(comparison: Comparison, negated: boolean): number {
    const there = super.comparison(comparison, negated);
    if (comparison.whenMissing !== negated) return this.predicates.or([this.has(comparison, false), there]);
    return this.predicates.and([this.has(comparison, true), there]);
  }

  /**
   * The bytes of a relation all lie in one word; for each number of them that may be there, the parts of the relation come
   * down to a set of values of the upper bytes.
   */
  protected override relation(group: Group, negated: boolean): number {
    const { offset, mask } = group.greater!;
    const whole = maskBytes(mask);
    const cases: number[] = [];
    for (let there = 0; there <= whole; there++) {
      const counts = this.countsFor(offset, there, whole);
      if (counts === undefined) continue;
      const decided = there === whole ? super.relation(group, negated) : this.partOfRelation(group, negated, there);
      cases.push(this.predicates.and([counts, decided]));
    }
    return this.predicates.or(cases);
  }

  /** The predicate of packets in which exactly the first `there` bytes of the word at `offset` are there. */
  private countsFor(offset: number, there: number, whole: number): number | undefined {
    const { lengths, field, start } = this.lengthsOf(offset);
    const reached = (bytes: number): number => lengths.filter((length) => length <= start + bytes).length;
    const low = there === 0 ? 0 : reached(there);
    const high = there === whole ? lengths.length : there === 0 ? reached(0) : low;
    // a number of bytes that no comparison asks for is the same as the one below
    if (there > 0 && there < whole && lengths[low - 1] !== start + there) return undefined;
    return this.predicates.values(field, [low, high]);
  }

  private lengthsOf(offset: number): { lengths: readonly number[]; field: number; start: number } {
    const { base, needed } = requirement({ offset, mask: 0xff000000 }, this.fields.coordinates);
    const { lengths, field } = this.thresholds.find((each) => each.base === base)!;
    return { lengths, field, start: needed - 1 };
  }

  private partOfRelation(group: Group, negated: boolean, there: number): number {
    const mask = (group.greater!.mask & ~(2 ** (32 - 8 * there) - 1)) >>> 0;
    if (mask === 0) return partHolds(group, 0, there) !== negated ? TRUE : FALSE;
    const shift = trailingZeros(mask);
    const values = (mask >>> shift) + 1;
    if (values > MOST_VALUES_TRIED) return this.group(group, negated);
    const holding: number[] = [];
    for (let value = 0; value < values; value++)
      if (partHolds(group, (value << shift) >>> 0, there) !== negated)
        holding.push(
          this.range(this.fields.equal({ offset: group.greater!.offset, mask, value: (value << shift) >>> 0 }), false),
        );
    return this.predicates.or(holding);
  }

  /** Whether the bytes of a masked word are there, or not. */
  private has(word: { readonly offset: number; readonly mask: number }, there: boolean): number {
    const { base, needed } = requirement(word, this.fields.coordinates);
    const { lengths, field } = this.thresholds.find((each) => each.base === base)!;
    const count = lengths.indexOf(needed) + 1;
    return this.predicates.values(field, there ? [count, lengths.length] : [0, count - 1]);
  }
}

/** Values of one byte: trying more would take longer than it saves. */
const MOST_VALUES_TRIED = 256;

/** Whether the parts of a relation hold for a word of which only the first `there` bytes are there. */
function partHolds(condition: Condition, word: number, there: number): boolean {
  if (condition.kind === "not") return !partHolds(condition.term, word, there);
  if (condition.kind !== "compare")
    return condition.kind === "and"
      ? condition.terms.every((term) => partHolds(term, word, there))
      : condition.terms.some((term) => partHolds(term, word, there));
  if (maskBytes(condition.mask) > there) return condition.whenMissing;
  return (word & condition.mask) >>> 0 === condition.value;
}
