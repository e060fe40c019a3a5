import { Element } from "../kernel/element";
import { clone, FIX_IP_SRC_ANNO, ICMP_PARAMPROB_ANNO, kill, Packet, PACKET_BROADCAST, PACKET_MULTICAST } from "../kernel/packet";
import { fold } from "../net/checksum";
import { hasWholeIp4Header, ip4, IP4_HEADER } from "../net/ip4";
import { processOptions } from "./gatewayOptions";

/** Outputs. */
const FORWARD: i32 = 0;
const REDIRECT: i32 = 1;
const BAD_OPTIONS: i32 = 2;
const EXPIRED: i32 = 3;
const TOO_LONG: i32 = 4;

/**
 * Does what an IP router does last with each packet: DropBroadcasts, PaintTee(COLOR), IPGWOptions(IPADDR), FixIPSrc(IPADDR), DecIPTTL
 * and the decision of IPFragmenter(MTU) in one.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  packets to forward
 * @output 1  copies of packets whose paint is COLOR: they leave by the interface they came from, so that the sender wants a redirect
 * @output 2  packets with bad options
 * @output 3  packets whose time to live has run out
 * @output 4  packets longer than MTU, for an IPFragmenter
 * @note   Differs from Click: packets without an IP header in them are dropped; Click stops with a failed assertion.
 * @see DropBroadcasts, PaintTee, IPGWOptions, FixIPSrc, DecIPTTL, IPFragmenter, IPInputCombo
 */
@element("1/5", "h/h")
export class IPOutputCombo extends Element {
  /** Paint of packets that came from where they go. */
  @arg("COLOR int positional required") color: i32 = 0;
  /** Address of the interface. */
  @arg("IPADDR IPAddress positional required") address: u32 = 0;
  /** The longest packet that may leave. */
  @arg("MTU unsigned positional required") mtu: u32 = 0;

  push(port: i32, p: Packet): void {
    if (p.packetType == PACKET_BROADCAST || p.packetType == PACKET_MULTICAST || !hasWholeIp4Header(p)) return kill(p);
    if (<i32>p.paint == this.color) this.emitCopy(p);
    if (ip4(p).headerLength > IP4_HEADER) {
      const fault = processOptions(p, this.address, 0, 0);
      if (fault != 0) {
        p.setAnno8(ICMP_PARAMPROB_ANNO, <u8>fault);
        return this.emit(BAD_OPTIONS, p);
      }
    }
    if (p.anno8(FIX_IP_SRC_ANNO)) this.fixSource(p);
    const ip = ip4(p);
    if (ip.ttl <= 1) return this.emit(EXPIRED, p);
    ip.ttl--;
    // As in DecIPTTL: the word shrank by one, the checksum grows by one.
    ip.checksum = fold(<u64>ip.checksum + 1);
    if (p.length > this.mtu) this.emit(TOO_LONG, p);
    else this.emit(FORWARD, p);
  }

  private emitCopy(p: Packet): void {
    const copy = clone(p);
    if (copy) this.emit(REDIRECT, copy);
  }

  private fixSource(p: Packet): void {
    p.setAnno8(FIX_IP_SRC_ANNO, 0);
    ip4(p).source = this.address;
    ip4(p).setChecksum();
  }
}
