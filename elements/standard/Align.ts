import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";

/**
 * Moves packet data so that its address has a given remainder modulo 2, 4 or 8.
 *
 * Guests read any address; elements that were written for machines that do not may ask for this.
 *
 * @input  0  packets
 * @output 0  the same packets, aligned
 * @see AlignmentInfo
 */
@element("1/1", "a/a")
export class Align extends Element {
  /** What the address is taken modulo. */
  @arg("MODULUS u32 positional required") modulus: u32 = 4;
  /** The remainder. */
  @arg("OFFSET i32 positional required") offset: i32 = 0;

  route(p: Packet): i32 {
    const distance = (<u32>p.data - <u32>this.offset) & (this.modulus - 1);
    if (distance == 0) return 0;
    if (p.headroom >= distance) {
      p.shiftDown(distance);
      return 0;
    }
    const forward = this.modulus - distance;
    if (!p.put(forward)) return DROP;
    memory.copy(p.data + forward, p.data, p.length - forward);
    p.pull(forward);
    return 0;
  }
}
