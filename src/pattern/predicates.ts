/**
 * Conditions over field values, each stored once: equal predicates have equal numbers. Negation is pushed down to sets of
 * values, so that a deep `not (... or ...)` is as cheap as any other condition.
 */

/** Numbers of the constant predicates. */
export const FALSE = 0;
export const TRUE = 1;

/** A set of values of one field: `low, high` pairs, ascending, neither touching nor overlapping. */
export interface ValueSet {
  readonly kind: "values";
  readonly field: number;
  readonly ranges: readonly number[];
}

export type Predicate =
  | { readonly kind: "constant"; readonly fields: readonly number[] }
  | (ValueSet & { readonly fields: readonly number[] })
  | { readonly kind: "and" | "or"; readonly terms: readonly number[]; readonly fields: readonly number[] };

/** A predicate as a function of one field: from `starts[i]` up to the next start it is predicate `results[i]`. */
export interface Restriction {
  readonly starts: readonly number[];
  readonly results: readonly number[];
}

export class Predicates {
  private readonly list: Predicate[] = [
    { kind: "constant", fields: [] },
    { kind: "constant", fields: [] },
  ];
  private readonly numbers = new Map<string, number>();
  private readonly restrictions: Map<number, Restriction>[] = [];
  private readonly implications = new Map<number, boolean>();
  private readonly maxima: readonly number[];

  /** @param maxima  the largest value of each field */
  constructor(maxima: readonly number[]) {
    this.maxima = maxima;
  }

  /** Number of predicates made so far. */
  get count(): number {
    return this.list.length;
  }

  /** The largest value of a field. */
  maximum(field: number): number {
    return this.maxima[field]!;
  }

  get(number: number): Predicate {
    const predicate = this.list[number];
    if (predicate === undefined) throw new Error(`no predicate ${number}`);
    return predicate;
  }

  /** The field has a value in `ranges`. */
  values(field: number, ranges: readonly number[]): number {
    if (ranges.length === 0) return FALSE;
    if (ranges.length === 2 && ranges[0] === 0 && ranges[1] === this.maxima[field]) return TRUE;
    return this.intern(`v${field}:${ranges.join()}`, () => ({ kind: "values", field, ranges, fields: [field] }));
  }

  /** The field has a value outside of `ranges`. */
  otherValues(field: number, ranges: readonly number[]): number {
    return this.values(field, complement(ranges, this.maxima[field]!));
  }

  and(terms: readonly number[]): number {
    return this.combine("and", terms);
  }

  or(terms: readonly number[]): number {
    return this.combine("or", terms);
  }

  private combine(kind: "and" | "or", terms: readonly number[]): number {
    const absorbing = kind === "and" ? FALSE : TRUE;
    const neutral = kind === "and" ? TRUE : FALSE;
    const others = new Set<number>();
    const sets = new Map<number, readonly number[]>();
    const pending = [...terms];
    while (pending.length > 0) {
      const number = pending.pop()!;
      if (number === absorbing) return absorbing;
      if (number === neutral) continue;
      const term = this.get(number);
      if (term.kind === kind) pending.push(...term.terms);
      else if (term.kind === "values") {
        const before = sets.get(term.field);
        const joined =
          before === undefined
            ? term.ranges
            : kind === "and"
              ? intersection(before, term.ranges)
              : union(before, term.ranges);
        sets.set(term.field, joined);
      } else others.add(number);
    }
    for (const [field, ranges] of sets) {
      const number = this.values(field, ranges);
      if (number === absorbing) return absorbing;
      if (number !== neutral) others.add(number);
    }
    if (others.size === 0) return neutral;
    const sorted = [...others].sort((a, b) => a - b);
    if (sorted.length === 1) return sorted[0]!;
    return this.intern(`${kind}${sorted.join()}`, () => ({ kind, terms: sorted, fields: this.fieldsOf(sorted) }));
  }

  private fieldsOf(terms: readonly number[]): number[] {
    const fields = new Set<number>();
    for (const term of terms) for (const field of this.get(term).fields) fields.add(field);
    return [...fields].sort((a, b) => a - b);
  }

  private intern(key: string, make: () => Predicate): number {
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = this.list.length;
    this.list.push(make());
    this.numbers.set(key, number);
    return number;
  }

  /** What remains of the predicate for each value of `field`. */
  restrict(number: number, field: number): Restriction {
    this.restrictions[number] ??= new Map();
    const memo = this.restrictions[number];
    let restriction = memo.get(field);
    if (restriction === undefined) {
      restriction = this.computeRestriction(number, field);
      memo.set(field, restriction);
    }
    return restriction;
  }

  private computeRestriction(number: number, field: number): Restriction {
    const predicate = this.get(number);
    if (!predicate.fields.includes(field) || predicate.kind === "constant") return { starts: [0], results: [number] };
    if (predicate.kind === "values") {
      const starts: number[] = [];
      const results: number[] = [];
      for (let i = 0; i < predicate.ranges.length; i += 2) {
        const low = predicate.ranges[i]!;
        const high = predicate.ranges[i + 1]!;
        if (i === 0 && low > 0) {
          starts.push(0);
          results.push(FALSE);
        }
        starts.push(low);
        results.push(TRUE);
        if (high < this.maxima[field]!) {
          starts.push(high + 1);
          results.push(FALSE);
        }
      }
      return { starts, results };
    }
    const fixed: number[] = [];
    const varying: Restriction[] = [];
    for (const term of predicate.terms) {
      if (this.get(term).fields.includes(field)) varying.push(this.restrict(term, field));
      else fixed.push(term);
    }
    const starts: number[] = [];
    const results: number[] = [];
    for (const start of mergedStarts(varying)) {
      const result = this.combine(predicate.kind, [...fixed, ...varying.map((each) => resultAt(each, start))]);
      if (result === results[results.length - 1]) continue;
      starts.push(start);
      results.push(result);
    }
    return { starts, results };
  }

  /** Whether `a` certainly implies `b`. May miss it for predicates that are not plain conjunctions. */
  implies(a: number, b: number): boolean {
    if (a === b || b === TRUE || a === FALSE) return true;
    if (a === TRUE || b === FALSE) return false;
    const key = a * 0x4000000 + b;
    let result = this.implications.get(key);
    if (result === undefined) {
      result = this.computeImplication(this.get(a), this.get(b), a);
      this.implications.set(key, result);
    }
    return result;
  }

  private computeImplication(a: Predicate, b: Predicate, aNumber: number): boolean {
    if (b.kind === "and") return b.terms.every((term) => this.implies(aNumber, term));
    if (a.kind === "and") {
      if (b.kind === "values" && !a.fields.includes(b.field)) return false;
      return a.terms.some((term) => this.implies(term, this.numberOf(b)));
    }
    if (a.kind === "or") return a.terms.every((term) => this.implies(term, this.numberOf(b)));
    if (b.kind === "or") return b.terms.some((term) => this.implies(aNumber, term));
    if (a.kind !== "values" || b.kind !== "values" || a.field !== b.field) return false;
    return intersection(a.ranges, b.ranges).join() === a.ranges.join();
  }

  private numberOf(predicate: Predicate): number {
    if (predicate.kind === "values") return this.values(predicate.field, predicate.ranges);
    if (predicate.kind === "constant") return TRUE;
    return this.combine(predicate.kind, predicate.terms);
  }

  /** Whether the predicate is a conjunction of single ranges. */
  isBox(number: number): boolean {
    const predicate = this.get(number);
    if (predicate.kind === "constant") return true;
    if (predicate.kind === "values") return predicate.ranges.length === 2;
    return (
      predicate.kind === "and" &&
      predicate.terms.every((term) => {
        const each = this.get(term);
        return each.kind === "values" && each.ranges.length === 2;
      })
    );
  }

  /** Number of value sets in the predicate. */
  size(number: number): number {
    const predicate = this.get(number);
    if (predicate.kind === "constant") return 0;
    if (predicate.kind === "values") return predicate.ranges.length / 2;
    return predicate.terms.reduce((sum, term) => sum + this.size(term), 0);
  }
}

function mergedStarts(restrictions: readonly Restriction[]): readonly number[] {
  const [only, second] = restrictions;
  if (only !== undefined && second === undefined) return only.starts;
  return [...new Set(restrictions.flatMap(({ starts }) => starts))].sort((a, b) => a - b);
}

/** The result for `value`. */
export function resultAt({ starts, results }: Restriction, value: number): number {
  let i = starts.length - 1;
  while (starts[i]! > value) i--;
  return results[i]!;
}

function complement(ranges: readonly number[], max: number): number[] {
  const out: number[] = [];
  let next = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    if (ranges[i]! > next) out.push(next, ranges[i]! - 1);
    next = ranges[i + 1]! + 1;
  }
  if (next <= max) out.push(next, max);
  return out;
}

function intersection(a: readonly number[], b: readonly number[]): number[] {
  const out: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const low = Math.max(a[i]!, b[j]!);
    const high = Math.min(a[i + 1]!, b[j + 1]!);
    if (low <= high) out.push(low, high);
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return out;
}

function union(a: readonly number[], b: readonly number[]): number[] {
  const pairs: [number, number][] = [];
  for (const ranges of [a, b]) for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i]!, ranges[i + 1]!]);
  pairs.sort((x, y) => x[0] - y[0]);
  const out: number[] = [];
  for (const [low, high] of pairs) {
    const last = out.length - 1;
    if (last >= 0 && low <= out[last]! + 1) out[last] = Math.max(out[last]!, high);
    else out.push(low, high);
  }
  return out;
}
