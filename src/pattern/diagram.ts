/**
 * Decision diagrams: a rule set as a graph whose nodes ask for one field each and whose ends are outputs.
 *
 * A node stands for an ordered list of rules that are still open. It splits the values of one field at all the places where
 * one of its rules changes, so what remains below depends on nothing but the shortened list: equal lists are one node.
 */
import type { Entry } from "./lengths.ts";
import { FALSE, type Predicates, TRUE } from "./predicates.ts";
import { DROPPED } from "./rules.ts";

/** Some rules, first match wins; `otherwise` if none matches. */
export interface Leaf {
  readonly kind: "leaf";
  readonly entries: readonly Entry[];
  readonly otherwise: number;
}

/** Goes on to `children[i]` for field values from `starts[i]` up to the next start. */
export interface Split {
  readonly kind: "split";
  readonly field: number;
  readonly starts: readonly number[];
  readonly children: readonly Diagram[];
}

export interface Result {
  readonly kind: "result";
  readonly output: number;
}

export type Diagram = Leaf | Split | Result;

export interface DiagramOptions {
  /** Lists up to this long end in a leaf. */
  readonly leafEntries: number;
  /** Leaves hold only conjunctions of ranges, up to this many ranges each. */
  readonly leafRanges: number;
  /** Work that may be spent, in list entries written; a rule set that needs more is not suited. */
  readonly budget: number;
}

/**
 * Weight of the rules that a split copies against the length of the lists that it leaves. At 0 some sets of 1000 rules take
 * ten times the table for the same speed; from 0.5 on others take twice the time.
 */
const COPYING = 0.25;

/** Making a predicate takes about as long as writing this many list entries. */
const NEW_PREDICATE_WORK = 50;

/** Lists up to this length are searched for rules that an earlier one hides: the search is quadratic. */
const REDUCED_LENGTH = 24;

/** Thrown when a diagram would cost more than its budget. */
export class BudgetExceeded extends Error {}

export class DiagramBuilder {
  private readonly predicates: Predicates;
  private readonly options: DiagramOptions;
  private readonly nodes = new Map<string, Diagram>();
  private readonly results = new Map<number, Result>();
  /** Work done so far, in the budget's unit. */
  work = 0;

  constructor(predicates: Predicates, options: DiagramOptions) {
    this.predicates = predicates;
    this.options = options;
  }

  /** @throws BudgetExceeded */
  build(entries: readonly Entry[]): Diagram {
    const list = this.reduce(this.normalize(entries));
    const first = list[0];
    if (first === undefined) return this.result(DROPPED);
    if (first.predicate === TRUE) return this.result(first.output);
    let key = "";
    for (const { output, predicate } of list) key += `${predicate}>${output},`;
    const known = this.nodes.get(key);
    if (known !== undefined) return known;
    const node = this.isLeaf(list) ? leafOf(list) : this.split(list);
    this.nodes.set(key, node);
    return node;
  }

  private result(output: number): Result {
    let result = this.results.get(output);
    if (result === undefined) {
      result = { kind: "result", output };
      this.results.set(output, result);
    }
    return result;
  }

  /** Drops rules that cannot match, those after one that always does, and those at the end that change nothing. */
  private normalize(entries: readonly Entry[]): Entry[] {
    const list: Entry[] = [];
    let end = DROPPED;
    for (const entry of entries) {
      if (entry.predicate === FALSE) continue;
      list.push(entry);
      if (entry.predicate === TRUE) {
        end = entry.output;
        break;
      }
    }
    if (list[list.length - 1]?.predicate === TRUE) list.pop();
    while (list[list.length - 1]?.output === end) list.pop();
    if (end !== DROPPED) list.push({ output: end, predicate: TRUE });
    sortWithinOutputs(list);
    return list;
  }

  /** Drops rules that an earlier one hides, or that a later one of the same output covers with nothing else between. */
  private reduce(list: Entry[]): Entry[] {
    if (list.length < 2 || list.length > REDUCED_LENGTH) return list;
    const kept: Entry[] = [];
    list.forEach((entry, i) => {
      if (kept.some((earlier) => this.predicates.implies(entry.predicate, earlier.predicate))) return;
      for (let j = i + 1; j < list.length && list[j]!.output === entry.output; j++)
        if (this.predicates.implies(entry.predicate, list[j]!.predicate)) return;
      kept.push(entry);
    });
    return kept;
  }

  private isLeaf(list: readonly Entry[]): boolean {
    const { leafEntries, leafRanges } = this.options;
    const tested = list[list.length - 1]!.predicate === TRUE ? list.length - 1 : list.length;
    if (tested > leafEntries) return false;
    for (let i = 0; i < tested; i++) {
      const { predicate } = list[i]!;
      if (!this.predicates.isBox(predicate) || this.predicates.size(predicate) > leafRanges) return false;
    }
    return true;
  }

  private split(list: readonly Entry[]): Diagram {
    const predicatesBefore = this.predicates.count;
    const field = this.bestField(list);
    const restrictions = list.map(({ predicate }) => this.predicates.restrict(predicate, field));
    const starts = distinctStarts(restrictions);
    const lists: Entry[][] = starts.map(() => []);
    const closed = new Uint8Array(starts.length);
    list.forEach(({ output, predicate }, i) => {
      const restriction = restrictions[i]!;
      let at = 0;
      restriction.results.forEach((result, r) => {
        const end = restriction.starts[r + 1];
        if (result === FALSE) {
          at = end === undefined ? starts.length : lowerBound(starts, end, at);
          return;
        }
        const entry = result === predicate ? list[i]! : { output, predicate: result };
        for (; at < starts.length && (end === undefined || starts[at]! < end); at++) {
          if (closed[at]) continue;
          lists[at]!.push(entry);
          this.work++;
          if (result === TRUE) closed[at] = 1;
        }
      });
    });
    this.work += starts.length + NEW_PREDICATE_WORK * (this.predicates.count - predicatesBefore);
    if (this.work > this.options.budget) throw new BudgetExceeded();

    const cuts: number[] = [];
    const children: Diagram[] = [];
    lists.forEach((entries, i) => {
      const child = this.build(entries);
      if (child === children[children.length - 1]) return;
      cuts.push(starts[i]!);
      children.push(child);
    });
    const [only, second] = children;
    return second === undefined ? only! : { kind: "split", field, starts: cuts, children };
  }

  /** The field whose split leaves the shortest lists, counting long ones more, and copies the fewest rules. */
  private bestField(list: readonly Entry[]): number {
    const fields = new Set<number>();
    for (const { predicate } of list) for (const field of this.predicates.get(predicate).fields) fields.add(field);
    let best = -1;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const field of fields) {
      const cost = this.splitCost(list, field);
      if (cost < bestCost) {
        bestCost = cost;
        best = field;
      }
    }
    return best;
  }

  private splitCost(list: readonly Entry[], field: number): number {
    let everywhere = 0;
    // how the number of open rules changes at each start, sorted by start
    const changes: number[] = [];
    for (const { predicate } of list) {
      if (!this.predicates.get(predicate).fields.includes(field)) {
        everywhere++;
        continue;
      }
      const { starts, results } = this.predicates.restrict(predicate, field);
      let open = false;
      for (let i = 0; i < starts.length; i++) {
        const opens = results[i] !== FALSE;
        changes.push(starts[i]! * 4 + (opens === open ? 1 : opens ? 2 : 0));
        open = opens;
      }
    }
    const sorted = Float64Array.from(changes).sort();
    let open = everywhere;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < sorted.length; ) {
      const start = Math.floor(sorted[i]! / 4);
      for (; i < sorted.length && Math.floor(sorted[i]! / 4) === start; i++) open += (sorted[i]! % 4) - 1;
      sum += open + 1;
      squares += (open + 1) * (open + 1);
    }
    return (squares / sum) * (sum / list.length) ** COPYING;
  }
}

/** Rules next to each other with the same output may stand in any order: by number, so that equal lists look equal. */
function sortWithinOutputs(list: Entry[]): void {
  for (let first = 0; first < list.length; ) {
    let end = first + 1;
    while (end < list.length && list[end]!.output === list[first]!.output) end++;
    if (end - first > 1) {
      const run = list.slice(first, end).sort((a, b) => order(a) - order(b));
      let kept = first;
      run.forEach((entry, i) => {
        if (i === 0 || entry.predicate !== run[i - 1]!.predicate) list[kept++] = entry;
      });
      list.splice(kept, end - kept);
      end = kept;
    }
    first = end;
  }
}

/** The rule that always matches stays last. */
const order = ({ predicate }: Entry): number => (predicate === TRUE ? Number.MAX_SAFE_INTEGER : predicate);

function leafOf(list: readonly Entry[]): Leaf {
  const last = list[list.length - 1]!;
  if (last.predicate !== TRUE) return { kind: "leaf", entries: list, otherwise: DROPPED };
  return { kind: "leaf", entries: list.slice(0, -1), otherwise: last.output };
}

function distinctStarts(restrictions: readonly { readonly starts: readonly number[] }[]): number[] {
  const starts = new Set<number>();
  for (const each of restrictions) for (const start of each.starts) starts.add(start);
  return Array.from(Float64Array.from(starts).sort());
}

/** The first index from `from` on whose value is at least `value`. */
function lowerBound(sorted: readonly number[], value: number, from: number): number {
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
