import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";

/**
 * Sends packets to one output, which a handler changes.
 *
 * @input  0    packets
 * @output any  all packets while it is the chosen one; they are dropped while the choice is negative
 * @see PullSwitch, RoundRobinSwitch, HashSwitch, PaintSwitch
 */
@element("1/-", "h/h")
export class Switch extends Element {
  /** The chosen output; negative = none. */
  @arg("OUTPUT i32 positional") @handler("r", "switch") output: i32 = 0;

  route(p: Packet): i32 {
    return this.output < 0 ? DROP : this.output;
  }

  /** Chooses an output; a number too large means none. */
  @write("switch", "i32", "", "Switch output must be integer")
  choose(output: i32): void {
    this.output = output >= this.nOutputs ? -1 : output;
  }

  takeState(old: Switch): void {
    this.choose(old.output);
  }
}
