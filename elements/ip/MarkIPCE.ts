import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { ECN_CONGESTION_EXPERIENCED, ECN_MASK, ECN_NOT_CAPABLE, hasIp4Header, ip4 } from "../net/ip4";

/**
 * Marks IPv4 packets as having met congestion (RFC 3168).
 *
 * The checksum is updated incrementally. Packets whose transport does not know of congestion notification are dropped instead,
 * unless FORCE is true.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  the same packets, both ECN bits set
 * @note   Differs from Click: `drops` counts (in Click it stays 0); packets without an IP header in them are dropped.
 * @see SetIPECN, RED
 */
@element("1/1", "a/a")
export class MarkIPCE extends Element {
  /** Mark packets of transports that are not ECN-capable, too. */
  @arg("FORCE bool positional") force: bool = false;
  /** Packets dropped. */
  @handler("r") drops: u64 = 0;

  route(p: Packet): i32 {
    if (!hasIp4Header(p)) return DROP;
    const ip = ip4(p);
    if ((ip.tos & ECN_MASK) == ECN_NOT_CAPABLE && !this.force) {
      this.drops++;
      return DROP;
    }
    if ((ip.tos & ECN_MASK) != ECN_CONGESTION_EXPERIENCED) ip.changeTos(ip.tos | ECN_CONGESTION_EXPERIENCED);
    return 0;
  }
}
