import { Element } from "../kernel/element";
import { kernel } from "../kernel/state";

/** Spreads the bits of small seeds: 2^64 divided by the golden ratio. */
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/**
 * Sets the seed of the random numbers, so that a run can be repeated.
 *
 * Without SEED they are different in each run, as they are without this element.
 *
 * @note Differs from Click: the numbers that follow from a seed are not the C library's.
 * @see RandomSwitch, RandomSample
 */
@element("0/0", "a/a", "x/x", "SEED u32 positional: the seed")
export class RandomSeed extends Element {
  /** Random numbers start from `seed` again. */
  @method sow(seed: u32): void {
    kernel.random = (<u64>seed + 1) * SPREAD;
  }
}
