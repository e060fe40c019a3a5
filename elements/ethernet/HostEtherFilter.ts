import { Element } from "../kernel/element";
import {
  DROP,
  Packet,
  PACKET_BROADCAST,
  PACKET_HOST,
  PACKET_MULTICAST,
  PACKET_OTHERHOST,
} from "../kernel/packet";
import { ETHER_BROADCAST, ETHER_HEADER, EtherHeader, isGroupAddress } from "../net/ethernet";

/**
 * Keeps Ethernet frames that are addressed to this host.
 *
 * Each frame's packet type annotation says what its destination address is: this host's, broadcast, multicast, or
 * another host's. Frames that are to be dropped go to output 1 where that is connected.
 *
 * @input  0  Ethernet frames
 * @output 0  frames for this host, broadcast and multicast frames, and others unless DROP_OTHER
 * @output 1  the rest
 * @note   A packet too short for an Ethernet header at OFFSET counts as one for another host.
 * @see SetPacketType, DropBroadcasts, Classifier
 */
@element("1/1-2", "a/ah")
export class HostEtherFilter extends Element {
  /** This host's address. */
  @arg("ETHER EtherAddress positional required") @handler("rw", "ether", "EtherAddress") ether: u64 = 0;
  /** Drop frames that this host sent itself. */
  @arg("DROP_OWN bool positional") dropOwn: bool = false;
  /** Drop frames for other hosts. */
  @arg("DROP_OTHER bool positional") dropOther: bool = true;
  /** Where the Ethernet header starts, counted from the start of the packet. */
  @arg("OFFSET u32") offset: u32 = 0;

  route(p: Packet): i32 {
    if (p.length < ETHER_HEADER || this.offset > p.length - ETHER_HEADER) return this.forOther(p);
    const header = changetype<EtherHeader>(p.data + this.offset);
    if (this.dropOwn && header.source == this.ether) return this.refused();
    const destination = header.destination;
    if (destination == this.ether) p.packetType = PACKET_HOST;
    else if (destination == ETHER_BROADCAST) p.packetType = PACKET_BROADCAST;
    else if (isGroupAddress(destination)) p.packetType = PACKET_MULTICAST;
    else return this.forOther(p);
    return 0;
  }

  @inline
  private forOther(p: Packet): i32 {
    p.packetType = PACKET_OTHERHOST;
    return this.dropOther ? this.refused() : 0;
  }

  @inline
  private refused(): i32 {
    return 1;
  }
}
