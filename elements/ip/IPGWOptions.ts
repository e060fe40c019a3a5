import { Element } from "../kernel/element";
import { DROP, ICMP_PARAMPROB_ANNO, Packet } from "../kernel/packet";
import { hasWholeIp4Header, ip4, IP4_HEADER } from "../net/ip4";
import { processOptions } from "./gatewayOptions";

/**
 * Processes the IP options that concern a router (RFC 1812 §5.2.4, RFC 791 §3.1).
 *
 * Record Route: MYADDR is stored where the option has room. Timestamp: MYADDR and the time of day in milliseconds are stored as the
 * option asks; with addresses listed by the sender, only when the next of them is MYADDR or one of OTHERADDRS. The header
 * checksum is then computed anew. All other options are left alone: source routes are not followed.
 *
 * A packet with a malformed option leaves on output 1; its parameter problem annotation says which byte is wrong, for ICMPError.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  the same packets, options processed
 * @output 1  packets with bad options; dropped where nothing is connected
 * @note   Differs from Click: packets without an IP header in them are dropped; Click stops with a failed assertion.
 * @note   Differs from Click: a timestamp option of fewer than four bytes, or a record of fewer than three, is malformed; Click works on the bytes behind it.
 * @see ICMPError
 */
@element(
  "1/1-2",
  "a/ah",
  "x/x",
  "MYADDR IPAddress positional required: this router's address, which is recorded",
  "OTHERADDRS IPAddress... positional: this router's other addresses",
)
export class IPGWOptions extends Element {
  /** This router's address. */
  @constant myAddress: u32 = 0;
  /** The router's other addresses, and how many there are; the host fills the table. */
  @constant otherAddresses: usize = 0;
  @constant otherAddressCount: u32 = 0;
  /** Packets with bad options. */
  @handler("r") drops: u64 = 0;

  route(p: Packet): i32 {
    if (!hasWholeIp4Header(p)) return DROP;
    return ip4(p).headerLength == IP4_HEADER ? 0 : this.process(p);
  }

  private process(p: Packet): i32 {
    const fault = processOptions(p, this.myAddress, this.otherAddresses, this.otherAddressCount);
    if (fault == 0) return 0;
    this.drops++;
    p.setAnno8(ICMP_PARAMPROB_ANNO, <u8>fault);
    return 1;
  }
}
