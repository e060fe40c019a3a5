import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { ECN_MASK, hasIp4Header, ip4 } from "../net/ip4";

/**
 * Sets the differentiated services code point of IPv4 packets (RFC 2474).
 *
 * The two ECN bits beside it stay; the checksum is updated incrementally.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  the same packets
 * @note   Differs from Click: packets without an IP header in them are dropped; Click stops with a failed assertion.
 * @see SetIPECN, MarkIPCE
 */
@element("1/1", "a/a")
export class SetIPDSCP extends Element {
  /** The code point: 0 to 63. */
  @arg("DSCP unsigned positional required") codePoint: u32 = 0;

  route(p: Packet): i32 {
    if (!hasIp4Header(p)) return DROP;
    const ip = ip4(p);
    ip.changeTos((ip.tos & ECN_MASK) | <u8>(this.codePoint << 2));
    return 0;
  }

  /** The code point. */
  @read("dscp", ".") dscp(out: Text): void {
    out.unsigned(this.codePoint);
  }
}
