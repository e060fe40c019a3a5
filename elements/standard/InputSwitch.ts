import { Element } from "../kernel/element";
import { kill, Packet } from "../kernel/packet";

/**
 * Passes on packets from one input, which a handler changes, and drops those from the others.
 *
 * @input  any  packets
 * @output 0    packets from the chosen input
 * @see Switch, PullSwitch
 */
@element("-/1", "h/h")
export class InputSwitch extends Element {
  /** The chosen input; -1 = none. (Click's keyword is OUTPUT.) */
  @arg("OUTPUT i32 positional") @handler("r", "switch") input: i32 = 0;

  push(port: i32, p: Packet): void {
    if (port == this.input) this.emit(0, p);
    else kill(p);
  }

  /** Chooses an input; a number too large means none. */
  @write("switch", "i32", "", "InputSwitch input must be integer")
  choose(input: i32): void {
    this.input = input >= this.nInputs ? -1 : input;
  }

  takeState(old: InputSwitch): void {
    this.choose(old.input);
  }
}
