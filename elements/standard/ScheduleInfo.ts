import { Element } from "../kernel/element";

/**
 * Sets how often the tasks of elements run, compared with others.
 *
 * Each argument is `ELEMENT SHARE`, the share a decimal number: a task with share 2 runs twice as often as one with 1, which is what
 * every task has otherwise. Elements are named as seen from the ScheduleInfo's compound.
 *
 * @note Differs from Click: a share for a compound element says nothing about the elements in it, and a share of 0 is the smallest one.
 * @see AddressInfo
 */
@element("0/0", "a/a", "x/x", "DEFINITION any rest: `ELEMENT SHARE`")
export class ScheduleInfo extends Element {}
