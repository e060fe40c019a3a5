import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";

/**
 * Puts back an IPv4 header that StripIPHeader removed.
 *
 * @input  0  packets whose network header annotation points in front of their data
 * @output 0  the same packets, starting with their IP header
 * @note   Differs from Click: packets whose network header is not set are dropped; Click stops with a failed assertion.
 * @see StripIPHeader
 */
@element("1/1", "a/a")
export class UnstripIPHeader extends Element {
  route(p: Packet): i32 {
    if (p.networkHeader == 0) return DROP;
    if (p.networkHeader >= p.data) return 0;
    return p.push(<u32>(p.data - p.networkHeader)) ? 0 : DROP;
  }
}
