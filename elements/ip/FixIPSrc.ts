import { Element } from "../kernel/element";
import { FIX_IP_SRC_ANNO, Packet } from "../kernel/packet";
import { hasWholeIp4Header, ip4 } from "../net/ip4";

/**
 * Sets the source address of packets that ask for it.
 *
 * ICMPError marks the packets that it makes with the "fix IP source" annotation, since it cannot know on which interface they
 * will leave. Standing in front of an interface, this element gives them the interface's address, computes the header checksum
 * anew and clears the annotation. All other packets pass untouched.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  the same packets
 * @see ICMPError
 */
@element("1/1", "a/a")
export class FixIPSrc extends Element {
  /** The new source address. */
  @arg("IPADDR IPAddress positional required") address: u32 = 0;

  route(p: Packet): i32 {
    if (p.anno8(FIX_IP_SRC_ANNO) && hasWholeIp4Header(p)) this.fix(p);
    return 0;
  }

  private fix(p: Packet): void {
    p.setAnno8(FIX_IP_SRC_ANNO, 0);
    const ip = ip4(p);
    ip.source = this.address;
    ip.setChecksum();
  }
}
