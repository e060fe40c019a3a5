import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";

/**
 * Sends packets to one output, which is configured: a Switch that cannot be changed.
 *
 * @input  0    packets
 * @output any  all packets, if it is the chosen one; with a negative choice they are dropped
 * @see Switch, StaticPullSwitch
 */
@element("1/-", "h/h")
export class StaticSwitch extends Element {
  /** The chosen output; negative = none. */
  @arg("OUTPUT i32 positional required") output: i32 = 0;

  route(p: Packet): i32 {
    return this.output < 0 ? DROP : this.output;
  }
}
