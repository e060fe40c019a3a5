import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { ETHER_HEADER, ETHERTYPE_IP, ETHERTYPE_IP6, EtherHeader, ethernet } from "../net/ethernet";

/**
 * Makes sure that IP packets have an Ethernet header.
 *
 * A packet that starts with an Ethernet header of type IPv4 or IPv6 goes through; one whose header was stripped gets it
 * back; any other gets a new header, in place of whatever stood before its network header. Packets without a network
 * header annotation go through.
 *
 * @input  0  IP packets, with or without an Ethernet header
 * @output 0  Ethernet frames
 * @see EtherEncap
 */
@element("1/1", "a/a")
export class EnsureEther extends Element {
  /** Type in new headers. */
  @arg("ETHERTYPE unsigned positional") type: u32 = 0x0800;
  /** Source address in new headers. */
  @arg("SRC EtherAddress positional") source: u64 = 0x010101010101;
  /** Destination address in new headers. */
  @arg("DST EtherAddress positional") destination: u64 = 0x020202020202;

  route(p: Packet): i32 {
    if (p.networkHeader == 0 || p.networkHeader < p.data) return 0;
    const before = <u32>(p.networkHeader - p.data);
    if (before == ETHER_HEADER && isIpFrame(p.data)) return 0;
    if (before == 0 && p.headroom >= ETHER_HEADER && isIpFrame(p.data - ETHER_HEADER))
      return p.push(ETHER_HEADER) ? 0 : DROP;
    if (before > p.length) return DROP;
    p.pull(before);
    return p.push(ETHER_HEADER) ? this.encapsulate(p) : DROP;
  }

  private encapsulate(p: Packet): i32 {
    const ether = ethernet(p);
    ether.destination = this.destination;
    ether.source = this.source;
    ether.type = <u16>this.type;
    return 0;
  }
}

function isIpFrame(at: usize): bool {
  const type = changetype<EtherHeader>(at).type;
  return type == ETHERTYPE_IP || type == ETHERTYPE_IP6;
}
