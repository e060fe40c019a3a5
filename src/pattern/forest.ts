/**
 * The diagrams of a rule set: one for long packets and one for short ones, or several side by side where rules overlap so
 * much that one diagram would be too large.
 */
import { BudgetExceeded, type Diagram, DiagramBuilder, type DiagramOptions } from "./diagram.ts";
import { type Entry, isLong, type PredicateRules, toPredicates } from "./lengths.ts";
import { FALSE, type Predicates, TRUE } from "./predicates.ts";
import { type Coordinates, DROPPED, type Rule } from "./rules.ts";

/** What leaves may hold; see DiagramOptions. */
export type LeafShape = Omit<DiagramOptions, "budget">;

/** A diagram of some of the rules, of which `firstRule` comes first. */
export interface Tree {
  readonly diagram: Diagram;
  readonly firstRule: number;
}

/** Trees that together decide a packet, those with earlier rules first. */
export interface Grove {
  readonly trees: readonly Tree[];
  /** What the diagrams' results are: outputs, or the numbers of rules, of which the lowest one wins. */
  readonly results: "outputs" | "rules";
}

export interface Forest {
  readonly rules: PredicateRules;
  /** For packets that have all bytes asked for. */
  readonly long: Grove;
  /** For all other packets; undefined where that takes too much, and the rules' program must do. */
  readonly short: Grove | undefined;
}

/** Work that may be spent for each rule, in list entries written; a table of some 3 bytes comes of each. */
export interface Budgets {
  /** On the diagram for long packets. */
  readonly long: number;
  /** On the diagram for short packets, which are few: without it they are slower, but still decided. */
  readonly short: number;
  /** On all of several trees for long packets together. */
  readonly trees: number;
  /** On each of these trees, for each of its rules. */
  readonly tree: number;
  /** On any of them, however few the rules. */
  readonly least: number;
}

/** 1000 rules take at most three seconds, those of common firewalls a fifth of one. */
const BUDGETS: Budgets = { long: 4000, short: 2500, trees: 3000, tree: 1000, least: 50_000 };

/** A field counts as wide open when a rule leaves more than this share of its values. */
const WIDE = [1 / 16, 1 / 256, 1 / 65536];

/**
 * Builds the diagrams for a rule set.
 *
 * @returns undefined if the rules overlap too much even for several diagrams
 */
export function buildForest(
  rules: readonly Rule[],
  coordinates: Coordinates,
  shape: LeafShape,
  budgets = BUDGETS,
): Forest | undefined {
  const converted = toPredicates(rules, coordinates);
  const one = (entries: readonly Entry[], perRule: number): Grove | undefined => {
    const budget = Math.max(budgets.least, perRule * rules.length);
    const diagram = attempt(() => new DiagramBuilder(converted.predicates, { ...shape, budget }).build(entries));
    return diagram && { trees: [{ diagram, firstRule: 0 }], results: "outputs" };
  };
  const long = one(converted.long, budgets.long) ?? severalTrees(converted, shape, budgets);
  if (long === undefined) return undefined;
  // long packets never come to the short packets' diagram: there they may be dropped
  const otherThanLong = { output: DROPPED, predicate: isLong(converted) };
  return { rules: converted, long, short: one([otherThanLong, ...converted.short], budgets.short) };
}

function severalTrees({ long, predicates }: PredicateRules, shape: LeafShape, budgets: Budgets): Grove | undefined {
  const left = Math.max(budgets.least, budgets.trees * long.length);
  const numbered = long.map(({ predicate }, rule): Entry => ({ output: rule, predicate }));
  const planter = new Planter(predicates, shape, budgets, left);
  const trees = attempt(() => planter.plant(numbered, 0));
  return trees && { trees: trees.sort((a, b) => a.firstRule - b.firstRule), results: "rules" };
}

function attempt<T>(build: () => T): T | undefined {
  try {
    return build();
  } catch (error) {
    if (error instanceof BudgetExceeded) return undefined;
    throw error;
  }
}

/** Plants trees while its budget lasts. */
class Planter {
  private readonly predicates: Predicates;
  private readonly shape: LeafShape;
  private readonly budgets: Budgets;
  private left: number;

  constructor(predicates: Predicates, shape: LeafShape, budgets: Budgets, left: number) {
    this.predicates = predicates;
    this.shape = shape;
    this.budgets = budgets;
    this.left = left;
  }

  /**
   * Plants one tree for the rules, or several for parts of them.
   * @throws BudgetExceeded
   */
  plant(entries: readonly Entry[], depth: number): Tree[] {
    const live = entries.filter(({ predicate }) => predicate !== FALSE);
    const [first] = live;
    if (first === undefined) return [];
    const allowed = Math.max(this.budgets.least, this.budgets.tree * live.length);
    const builder = new DiagramBuilder(this.predicates, { ...this.shape, budget: Math.min(allowed, this.left) });
    const diagram = attempt(() => builder.build(live));
    this.left -= builder.work;
    if (diagram !== undefined) return [{ diagram, firstRule: first.output }];
    const wide = WIDE[depth];
    if (wide === undefined || this.left <= 0) throw new BudgetExceeded();
    return partition(live, this.predicates, wide).flatMap((part) => this.plant(part, depth + 1));
  }
}

/** Groups rules by which of the most telling fields they leave wide open; small groups stay together. */
function partition(entries: readonly Entry[], predicates: Predicates, wide: number): Entry[][] {
  const telling = tellingFields(entries, predicates);
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = telling.map((field) => (openShare(entry.predicate, field, predicates) > wide ? "w" : "n")).join("");
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(entry);
  }
  const small: Entry[] = [];
  const parts: Entry[][] = [];
  for (const group of groups.values()) {
    if (group.length <= Math.max(12, entries.length / 50)) small.push(...group);
    else parts.push(group);
  }
  if (small.length > 0) parts.push(small.sort((a, b) => a.output - b.output));
  return parts;
}

/** The three fields in which the rules differ most. */
function tellingFields(entries: readonly Entry[], predicates: Predicates): number[] {
  const variants = new Map<number, Set<string>>();
  for (const { predicate } of entries)
    for (const field of predicates.get(predicate).fields) {
      const set = variants.get(field) ?? new Set();
      variants.set(field, set.add(predicates.restrict(predicate, field).starts.join()));
    }
  return [...variants]
    .filter(([, set]) => set.size > Math.min(16, entries.length / 4))
    .sort((a, b) => b[1].size - a[1].size)
    .slice(0, 3)
    .map(([field]) => field);
}

/** The share of a field's values for which the predicate can still hold. */
function openShare(predicate: number, field: number, predicates: Predicates): number {
  if (predicate === TRUE) return 1;
  const { starts, results } = predicates.restrict(predicate, field);
  const end = predicates.maximum(field) + 1;
  let open = 0;
  results.forEach((result, i) => {
    if (result !== FALSE) open += (starts[i + 1] ?? end) - starts[i]!;
  });
  return open / end;
}

/** Number of nodes and rules in all diagrams: a measure of the code they make. */
export function forestSize(forest: Forest): number {
  const seen = new Set<Diagram>();
  let size = 0;
  const visit = (diagram: Diagram): void => {
    if (seen.has(diagram)) return;
    seen.add(diagram);
    if (diagram.kind === "leaf") size += diagram.entries.length;
    else if (diagram.kind === "split") {
      size += diagram.children.length;
      diagram.children.forEach(visit);
    }
  };
  for (const { diagram } of [...forest.long.trees, ...(forest.short?.trees ?? [])]) visit(diagram);
  return size;
}
