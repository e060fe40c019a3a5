import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { storeEtherAddress } from "../net/ethernet";

/**
 * Puts an Ethernet address into an annotation.
 *
 * @input  0  any packets
 * @output 0  the same packets
 * @see StoreEtherAddress, GetEtherAddress
 */
@element("1/1", "a/a")
export class SetEtherAddress extends Element {
  /** The address. */
  @arg("ADDR EtherAddress positional required") @handler("rw", "addr", "EtherAddress") address: u64 = 0;
  /** The annotation, of six bytes. */
  @arg("ANNO anno(6) positional required") annotation: u32 = 0;

  route(p: Packet): i32 {
    storeEtherAddress(p.annotations + this.annotation, this.address);
    return 0;
  }
}
