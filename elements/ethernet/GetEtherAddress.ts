import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { ETHER_ADDRESS } from "../net/ethernet";

/**
 * Copies an Ethernet address from packets to an annotation.
 *
 * @input  0  any packets
 * @output 0  the same packets
 * @output 1  packets that end before the address does; dropped where nothing is connected
 * @see StoreEtherAddress, SetEtherAddress
 */
@element("1/1-2", "a/ah", "x/x")
export class GetEtherAddress extends Element {
  /** The annotation, of six bytes. */
  @arg("ANNO anno(6) positional required") annotation: u32 = 0;
  /** Where the address lies, counted from the start of the packet: a number, `src` (6) or `dst` (0). */
  @arg("OFFSET word positional required") offsetWord: Bytes = changetype<Bytes>(0);
  /** The host works it out. */
  offset: u32 = 0;

  route(p: Packet): i32 {
    if (p.length < ETHER_ADDRESS || this.offset > p.length - ETHER_ADDRESS) return 1;
    memory.copy(p.annotations + this.annotation, p.data + this.offset, ETHER_ADDRESS);
    return 0;
  }
}
