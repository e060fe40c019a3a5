import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";

/**
 * Pulls from one input, which is configured: a SimplePullSwitch that cannot be changed.
 *
 * @input  any  packets, pulled if it is the chosen one
 * @output 0    the same packets, pulled
 * @see PullSwitch, StaticSwitch
 */
@element("-/1", "l/l")
export class StaticPullSwitch extends Element {
  /** The chosen input; one that does not exist means none. */
  @arg("INPUT i32 positional required") input: i32 = 0;

  pull(port: i32): Packet | null {
    return this.input < 0 || this.input >= this.nInputs ? null : this.fetch(this.input);
  }
}
