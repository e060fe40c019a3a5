import { Element } from "../kernel/element";
import { signalAt } from "../kernel/notifier";
import { Packet } from "../kernel/packet";

/**
 * Pulls from its inputs in turn; one that has no packet is passed over.
 *
 * @input  any  packets, pulled
 * @output 0    the same packets, pulled
 * @see PrioSched, DRRSched, StrideSched, RoundRobinSwitch
 */
@element("-/1", "l/l")
export class RoundRobinSched extends Element {
  @listens("input") signals: usize = 0;
  private next: i32 = 0;

  pull(port: i32): Packet | null {
    const n = this.nInputs;
    let input = this.next;
    for (let tried = 0; tried < n; tried++) {
      const p = signalAt(this.signals, input).active ? this.fetch(input) : null;
      input = input + 1 == n ? 0 : input + 1;
      if (p) {
        this.next = input;
        return p;
      }
    }
    return null;
  }
}
