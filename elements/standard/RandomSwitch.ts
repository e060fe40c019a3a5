import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { randomBetween } from "../kernel/random";

/**
 * Sends each packet to an output chosen at random, all with the same probability.
 *
 * @input  0    packets
 * @output any  some of them
 * @see RoundRobinSwitch, HashSwitch
 */
@element("1/1-", "h/h")
export class RandomSwitch extends Element {
  route(p: Packet): i32 {
    return randomBetween(0, this.nOutputs - 1);
  }
}
