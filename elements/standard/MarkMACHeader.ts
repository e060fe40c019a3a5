import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";

/**
 * Notes where the link-level header of packets starts.
 *
 * @input  0  any packets; one that ends before OFFSET + LENGTH is dropped
 * @output 0  the same packets, MAC header annotation set, and with LENGTH the network header annotation behind it
 * @see MarkIPHeader, EtherEncap, StripToNetworkHeader
 */
@element("1/1", "a/a")
export class MarkMACHeader extends Element {
  /** Where the header starts, in bytes from the start of the packet. */
  @arg("OFFSET u32 positional") offset: u32 = 0;
  /** Its length; 0 leaves the network header annotation alone. */
  @arg("LENGTH u32 positional") length: u32 = 0;

  route(p: Packet): i32 {
    if (<u64>this.offset + this.length > p.length + p.tailroom) return DROP;
    p.macHeader = p.data + this.offset;
    if (this.length) p.networkHeader = p.macHeader + this.length;
    return 0;
  }
}
