import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { ETHER_ADDRESS, ethernet } from "../net/ethernet";

/**
 * Exchanges the source and destination address of Ethernet frames.
 *
 * @input  0  Ethernet frames
 * @output 0  the same frames, on their way back
 * @note   A packet too short for two addresses goes through unchanged.
 * @see EtherEncap, IPMirror
 */
@element("1/1", "a/a")
export class EtherMirror extends Element {
  route(p: Packet): i32 {
    if (p.length < 2 * ETHER_ADDRESS) return 0;
    const ether = ethernet(p);
    // Both are read first: writing the destination must not touch the source.
    const source = ether.source;
    const destination = ether.destination;
    ether.destination = source;
    ether.source = destination;
    return 0;
  }
}
