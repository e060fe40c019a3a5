import { Element } from "clickos/kernel/element";
import { Packet } from "clickos/kernel/packet";

/**
 * Sends every Nth packet to output 1, and all others to output 0.
 *
 * An example of an element of one's own: a single file, compiled and linked when `click --element EveryNth.ts` names it.
 *
 * @input  0  packets
 * @output 0  those that are not the Nth
 * @output 1  every Nth packet
 */
@element("1/2", "h/h")
export class EveryNth extends Element {
  /** Which packet goes to output 1. */
  @arg("N u32 positional required") n: u32 = 1;

  /** Packets sent to output 1. */
  @handler("r") chosen: u64 = 0;

  private since: u32 = 0;

  route(p: Packet): i32 {
    if (++this.since < this.n) return 0;
    this.since = 0;
    this.chosen++;
    return 1;
  }
}
