import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";

/**
 * Makes room for bytes at the front of packets: gives back what Strip removed.
 *
 * Bytes that were not there before have no particular value. A packet whose buffer has not that much room is dropped.
 *
 * @input  0  packets
 * @output 0  the same packets, longer
 * @see Strip
 */
@element("1/1", "a/a")
export class Unstrip extends Element {
  /** Bytes to add. */
  @arg("LENGTH u32 positional required") count: u32 = 0;

  route(p: Packet): i32 {
    return p.push(this.count) ? 0 : DROP;
  }
}
