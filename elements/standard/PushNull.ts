import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";

/**
 * Passes pushed packets on unchanged: a Null that is never pulled.
 *
 * @input  0  packets
 * @output 0  the same packets
 * @see Null, PullNull
 */
@element("1/1", "h/h")
export class PushNull extends Element {
  route(p: Packet): i32 {
    return 0;
  }
}
