/**
 * Removes tests whose result is already known on every path that leads to them.
 *
 * For each step we keep up to four *histories*: lists of branches such that every path to the step contains one of the
 * lists. A branch may skip a step whose test all histories decide alike. The bound of four and the order in which
 * predecessors are visited are Click's; they show in the program's text, and so they are kept.
 */
import { DROP, type Program, requiredLength, type Step } from "./program.ts";

const MAX_HISTORIES = 4;
const UNREACHED = 0x7fffffff;

/** A branch is numbered 2 * step + (1 if yes). */
const branchOf = (step: number, yes: number): number => step * 2 + yes;

export function removeKnownTests(program: Program): void {
  const { steps } = program;
  const known = knownLengths(steps);
  const identity = identities(steps);
  const predecessors = new Predecessors(steps);

  // histories[historyStart[h] .. historyStart[h + 1] - 1]; the last entry of each is the owner's own branch, set when it is used
  const histories: number[] = [];
  const historyStart: number[] = [0];
  const firstHistory: number[] = [0];

  for (let state = 0; state < steps.length; state++) {
    collectHistories(state);
    shiftBranch(state, 1);
    shiftBranch(state, 0);
  }

  function collectHistories(state: number): void {
    const branches = predecessors.of(state);
    const starts: number[] = [];
    const ends: number[] = [];
    for (let i = 0; i < branches.length; i++) {
      const branch = branches[i]!;
      const from = branch >> 1;
      if (i > 0 && branches[i - 1]! >> 1 === from) {
        // both branches lead here: the step decides nothing
        if (ends.length > 0) ends[ends.length - 1]!--;
        continue;
      }
      const own = branchOf(identity[from]!, branch & 1);
      for (let h = firstHistory[from]!; h < firstHistory[from + 1]!; h++) {
        const start = historyStart[h]!;
        const end = historyStart[h + 1]!;
        if (contradicts(start, end - 1, own)) continue;
        starts.push(start);
        ends.push(end);
        histories[end - 1] = own;
      }
    }

    const historiesBefore = historyStart.length;
    let reachable = starts.length > 0;
    if (starts.length > MAX_HISTORIES) {
      intersect(histories, starts, ends, histories);
      histories.push(branchOf(identity[state]!, 0));
      historyStart.push(histories.length);
    } else if (reachable) {
      const decided = inheritHistories(state, starts, ends);
      if (decided !== undefined) {
        const target = steps[state]!.to[decided];
        for (const branch of branches) predecessors.redirect(branch, target);
        reachable = false;
      }
    }

    if (!reachable) {
      histories.length = historyStart[historiesBefore - 1]!;
      historyStart.length = historiesBefore;
      if (state > 0) {
        predecessors.redirect(branchOf(state, 0), DROP);
        predecessors.redirect(branchOf(state, 1), DROP);
      } else {
        histories.push(branchOf(state, 0));
        historyStart.push(histories.length);
      }
    }
    firstHistory.push(historyStart.length - 1);
  }

  function contradicts(start: number, end: number, branch: number): boolean {
    for (let k = start; k < end; k++) if ((histories[k]! ^ branch) === 1) return true;
    return false;
  }

  /** Copies the predecessors' histories to `state`. Returns its branch if all of them contain the same one. */
  function inheritHistories(state: number, starts: readonly number[], ends: readonly number[]): 0 | 1 | undefined {
    let own = branchOf(identity[state]!, 0);
    let agreeing = 0;
    for (let p = 0; p < starts.length; p++) {
      const last = ends[p]! - 1;
      const lastBranch = histories[last]!;
      let seen = -1;
      for (let i = starts[p]!; i <= last; i++) {
        const branch = histories[i]!;
        if (i < last && (branch ^ lastBranch) >>> 0 <= 1) continue; // it comes again later in the list
        if ((branch ^ own) >>> 0 <= 1) seen = branch;
        histories.push(branch);
      }
      if (agreeing >= 0 && seen >= 0 && (agreeing === 0 || own === seen)) {
        own = seen;
        agreeing++;
      } else agreeing = -1;
      histories.push(own);
      historyStart.push(histories.length);
    }
    if (agreeing <= 0) return undefined;
    return own & 1 ? 1 : 0;
  }

  function shiftBranch(state: number, yes: 0 | 1): void {
    const target = steps[state]!.to[yes];
    const first = firstHistory[state]!;
    const end = firstHistory[state + 1]!;
    if (first === end || target <= 0) return;
    const branch = branchOf(identity[state]!, yes);
    let shifted: number;
    if (first + 1 === end) shifted = followed(branch, target, first).pop()!;
    else {
      const trails: number[] = [];
      const starts: number[] = [];
      const ends: number[] = [];
      for (let h = first; h < end; h++) {
        starts.push(trails.length);
        trails.push(...followed(branch, target, h));
        ends.push(trails.length);
      }
      shifted = lastCommon(trails, starts, ends);
    }
    if (shifted !== target) predecessors.redirect(branchOf(state, yes), shifted);
  }

  /** The targets that `branch` passes through while history `h` decides each next test. */
  function followed(branch: number, target: number, h: number): number[] {
    const start = historyStart[h]!;
    const last = historyStart[h + 1]! - 1;
    histories[last] = branch;
    const trail = [target];
    let at = target;
    while (at > 0) {
      let result: 0 | 1 | undefined;
      for (let j = last; j >= start && result === undefined; j--) result = decides(histories[j]!, at);
      if (result === undefined) break;
      at = steps[at]!.to[result];
      trail.push(at);
    }
    return trail;
  }

  /** The result of step `at` on packets that took `branch`, if it is known. */
  function decides(branch: number, at: number): 0 | 1 | undefined {
    const from = branch >> 1;
    return branch & 1
      ? decidedByYes(steps[from]!, steps[at]!, known[from]!)
      : decidedByNo(steps[from]!, steps[at]!, known[from]!);
  }
}

function decidedByYes(a: Step, b: Step, known: number): 0 | 1 | undefined {
  if (b.mask === 0) return 1;
  if (b.offset !== a.offset || (a.mask & b.mask) >>> 0 !== b.mask) return undefined;
  const result = (a.value & b.mask) >>> 0 === b.value ? 1 : 0;
  return lengthAllows(a, 1, b, result, known) ? result : undefined;
}

function decidedByNo(a: Step, b: Step, known: number): 0 | 1 | undefined {
  if (b.mask === 0) return 1;
  const oneBit = (a.mask & (a.mask - 1)) === 0;
  if (b.offset === a.offset && oneBit && a.mask === b.mask && a.value !== b.value && lengthAllows(a, 0, b, 1, known))
    return 1;
  if (a.mask === 0) return 0;
  if (b.offset !== a.offset || (a.mask & b.mask) >>> 0 !== a.mask || a.value !== (b.value & a.mask) >>> 0)
    return undefined;
  return lengthAllows(a, 0, b, 0, known) ? 0 : undefined;
}

/** Whether a packet too short for `a` would still go the way that `a`'s branch says `b` goes. */
function lengthAllows(a: Step, branch: 0 | 1, b: Step, result: 0 | 1, known: number): boolean {
  if (a.shortYes !== (branch === 1) || a.offset + 4 <= known) return true;
  const required = requiredLength(a);
  return required <= known || (required <= requiredLength(b) && b.shortYes === (result === 1));
}

/** For each step, a packet length that is certain when the step is reached. */
function knownLengths(steps: readonly Step[]): number[] {
  const known = new Array<number>(steps.length).fill(UNREACHED);
  if (known.length > 0) known[0] = 0;
  steps.forEach((step, i) => {
    const tested = Math.max(requiredLength(step), known[i]!);
    const long = step.to[step.shortYes ? 0 : 1];
    const short = step.to[step.shortYes ? 1 : 0];
    if (long > 0) known[long] = Math.min(known[long]!, tested);
    if (short > 0) known[short] = Math.min(known[short]!, known[i]!);
  });
  return known;
}

/** For each step, the first step with the same test. */
function identities(steps: readonly Step[]): number[] {
  const first = new Map<string, number>();
  return steps.map(({ offset, mask, value, shortYes }, i) => {
    const test = `${offset},${mask},${value},${shortYes}`;
    const same = first.get(test);
    if (same !== undefined) return same;
    first.set(test, i);
    return i;
  });
}

/** The common members of several ascending lists, appended to `out`. */
function intersect(lists: readonly number[], starts: readonly number[], ends: readonly number[], out: number[]): void {
  const at = [...starts];
  const count = at.length;
  let candidate = -1;
  for (;;) {
    let agreeing = 0;
    for (let p = 0; agreeing < count; p = (p + 1) % count) {
      while (at[p]! < ends[p]! && lists[at[p]!]! < candidate) at[p]!++;
      if (at[p]! >= ends[p]!) return;
      const value = lists[at[p]!]!;
      if (value > candidate) {
        candidate = value;
        agreeing = 0;
      }
      agreeing++;
    }
    out.push(candidate);
    candidate++;
  }
}

function lastCommon(trails: readonly number[], starts: readonly number[], ends: readonly number[]): number {
  const final = trails[ends[0]! - 1]!;
  if (final <= 0 && ends.every((end) => trails[end - 1] === final)) return final;
  const common: number[] = [];
  intersect(trails, starts, ends, common);
  return common[common.length - 1]!;
}

/** Which branches lead to each step, in linked lists whose order is Click's. */
class Predecessors {
  private readonly steps: readonly Step[];
  private readonly first: Int32Array;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;

  constructor(steps: readonly Step[]) {
    this.steps = steps;
    this.first = new Int32Array(steps.length).fill(-1);
    this.next = new Int32Array(steps.length * 2).fill(-1);
    this.previous = new Int32Array(steps.length * 2).fill(-1);
    steps.forEach(({ to }, i) => {
      for (const yes of [0, 1] as const) {
        const target = to[yes];
        if (target <= 0) continue;
        const branch = branchOf(i, yes);
        const head = this.first[target]!;
        this.next[branch] = head;
        if (head >= 0) this.previous[head] = branch;
        this.first[target] = branch;
      }
    });
  }

  of(step: number): number[] {
    const branches: number[] = [];
    for (let branch = this.first[step]!; branch >= 0; branch = this.next[branch]!) branches.push(branch);
    return branches;
  }

  redirect(branch: number, target: number): void {
    const { to } = this.steps[branch >> 1]!;
    const yes = branch & 1 ? 1 : 0;
    if (to[yes] > 0) this.unlink(branch, to[yes]);
    if (target > 0) this.link(branch, target);
    to[yes] = target;
  }

  private unlink(branch: number, target: number): void {
    const previous = this.previous[branch]!;
    const next = this.next[branch]!;
    if (previous >= 0) this.next[previous] = next;
    else this.first[target] = next;
    if (next >= 0) this.previous[next] = previous;
  }

  private link(branch: number, target: number): void {
    let previous = -1;
    let next = this.first[target]!;
    while (next >= 0 && next < branch) {
      previous = next;
      next = this.next[next]!;
    }
    this.previous[branch] = previous;
    this.next[branch] = next;
    if (previous >= 0) this.next[previous] = branch;
    else this.first[target] = branch;
    if (next >= 0) this.previous[next] = branch;
  }
}
