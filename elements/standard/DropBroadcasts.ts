import { Element } from "../kernel/element";
import { Packet, PACKET_BROADCAST, PACKET_MULTICAST } from "../kernel/packet";
import { consoleText } from "../kernel/text";

/**
 * Drops packets that came as link-level broadcasts or multicasts, by their packet type annotation.
 *
 * A router must not forward them (RFC 1812 §5.3.4).
 *
 * @input  0  packets
 * @output 0  the others
 * @output 1  the broadcasts and multicasts; dropped where nothing is connected
 * @see HostEtherFilter, FromDevice
 */
@element("1/1-2", "a/ah")
export class DropBroadcasts extends Element {
  /** Broadcasts and multicasts seen. */
  @handler("r") drops: u64 = 0;

  route(p: Packet): i32 {
    // The two types are neighbours: one comparison.
    if (<u8>(p.packetType - PACKET_BROADCAST) > PACKET_MULTICAST - PACKET_BROADCAST) return 0;
    if (this.drops == 0) consoleText().put("DropBroadcasts: dropped a packet\n").toConsole();
    this.drops++;
    return 1;
  }

  takeState(old: DropBroadcasts): void {
    this.drops = old.drops;
  }
}
