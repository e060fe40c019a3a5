import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";

/**
 * Passes on packets up to a length.
 *
 * @input  0  packets
 * @output 0  packets that are not longer
 * @output 1  the others; dropped where nothing is connected
 * @see Truncate
 */
@element("1/1-2", "a/ah")
export class CheckLength extends Element {
  /** Length of the longest packet that passes. */
  @arg("LENGTH u32 positional required") @handler("rw", "length") limit: u32 = 0;

  route(p: Packet): i32 {
    return p.length > this.limit ? 1 : 0;
  }
}
