import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";

/**
 * Sets an address annotation of every packet to a fixed IPv4 address.
 *
 * The annotation is the destination address unless ANNO says otherwise; routing tables and ARPQuerier look there.
 *
 * @input  0  packets
 * @output 0  the same packets, annotation set
 * @see GetIPAddress, StoreIPAddress
 */
@element("1/1", "a/a")
export class SetIPAddress extends Element {
  /** The address. */
  @arg("IPADDR IPAddress positional required") @handler("rw", "addr") address: u32 = 0;
  /** The annotation that receives it, four bytes. */
  @arg("ANNO anno(4)") anno: u32 = 0;

  route(p: Packet): i32 {
    p.setAnno32(this.anno, this.address);
    return 0;
  }
}
