import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";

/**
 * Removes the outermost IPv4 header, and all that stands in front of it.
 *
 * The header annotations stay, so that UnstripIPHeader can put the header back.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  the same packets, starting with what followed the IP header
 * @note   Differs from Click: packets without an IP header in them are dropped.
 * @see UnstripIPHeader, CheckIPHeader, MarkIPHeader, Strip
 */
@element("1/1", "a/a")
export class StripIPHeader extends Element {
  route(p: Packet): i32 {
    if (p.transportHeader < p.data || p.transportHeader > p.end) return DROP;
    p.pull(<u32>(p.transportHeader - p.data));
    return 0;
  }
}
