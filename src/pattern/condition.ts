/**
 * What a pattern asks of a packet, as a tree: masked comparisons of 32-bit words joined by and, or, not and "if-then-else".
 * The parsers build it; the program text, the tables and the code are all made from it.
 */

/**
 * One comparison: the 32-bit big-endian word at `offset`, masked, equals `value`. A mask of 0 compares nothing: always true.
 *
 * Classifier offsets count from the packet's data. IPClassifier and IPFilter offsets are Click's virtual ones:
 * below 256 the MAC header (its first byte at 2, so that the addresses are aligned), 256 and up the network header,
 * 512 and up the transport header.
 */
export interface Comparison {
  readonly kind: "compare";
  readonly offset: number;
  readonly mask: number;
  readonly value: number;
  /** The comparison's result when the packet ends before the masked bytes. */
  whenMissing: boolean;
}

/** What a group of comparisons amounts to when all its bytes are there: the masked word is greater than `bound`. */
export interface Relation {
  readonly offset: number;
  readonly mask: number;
  readonly bound: number;
}

export type Condition =
  | Comparison
  | { readonly kind: "and" | "or" | "choose"; readonly terms: readonly Condition[]; readonly greater?: Relation }
  | { readonly kind: "not"; readonly term: Condition };

export type Combiner = "and" | "or" | "choose";

/** What happens to `whenMissing` below a negation: `flip` negates a missing byte's result too, `keep` lets it go on failing. */
export type MissingBytes = "flip" | "keep";

export const MAC_BASE = 0;
export const NETWORK_BASE = 256;
export const TRANSPORT_BASE = 512;

/** Number of bytes, from the word's first, that a mask touches. */
export function maskBytes(mask: number): number {
  if (mask & 0xff) return 4;
  if (mask & 0xff00) return 3;
  if (mask & 0xff0000) return 2;
  return mask === 0 ? 0 : 1;
}

/** Calls `visit` for each comparison of a condition, those that compare nothing included. */
export function eachComparison(condition: Condition, visit: (comparison: Comparison) => void): void {
  if (condition.kind === "not") eachComparison(condition.term, visit);
  else if (condition.kind === "compare") visit(condition);
  else for (const term of condition.terms) eachComparison(term, visit);
}

/**
 * Builds a condition from the inside out, one open group per nesting level, as the parsers meet its parts.
 *
 * A group without terms leaves nothing behind, and `negateLast` then negates the term before it: Click does so
 * (`tcp and not transp` is `not tcp`), and its users' configurations rely on what Click does.
 */
export class ConditionBuilder {
  private readonly groups: Condition[][] = [[]];

  open(): void {
    this.groups.push([]);
  }

  /**
   * Closes the innermost group; its terms become one term of the group around it.
   *
   * @param greater  the relation that the terms spell out, if they do
   */
  close(combiner: Combiner, greater?: Relation): void {
    const terms = this.groups.pop() ?? [];
    const [only, second] = terms;
    if (only === undefined) return;
    if (second === undefined) this.innermost().push(only);
    else this.innermost().push(greater === undefined ? { kind: combiner, terms } : { kind: combiner, terms, greater });
  }

  compare(offset: number, mask: number, value: number): void {
    this.innermost().push({
      kind: "compare",
      offset: offset & 0xffff, // the width of Click's offset field
      mask: mask >>> 0,
      value: (value & mask) >>> 0,
      whenMissing: false,
    });
  }

  negateLast(missing: MissingBytes): void {
    const terms = this.innermost();
    const last = terms.pop();
    if (last === undefined) return;
    if (missing === "keep")
      eachComparison(last, (comparison) => {
        comparison.whenMissing = !comparison.whenMissing;
      });
    terms.push(last.kind === "not" ? last.term : { kind: "not", term: last });
  }

  /** The finished condition, or undefined when nothing was added. */
  finish(): Condition | undefined {
    while (this.groups.length > 1) this.close("and");
    this.groups.push([]);
    const [terms = []] = this.groups;
    this.groups[0] = [];
    const [only, second] = terms;
    return second === undefined ? only : { kind: "and", terms };
  }

  private innermost(): Condition[] {
    const group = this.groups[this.groups.length - 1];
    if (group === undefined) throw new Error("condition builder used after its last group was closed");
    return group;
  }
}
