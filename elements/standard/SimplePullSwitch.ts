import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";

/**
 * Pulls from one input, which a handler changes: a PullSwitch without notification.
 *
 * @input  any  packets, pulled while it is the chosen one
 * @output 0    the same packets, pulled
 * @see PullSwitch
 */
@element("-/1", "l/l")
export class SimplePullSwitch extends Element {
  /** The chosen input; -1 = none. */
  @arg("INPUT i32 positional") @handler("r", "switch") input: i32 = 0;

  initialize(): void {
    this.choose(this.input);
  }

  pull(port: i32): Packet | null {
    return this.input < 0 ? null : this.fetch(this.input);
  }

  /** Chooses an input; one that does not exist means none. */
  @write("switch", "i32", "", "syntax error")
  choose(input: i32): void {
    this.input = input < 0 || input >= this.nInputs ? -1 : input;
  }

  /** Takes over a configured choice. */
  @method
  applyChoice(): void {
    this.choose(this.input);
  }

  takeState(old: SimplePullSwitch): void {
    this.choose(old.input);
  }
}
