import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { Ip4Header, IP4_LONGEST_HEADER } from "../net/ip4";

/**
 * Says where the IP header of a packet is.
 *
 * Sets the network header annotation to OFFSET bytes behind the start of the data, and the transport header behind the header
 * length that stands there. Nothing is checked: use CheckIPHeader for packets that may be anything.
 *
 * @input  0  packets with an IPv4 header OFFSET bytes in
 * @output 0  the same packets, headers marked
 * @note   Differs from Click: a packet is dropped when OFFSET leads outside its buffer; Click reads whatever lies there.
 * @see CheckIPHeader, StripIPHeader
 */
@element("1/1", "a/a")
export class MarkIPHeader extends Element {
  /** Where the header starts, in bytes from the start of the data; may be negative for one that was stripped. */
  @arg("OFFSET int positional") offset: i32 = 0;

  route(p: Packet): i32 {
    const offset = this.offset;
    const room = offset < 0 ? p.headroom >= <u32>-offset : p.length + p.tailroom >= <u32>offset + IP4_LONGEST_HEADER;
    if (!room) return DROP;
    const header = p.data + offset;
    p.setNetworkHeader(header, changetype<Ip4Header>(header).headerLength);
    return 0;
  }
}
