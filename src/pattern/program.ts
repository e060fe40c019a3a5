/**
 * Click's classification program: a sequence of masked comparisons, each with the step to go to when it holds and when it
 * does not. This is what the `program` handler prints; it is built and optimised as Click does, so that the text is the same.
 */
import { type Condition, maskBytes } from "./condition.ts";

/** Jump targets: a positive number is a step, zero or less the negated output port. */
export const DROP = -2147483647;
/** Placeholder while rules are joined: go on with the next rule. */
export const FAIL = -2147483646;

export interface Step {
  offset: number;
  mask: number;
  value: number;
  /** A packet too short for this step takes the yes branch. */
  shortYes: boolean;
  /** Targets: index 0 when the comparison fails, 1 when it holds. */
  readonly to: [no: number, yes: number];
}

export interface Program {
  readonly steps: Step[];
  /** The one output for all packets when there are no steps; negative while there are. */
  everything: number;
  /** Packets at least this long need no length checks. */
  safeLength: number;
  readonly alignOffset: number;
}

/** A program without steps drops everything. */
export function emptyProgram(alignOffset = 0): Program {
  return { steps: [], everything: -DROP, safeLength: 0xffffffff, alignOffset };
}

/** Appends the steps for `condition`, which go to `yes` or `no` when it is decided. */
export function appendCondition(program: Program, condition: Condition, yes: number, no: number): void {
  program.everything = -1;
  lower(condition, yes, no, program.steps);
}

function lower(condition: Condition, yes: number, no: number, steps: Step[]): void {
  if (condition.kind === "compare") {
    const { offset, mask, value, whenMissing } = condition;
    steps.push({ offset, mask, value, shortYes: whenMissing, to: [no, yes] });
    return;
  }
  if (condition.kind === "not") {
    lower(condition.term, no, yes, steps);
    return;
  }

  const { terms } = condition;
  // where each term starts, so that earlier terms can jump to later ones
  const starts: number[] = [];
  let at = steps.length;
  for (const term of terms) {
    starts.push(at);
    at += size(term);
  }
  const last = terms.length - 1;
  for (let i = 0; i < terms.length; i++) {
    const term = terms[i]!;
    const next = starts[i + 1] ?? no;
    if (i === last) lower(term, yes, no, steps);
    else if (condition.kind === "and") lower(term, next, no, steps);
    else if (condition.kind === "or") lower(term, yes, next, steps);
    else if (i === last - 1)
      lower(term, next, no, steps); // a condition without its other branch
    else {
      lower(term, next, starts[i + 2] ?? no, steps);
      lower(terms[++i]!, yes, no, steps);
    }
  }
}

function size(condition: Condition): number {
  if (condition.kind === "compare") return 1;
  if (condition.kind === "not") return size(condition.term);
  let total = 0;
  for (const term of condition.terms) total += size(term);
  return total;
}

/** Bytes the packet must have for the step to be decided by its comparison. */
export function requiredLength(step: Step): number {
  return step.mask === 0 ? 0 : step.offset + maskBytes(step.mask);
}

/** Redirects every undecided branch. */
export function setFailure(program: Program, target: number): void {
  if (program.everything === -FAIL) program.everything = 0 - target;
  for (const { to } of program.steps) {
    if (to[0] === FAIL) to[0] = target;
    if (to[1] === FAIL) to[1] = target;
  }
}

/** Appends `next` to `program`: packets that `program` leaves undecided go on to `next`. */
export function appendProgram(program: Program, next: Program): void {
  if (program.everything >= 0 && program.everything !== -FAIL) return;
  const offset = program.steps.length;
  setFailure(program, next.everything < 0 ? offset : 0 - next.everything);
  for (const { to, ...test } of next.steps)
    program.steps.push({ ...test, to: [to[0] > 0 ? to[0] + offset : to[0], to[1] > 0 ? to[1] + offset : to[1]] });
}

/** Output ports below `outputs` that no packet reaches. */
export function unusedOutputs(program: Program, outputs: number): number[] {
  const used = new Set<number>();
  if (program.everything >= 0 && program.everything < outputs) used.add(program.everything);
  else for (const { to } of program.steps) for (const target of to) if (target <= 0) used.add(0 - target);
  return Array.from({ length: outputs }, (_, output) => output).filter((output) => !used.has(output));
}

/** The text of the `program` handler. */
export function programText(program: Program): string {
  const lines = program.steps.map((step, i) => {
    const number = i < 10 ? ` ${i}` : `${i}`;
    const offset = ((step.offset - program.alignOffset) & 0xffff).toString().padStart(3);
    const short = step.shortYes ? "  short->yes" : "";
    return `${number} ${offset}/${hex(step.value)}%${hex(step.mask)}  yes->${target(step.to[1])}  no->${target(step.to[0])}${short}`;
  });
  if (lines.length === 0) lines.push(`all->[${program.everything}]`);
  lines.push(`safe length ${program.safeLength}`, `alignment offset ${program.alignOffset}`, "");
  return lines.join("\n");
}

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}

function target(to: number): string {
  if (to === DROP) return "[X]";
  return to > 0 ? `step ${to}` : `[${0 - to}]`;
}
