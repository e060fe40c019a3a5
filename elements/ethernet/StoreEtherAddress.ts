import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { ETHER_ADDRESS, storeEtherAddress } from "../net/ethernet";

/**
 * Writes an Ethernet address into packets.
 *
 * The address is either ADDR or that in an annotation.
 *
 * @input  0  any packets
 * @output 0  the same packets
 * @output 1  packets that end before the address would; dropped where nothing is connected
 * @see GetEtherAddress, SetEtherAddress, EtherEncap
 */
@element("1/1-2", "a/ah")
export class StoreEtherAddress extends Element {
  /** The address. */
  @arg("ADDR EtherAddress positional") @handler("rw", "addr", "EtherAddress") address: u64 = 0;
  /** Where it goes, counted from the start of the packet: a number, `src` (6) or `dst` (0). */
  @arg("OFFSET word positional required") offsetWord: Bytes = changetype<Bytes>(0);
  /** The annotation, of six bytes, that has the address. */
  @arg("ANNO anno(6)") annotation: i32 = -1;
  /** The host works it out. */
  offset: u32 = 0;

  route(p: Packet): i32 {
    if (p.length < ETHER_ADDRESS || this.offset > p.length - ETHER_ADDRESS) return 1;
    const at = p.data + this.offset;
    if (this.annotation < 0) storeEtherAddress(at, this.address);
    else memory.copy(at, p.annotations + this.annotation, ETHER_ADDRESS);
    return 0;
  }
}
