import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { DROP, Packet, VLAN_TCI_ANNO } from "../kernel/packet";
import { ETHER_HEADER, ETHERTYPE_VLAN, setMacHeader } from "../net/ethernet";
import { ADDRESSES, isNativeVlan, VLAN_HEADER, VLAN_TAG, vlan } from "../net/vlan";

/**
 * Puts an 802.1Q tag into Ethernet frames.
 *
 * The tag's control information is a priority (VLAN_PCP) and an identifier (VLAN_ID), or both in one number (VLAN_TCI),
 * or, with VLAN_TCI ANNO, each packet's VLAN annotation. Frames of the native VLAN get no tag.
 *
 * @input  0  Ethernet frames
 * @output 0  Ethernet frames with a tag
 * @note Differs from Click: the values can be changed while the router runs; a frame too short for its addresses is
 *       dropped.
 * @see VLANDecap, EtherVLANEncap, SetVLANAnno
 */
@element("1/1", "a/a")
export class VLANEncap extends Element {
  /** Control information of the tag, or ANNO: each packet's VLAN annotation. */
  @arg("VLAN_TCI word positional") tciWord: Bytes = changetype<Bytes>(0);
  /** Priority. */
  @arg("VLAN_PCP int[0..7] positional") pcp: i32 = 0;
  /** Identifier. */
  @arg("VLAN_ID int[0..0xFFF]") vlanId: i32 = 0;
  /** Identifier whose frames get no tag, -1 = none. */
  @arg("NATIVE_VLAN int[-1..0xFFF]") nativeVlan: i32 = 0;
  /** Type that means a tag. */
  @arg("ETHERTYPE u16") tagType: u16 = ETHERTYPE_VLAN;
  /** Control information in memory order, or the annotation is used. The host works both out. */
  controlBE: u16 = 0;
  usesAnnotation: bool = false;

  route(p: Packet): i32 {
    const control = this.usesAnnotation ? p.anno16(VLAN_TCI_ANNO) : this.controlBE;
    if (isNativeVlan(control, this.nativeVlan)) {
      setMacHeader(p, ETHER_HEADER);
      return 0;
    }
    if (p.length < <u32>ADDRESSES || !p.push(VLAN_TAG)) return DROP;
    memory.copy(p.data, p.data + VLAN_TAG, ADDRESSES);
    vlan(p).tagTypeBE = bswap<u16>(this.tagType);
    vlan(p).controlBE = control;
    setMacHeader(p, VLAN_HEADER);
    return 0;
  }
}
