import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";

/**
 * Pulls from the first of its inputs that has a packet, and asks all of them each time: a PrioSched without notification.
 *
 * @input  any  packets, pulled; input 0 has the highest priority
 * @output 0    the same packets, pulled
 * @see PrioSched
 */
@element("-/1", "l/l")
export class SimplePrioSched extends Element {
  pull(port: i32): Packet | null {
    const n = this.nInputs;
    for (let input = 0; input < n; input++) {
      const p = this.fetch(input);
      if (p) return p;
    }
    return null;
  }
}
