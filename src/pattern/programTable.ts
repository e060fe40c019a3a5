/**
 * Rules as a table of single comparisons, made in no time; `elements/net/matchProgram.ts` walks it. It serves small sets, and
 * large ones until their diagrams are built. All numbers are 32-bit little-endian, all positions offsets from the start.
 *
 *     header  kind = 1 | ip? | long length, first base | long length, transport | MAC needed? | first reference | 0 | 0
 *     step    base | offset | mask | value | reference if no | reference if yes | needed length | yes when short?
 *
 * Masks and values are in the order of the packet's bytes. A reference is a step's position, or 1 + twice a result.
 */
import type { Condition } from "./condition.ts";
import { Base, place, requirement } from "./fields.ts";
import { appendCondition, DROP, emptyProgram, FAIL, type Program, type Step, setFailure } from "./program.ts";
import { type Coordinates, DROPPED, type Rule } from "./rules.ts";

export const PROGRAM_TABLE = 1;

const HEADER_BYTES = 32;
const STEP_BYTES = 32;

/** @returns the table's bytes, to be placed at an address divisible by 4 */
export function programTable(rules: readonly Rule[], coordinates: Coordinates): Uint8Array {
  const { steps, everything } = joined(rules);
  const placed = steps.map((step) => placeStep(step, coordinates));
  const longest = (...bases: readonly Base[]): number =>
    placed.reduce((longest, { base, needed }) => (bases.includes(base) ? Math.max(longest, needed) : longest), 0);

  const bytes = new Uint8Array(HEADER_BYTES + STEP_BYTES * steps.length);
  const view = new DataView(bytes.buffer);
  const reference = (target: number): number =>
    target > 0 ? HEADER_BYTES + STEP_BYTES * target : 1 + 2 * (target === DROP ? DROPPED : 0 - target);
  const start = steps.length > 0 ? HEADER_BYTES : reference(0 - everything);
  [
    PROGRAM_TABLE,
    coordinates === "ip" ? 1 : 0,
    longest(Base.DATA, Base.NETWORK),
    longest(Base.TRANSPORT),
    longest(Base.MAC),
    start,
  ].forEach((word, i) => {
    view.setInt32(i * 4, word, true);
  });
  placed.forEach(({ base, offset, needed }, i) => {
    const { mask, value, to, shortYes } = steps[i]!;
    const at = HEADER_BYTES + STEP_BYTES * i;
    view.setUint32(at, base, true);
    view.setInt32(at + 4, offset, true);
    view.setUint32(at + 8, mask, false);
    view.setUint32(at + 12, value, false);
    view.setInt32(at + 16, reference(to[0]), true);
    view.setInt32(at + 20, reference(to[1]), true);
    view.setUint32(at + 24, needed, true);
    view.setUint32(at + 28, shortYes ? 1 : 0, true);
  });
  return bytes;
}

/** All rules one after the other. */
function joined(rules: readonly Rule[]): Program {
  const program = emptyProgram();
  for (const { output, condition } of rules) {
    if (program.steps.length > 0) setFailure(program, program.steps.length);
    if (condition === undefined) break;
    if (alwaysHolds(condition)) {
      if (program.steps.length === 0) program.everything = output === DROPPED ? -DROP : output;
      else setLast(program, output);
      return program;
    }
    appendCondition(program, condition, output === DROPPED ? DROP : 0 - output, FAIL);
  }
  setFailure(program, DROP);
  return program;
}

function alwaysHolds(condition: Condition): boolean {
  return condition.kind === "compare" && condition.mask === 0;
}

/** Sends what the steps so far leave over to `output`: their open branches lead one past the last step. */
function setLast(program: Program, output: number): void {
  const target = output === DROPPED ? DROP : 0 - output;
  const end = program.steps.length;
  for (const { to } of program.steps) {
    if (to[0] === end) to[0] = target;
    if (to[1] === end) to[1] = target;
  }
}

function placeStep(step: Step, coordinates: Coordinates): { base: Base; offset: number; needed: number } {
  // a step that compares nothing must not look at a header that may be missing
  if (step.mask === 0) return { base: coordinates === "ip" ? Base.NETWORK : Base.DATA, offset: 0, needed: 0 };
  return { ...place(step.offset, coordinates), ...requirement(step, coordinates) };
}
