import { Element } from "../kernel/element";
import { Packet, VLAN_TCI_ANNO } from "../kernel/packet";
import { ETHER_HEADER, ETHERTYPE_VLAN, setMacHeader } from "../net/ethernet";
import { ADDRESSES, VLAN_HEADER, VLAN_TAG, vlan } from "../net/vlan";

/**
 * Removes the 802.1Q tag from Ethernet frames that have one.
 *
 * @input  0  Ethernet frames
 * @output 0  Ethernet frames without a tag
 * @see VLANEncap, StripEtherVLANHeader, SetVLANAnno
 */
@element("1/1", "a/a")
export class VLANDecap extends Element {
  /** Keep the tag's control information in the VLAN annotation; zero for frames without a tag. */
  @arg("ANNO bool positional") annotate: bool = true;
  /** Type that means a tag. */
  @arg("ETHERTYPE u16") tagType: u16 = ETHERTYPE_VLAN;

  route(p: Packet): i32 {
    let control: u16 = 0;
    if (p.length >= VLAN_HEADER && vlan(p).tagTypeBE == bswap<u16>(this.tagType)) {
      control = vlan(p).controlBE;
      memory.copy(p.data + VLAN_TAG, p.data, ADDRESSES);
      p.pull(VLAN_TAG);
    }
    setMacHeader(p, ETHER_HEADER);
    if (this.annotate) p.setAnno16(VLAN_TCI_ANNO, control);
    return 0;
  }
}
