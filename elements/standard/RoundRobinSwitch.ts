import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";

/**
 * Sends packets to its outputs in turn.
 *
 * @input  0    packets
 * @output any  every Nth packet
 * @see Switch, HashSwitch, RandomSwitch, RoundRobinSched
 */
@element("1/1-", "h/h")
export class RoundRobinSwitch extends Element {
  private next: i32 = 0;

  route(p: Packet): i32 {
    const output = this.next;
    this.next = output + 1 == this.nOutputs ? 0 : output + 1;
    return output;
  }

  takeState(old: RoundRobinSwitch): void {
    if (old.next < this.nOutputs) this.next = old.next;
  }
}
