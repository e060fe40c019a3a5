/**
 * Click's optimisation of a classification program: sort adjacent tests, drop those whose result is known, merge those that
 * can be one, and remove what is no longer reached. The order of these steps decides the program's text.
 */
import { removeKnownTests } from "./dominators.ts";
import { DROP, emptyProgram, type Program, requiredLength, type Step } from "./program.ts";

/** Where IPFilter sorts the word with the protocol: in front of the other network header tests, as nearly all rules have it. */
const PROTOCOL_WORD = 264;
const PROTOCOL_PLACE = 259;

/** How offsets are ordered when tests are sorted. */
export type OffsetOrder = (offset: number) => number;
export const asWritten: OffsetOrder = (offset) => offset;
export const protocolFirst: OffsetOrder = (offset) => (offset === PROTOCOL_WORD ? PROTOCOL_PLACE : offset);

/** Optimises `program` in place. */
export function optimize(program: Program, order: OffsetOrder): void {
  sortTests(program, order);
  removeKnownTests(program);
  mergeTests(program);
  removeUnreached(program);
  const { steps } = program;
  if (steps.length === 0 && program.everything < 0) program.everything = -DROP;
  else if (program.everything >= 0) steps.length = 0;
  let safeLength = 0;
  for (const step of steps) safeLength = Math.max(safeLength, requiredLength(step));
  program.safeLength = (safeLength - program.alignOffset) >>> 0;
}

/** Sorts runs of tests that are joined by the same and/or, by offset, mask and value. */
export function sortTests(program: Program, order: OffsetOrder): void {
  const { steps } = program;
  const only = onlyPredecessors(steps);
  for (let i = 0; i < steps.length; i++) {
    const first = steps[i]!;
    for (const yes of [0, 1] as const) {
      const next = first.to[yes];
      if (next <= 0 || only[next]! <= 0) continue;
      const second = steps[next]!;
      const other = yes === 1 ? 0 : 1;
      if (first.to[other] !== second.to[other] || !comesAfter(first, second, order)) continue;
      const onward = second.to[yes];
      steps[next] = first;
      steps[i] = second;
      first.to[yes] = onward;
      second.to[yes] = next;
      i = only[i]! > 0 ? only[i]! - 1 : i - 1; // the moved test may have to go further up
      break;
    }
  }
}

function comesAfter(a: Step, b: Step, order: OffsetOrder): boolean {
  const before = order(a.offset) - order(b.offset);
  if (before !== 0) return before > 0;
  return a.mask > b.mask || (a.mask === b.mask && a.value > b.value);
}

/** For each step its only predecessor; -1 without one, 0 with several (and, as in Click, if it is step 0). */
function onlyPredecessors(steps: readonly Step[]): number[] {
  const only = new Array<number>(steps.length).fill(-1);
  steps.forEach(({ to }, i) => {
    for (const target of to) if (target > 0) only[target] = only[target]! >= 0 ? 0 : i;
  });
  return only;
}

/** Joins neighbouring tests of the same word, from the last to the first. */
function mergeTests(program: Program): void {
  const { steps } = program;
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i]!;
    const no = step.to[0] > 0 ? steps[step.to[0]] : undefined;
    if (no !== undefined) {
      if (compatible(no, step, "any length") && oneBit(step)) flip(step);
      else if (widensBy(step, no)) {
        const bit = (step.value ^ no.value) >>> 0;
        step.value = (step.value & ~bit) >>> 0;
        step.mask = (step.mask & ~bit) >>> 0;
        step.to[0] = no.to[0];
        i++;
        continue;
      }
    }
    const yes = step.to[1] > 0 ? steps[step.to[1]] : undefined;
    if (yes === undefined) continue;
    if (step.to[0] === yes.to[1] && oneBit(yes)) flip(yes);
    if (step.to[0] === yes.to[0] && compatible(yes, step, "short packets too")) {
      step.to[1] = yes.to[1];
      if (step.mask === 0) step.offset = yes.offset;
      step.value = ((step.value & step.mask) | (yes.value & yes.mask)) >>> 0;
      step.mask = (step.mask | yes.mask) >>> 0;
      i++;
    }
  }
}

/** Whether some word passes both tests. */
function compatible(a: Step, b: Step, packets: "any length" | "short packets too"): boolean {
  if (a.mask === 0 || b.mask === 0) return true;
  if (a.offset !== b.offset) return false;
  if (packets === "short packets too" && b.shortYes !== a.shortYes && requiredLength(a) < requiredLength(b))
    return false;
  return ((a.value ^ b.value) & a.mask & b.mask) === 0;
}

/** Whether `step` or else `no` is one test with a narrower mask. */
function widensBy(step: Step, no: Step): boolean {
  if (step.offset === 0 || no.offset !== step.offset || step.mask === 0 || no.mask !== step.mask) return false;
  if ((!step.shortYes && no.shortYes) || step.to[1] !== no.to[1]) return false;
  const difference = step.value ^ no.value;
  if ((difference & (difference - 1)) !== 0) return false;
  return requiredLength({ ...step, mask: (step.mask & ~difference) >>> 0 }) === requiredLength(step);
}

function oneBit(step: Step): boolean {
  return step.mask !== 0 && (step.mask & (step.mask - 1)) === 0;
}

/** Tests a single bit for its opposite. */
function flip(step: Step): void {
  step.value = (step.value ^ step.mask) >>> 0;
  step.to.reverse();
  step.shortYes = !step.shortYes;
}

function removeUnreached(program: Program): void {
  const { steps } = program;
  if (steps.length === 0) return;

  // where a jump to each step really ends, once steps that decide nothing are skipped
  const end = new Array<number>(steps.length).fill(-1);
  for (let i = steps.length - 1; i >= 0; i--) {
    const { to, mask } = steps[i]!;
    if (to[0] > 0) to[0] = end[to[0]]!;
    if (to[1] > 0) to[1] = end[to[1]]!;
    if (to[0] !== to[1] && mask !== 0) end[i] = i;
    else end[i] = to[1] <= 0 ? to[1] : end[to[1]]!;
  }
  const start = end[0]!;
  const first = steps[0]!;
  program.everything = -1;
  if (start > 0) steps[0] = { ...steps[start]!, to: [...steps[start]!.to] };
  else if (start < 0) program.everything = -start;
  else if (first.to[1] === 0 && (first.to[0] === 0 || first.mask === 0)) program.everything = 0;

  const position = new Array<number>(steps.length).fill(-1);
  if (program.everything < 0) position[0] = 0;
  let kept = 0;
  steps.forEach(({ to }, i) => {
    if (position[i]! < 0) return;
    position[i] = kept++;
    for (const target of to) if (target > 0) position[target] = 0;
  });
  const reached = steps.filter((_, i) => position[i]! >= 0);
  for (const { to } of reached) {
    if (to[0] > 0) to[0] = position[to[0]]!;
    if (to[1] > 0) to[1] = position[to[1]]!;
  }
  steps.splice(0, steps.length, ...reached);
}

/** From this many values on, a group of equal tests is searched by halving, and so sorted. */
const SEARCHED_VALUES = 7;

/**
 * Brings the steps that compare one field with several values next to each other, as IPFilter's compressed program has
 * them. A long group is in the order of its values as the processor loads them, little end first.
 */
export function groupValues(program: Program): Program {
  const { steps } = program;
  const references = new Array<number>(steps.length).fill(0);
  references[0] = 1;
  steps.forEach(({ to }, i) => {
    if (references[i] === 0) return;
    for (const target of to) if (target > 0) references[target]!++;
  });

  const groups: { first: Step; values: number[]; no: number }[] = [];
  const groupOf = new Map<number, number>();
  steps.forEach((first, i) => {
    if (references[i] === 0) return;
    const values = [first.value];
    let no = first.to[0];
    for (;;) {
      const next = no > 0 ? steps[no]! : undefined;
      if (next === undefined || references[no] !== 1 || !sameField(next, first)) break;
      references[no]!--;
      values.push(next.value);
      no = next.to[0];
    }
    if (values.length >= SEARCHED_VALUES) values.sort((a, b) => littleEndian(a) - littleEndian(b));
    groupOf.set(i, groups.length);
    groups.push({ first, values, no });
  });

  let count = 0;
  const startOf = groups.map(({ values }) => {
    const start = count;
    count += values.length;
    return start;
  });
  const place = (target: number): number => (target > 0 ? startOf[groupOf.get(target)!]! : target);
  const grouped: Step[] = groups.flatMap(({ first, values, no }, g) =>
    values.map((value, k): Step => {
      const onward = k + 1 < values.length ? startOf[g]! + k + 1 : place(no);
      return { ...first, value, to: [onward, place(first.to[1])] };
    }),
  );
  return {
    ...emptyProgram(program.alignOffset),
    steps: grouped,
    everything: program.everything,
    safeLength: program.safeLength,
  };
}

function sameField(a: Step, b: Step): boolean {
  return a.to[1] === b.to[1] && a.offset === b.offset && a.mask === b.mask;
}

function littleEndian(word: number): number {
  return (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
