import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";

/**
 * Makes packets start at their network header, whether that lies within them or was stripped off.
 *
 * @input  0  packets with a network header
 * @output 0  the same packets, which start with it
 * @note   Differs from Click: a packet without a network header is dropped; Click would crash.
 * @see Strip, MarkIPHeader, CheckIPHeader
 */
@element("1/1", "a/a")
export class StripToNetworkHeader extends Element {
  route(p: Packet): i32 {
    if (p.networkHeader == 0) return DROP;
    const offset = <i32>(p.networkHeader - p.data);
    p.data = p.networkHeader;
    p.length -= <u32>offset;
    return 0;
  }
}
