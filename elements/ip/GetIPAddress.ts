import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { hasIp4Header, ip4 } from "../net/ip4";

/** Value of `offset` that stands for the source address in the IP header; -3 stands for the destination. */
const SOURCE: i32 = -2;

/**
 * Copies an IPv4 address from the packet to an annotation.
 *
 * The address is found OFFSET bytes behind the start of the data (16 for the destination of an IP packet without link header),
 * or by name in the IP header. The annotation is the destination address unless ANNO says otherwise; routing tables look there.
 *
 * @input  0  packets
 * @output 0  the same packets, annotation set
 * @note   Differs from Click: a packet that ends before the address is dropped; Click reads what lies behind it.
 * @see SetIPAddress, StoreIPAddress, StaticIPLookup
 */
@element("1/1", "a/a", "x/x", "IP string: take the address from the IP header: `src` or `dst`; instead of OFFSET")
@reads("OFFSET ANNO IP")
export class GetIPAddress extends Element {
  /** Where the address lies, in bytes from the start of the data. */
  @arg("OFFSET int positional") offset: i32 = -1;
  /** The annotation that receives it, four bytes. */
  @arg("ANNO anno(4) positional") anno: u32 = 0;

  route(p: Packet): i32 {
    if (this.offset >= 0) return this.fromData(p);
    if (!hasIp4Header(p)) return DROP;
    const ip = ip4(p);
    p.setAnno32(this.anno, this.offset == SOURCE ? ip.source : ip.destination);
    return 0;
  }

  @inline
  private fromData(p: Packet): i32 {
    if (<u64>this.offset + sizeof<u32>() > <u64>p.length) return DROP;
    p.setAnno32(this.anno, load<u32>(p.data + this.offset));
    return 0;
  }
}
