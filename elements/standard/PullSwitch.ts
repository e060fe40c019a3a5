import { Element } from "../kernel/element";
import { Notifier, signalAt } from "../kernel/notifier";
import { Packet } from "../kernel/packet";

/**
 * Pulls from one input, which a handler changes.
 *
 * Those who pull from it sleep while the chosen input has nothing, or none is chosen.
 *
 * @input  any  packets, pulled while it is the chosen one
 * @output 0    the same packets, pulled
 * @see SimplePullSwitch, Switch, PrioSched
 */
@element("-/1", "l/l")
export class PullSwitch extends Element {
  /** The chosen input; -1 = none. */
  @arg("INPUT i32 positional") @handler("r", "switch") input: i32 = 0;

  @notifies("output") notifier: Notifier = new Notifier();
  @listens("input") signals: usize = 0;

  initialize(): void {
    this.input = this.existing(this.input);
    if (this.input < 0) this.notifier.sleep();
  }

  private existing(input: i32): i32 {
    return input < 0 || input >= this.nInputs ? -1 : input;
  }

  pull(port: i32): Packet | null {
    if (this.input < 0) {
      this.notifier.sleep();
      return null;
    }
    const p = this.fetch(this.input);
    if (p) this.notifier.active = true;
    else if (!signalAt(this.signals, this.input).active) this.notifier.sleep();
    return p;
  }

  /** Chooses an input; one that does not exist means none. */
  @write("switch", "i32", "", "syntax error")
  choose(input: i32): void {
    this.input = this.existing(input);
    if (this.input < 0) this.notifier.sleep();
    else if (signalAt(this.signals, this.input).active) this.notifier.wake();
  }

  /** Takes over a configured choice. */
  @method
  applyChoice(): void {
    this.choose(this.input);
  }

  takeState(old: PullSwitch): void {
    this.choose(old.input);
  }
}
