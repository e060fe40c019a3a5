import { Element } from "../kernel/element";
import { signalAt } from "../kernel/notifier";
import { Packet } from "../kernel/packet";

/**
 * Pulls from the first of its inputs that has a packet.
 *
 * @input  any  packets, pulled; input 0 has the highest priority
 * @output 0    the same packets, pulled
 * @see SimplePrioSched, RoundRobinSched, StrideSched
 */
@element("-/1", "l/l")
export class PrioSched extends Element {
  @listens("input") signals: usize = 0;

  pull(port: i32): Packet | null {
    const n = this.nInputs;
    for (let input = 0; input < n; input++) {
      if (!signalAt(this.signals, input).active) continue;
      const p = this.fetch(input);
      if (p) return p;
    }
    return null;
  }
}
