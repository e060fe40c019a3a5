import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { ECN_MASK, hasIp4Header, ip4 } from "../net/ip4";

/**
 * Sets the explicit congestion notification bits of IPv4 packets (RFC 3168).
 *
 * The code point beside them stays; the checksum is updated incrementally.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  the same packets
 * @note   Differs from Click: packets without an IP header in them are dropped; Click stops with a failed assertion.
 * @see MarkIPCE, SetIPDSCP
 */
@element(
  "1/1",
  "a/a",
  "x/x",
  "ECN raw positional required: 0 to 3, or `no` or `-` (0), `ect1` or `ECT(1)` (1), `ect2` or `ECT(0)` (2), `ce` or `CE` (3)",
)
export class SetIPECN extends Element {
  /** The bits. */
  bits: u8 = 0;
  /** As they were given. */
  given: Bytes = changetype<Bytes>(0);

  route(p: Packet): i32 {
    if (!hasIp4Header(p)) return DROP;
    const ip = ip4(p);
    ip.changeTos((ip.tos & ~ECN_MASK) | this.bits);
    return 0;
  }

  /** The bits, as they were given. */
  @read("ecn", ".") ecn(out: Text): void {
    out.bytes(this.given.start, this.given.length);
  }
}
