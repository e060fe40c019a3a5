import { DROP, Packet } from "../kernel/packet";
import { ICMP_ECHO, ICMP_HEADER } from "../net/icmp";
import { IcmpEncap } from "./icmpEncap";

/**
 * Makes ICMP echo requests ("pings") of packets, which become their payload.
 *
 * Sequence numbers and IP identifications count from 1. A packet whose buffer has no room for 28 more bytes is dropped.
 *
 * @input  0  packets
 * @output 0  ICMP echo requests, network header set
 * @see ICMPPingSource, ICMPIPEncap, ICMPPingResponder
 */
@element("1/1", "a/a")
export class ICMPPingEncap extends IcmpEncap {
  /** Identifier of the requests. */
  @arg("IDENTIFIER u16") identifier: u16 = 0;

  route(p: Packet): i32 {
    return this.encapsulate(p, ICMP_ECHO, 0, ICMP_HEADER, true, this.identifier) ? 0 : DROP;
  }
}
