import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";

/**
 * Lengthens or shortens packets at both ends.
 *
 * Bytes that are added have no particular value. Of a packet that is shorter than what is to be removed nothing is left; one whose
 * buffer has no room for what is to be added is dropped.
 *
 * @input  0  packets
 * @output 0  the same packets, of another length
 * @see Strip, Unstrip, Truncate, Pad
 */
@element("1/1", "a/a")
export class Resize extends Element {
  /** Bytes to add in front; negative = to remove. */
  @arg("HEAD i32 positional") @handler("rw") head: i32 = 0;
  /** Bytes to add at the end; negative = to remove. */
  @arg("TAIL i32 positional") @handler("rw") tail: i32 = 0;

  route(p: Packet): i32 {
    if (this.head > 0 && !p.push(<u32>this.head)) return DROP;
    if (this.head < 0) p.pull(min(<u32>-this.head, p.length));
    if (this.tail > 0 && !p.put(<u32>this.tail)) return DROP;
    if (this.tail < 0) p.take(min(<u32>-this.tail, p.length));
    return 0;
  }
}
