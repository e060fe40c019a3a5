import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";

/**
 * Passes pulled packets on unchanged: a Null that is never pushed to.
 *
 * @input  0  packets
 * @output 0  the same packets
 * @see Null, PushNull
 */
@element("1/1", "l/l")
export class PullNull extends Element {
  route(p: Packet): i32 {
    return 0;
  }
}
