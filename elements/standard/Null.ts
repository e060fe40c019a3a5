import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";

/**
 * Passes packets on unchanged.
 *
 * @input  0  packets
 * @output 0  the same packets
 * @see PushNull, PullNull, Idle
 */
@element("1/1", "a/a")
export class Null extends Element {
  route(p: Packet): i32 {
    return 0;
  }
}
