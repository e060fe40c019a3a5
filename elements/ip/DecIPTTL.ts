import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { hasIp4Header, ip4 } from "../net/ip4";

/**
 * Decrements the time to live of IPv4 packets.
 *
 * A router must do this before it forwards (RFC 1812 §5.3.1). The checksum is updated incrementally (RFC 1624 equation 3), so
 * a wrong checksum stays wrong and is caught downstream. A packet whose time to live is 0 or 1 has expired: it leaves, unchanged,
 * on output 1, usually towards an ICMPError.
 *
 * @input  0  IPv4 packets, network header set (after CheckIPHeader or MarkIPHeader)
 * @output 0  the same packets, time to live lower by one
 * @output 1  packets whose time has run out, unchanged; dropped where nothing is connected
 * @note   Differs from Click: packets without an IP header in them are dropped; Click stops with a failed assertion.
 * @see ICMPError, IPFragmenter
 */
@element("1/1-2", "a/ah")
export class DecIPTTL extends Element {
  /** Pass packets through untouched when false. */
  @arg @handler("rwc") active: bool = true;
  /** Leave packets to multicast destinations untouched when false. */
  @arg multicast: bool = true;
  /** Packets that ran out of time. */
  @handler("r") drops: u64 = 0;

  route(p: Packet): i32 {
    if (!hasIp4Header(p)) return DROP;
    if (!this.active) return 0;
    const ip = ip4(p);
    if (!this.multicast && isMulticast(ip.destination)) return 0;
    if (ip.ttl <= 1) {
      this.drops++;
      return 1;
    }
    ip.ttl--;
    // RFC 1624: the word that holds the time to live shrank by one in memory order, so its complement's sum grows by one; the carry comes round.
    const sum = <u32>ip.checksum + 1;
    ip.checksum = <u16>(sum + (sum >> 16));
    return 0;
  }
}

/** 224.0.0.0/4, RFC 5771; the first byte lies lowest. */
@inline
function isMulticast(address: u32): bool {
  return (address & 0xf0) == 0xe0;
}
