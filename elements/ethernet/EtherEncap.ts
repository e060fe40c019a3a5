import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { ETHER_HEADER, ethernet, pushMacHeader } from "../net/ethernet";

/**
 * Puts an Ethernet header in front of each packet.
 *
 * The header is the same for all packets: to set the destination from a packet's IP address, use ARPQuerier. The MAC
 * header annotation points to the new header, the network header annotation behind it. A packet whose buffer has no
 * room for 14 more bytes is dropped.
 *
 * @input  0  packets that start with their network header
 * @output 0  Ethernet frames
 * @see EtherVLANEncap, ARPQuerier, EnsureEther, Strip
 */
@element("1/1", "a/a")
export class EtherEncap extends Element {
  /** Type of what follows the header, such as 0x0800 for IPv4. */
  @arg("ETHERTYPE u16 positional required")
  @handler("r", "ethertype", "u16")
  @handler("rD", "etht", "u16")
  type: u16 = 0;
  /** Source address. */
  @arg("SRC EtherAddress positional required") @handler("r", "src", "EtherAddress") source: u64 = 0;
  /** Destination address. */
  @arg("DST EtherAddress positional required") @handler("r", "dst", "EtherAddress") destination: u64 = 0;

  route(p: Packet): i32 {
    if (!pushMacHeader(p, ETHER_HEADER)) return DROP;
    ethernet(p).set(this.destination, this.source, this.type);
    return 0;
  }
}
