import { Element } from "../kernel/element";
import { Packet, VLAN_TCI_ANNO } from "../kernel/packet";
import { ETHER_HEADER, ETHERTYPE_VLAN } from "../net/ethernet";
import { VLAN_HEADER, vlan } from "../net/vlan";

abstract class EtherVlanStripper extends Element {
  /** Identifier for frames without a tag; negative = they are not stripped. */
  @arg("NATIVE_VLAN int positional") nativeVlan: i32 = 0;

  route(p: Packet): i32 {
    if (p.length < ETHER_HEADER) return 1;
    if (vlan(p).tagTypeBE == bswap<u16>(ETHERTYPE_VLAN)) {
      if (p.length < VLAN_HEADER) return 1;
      p.setAnno16(VLAN_TCI_ANNO, vlan(p).controlBE);
      p.pull(VLAN_HEADER);
      return 0;
    }
    if (this.nativeVlan < 0) return 1;
    p.setAnno16(VLAN_TCI_ANNO, bswap<u16>(<u16>this.nativeVlan));
    p.pull(ETHER_HEADER);
    return 0;
  }
}

/**
 * Removes the Ethernet header, with or without an 802.1Q tag.
 *
 * The tag's control information goes to the VLAN annotation; frames without a tag get NATIVE_VLAN there.
 *
 * @input  0  Ethernet frames
 * @output 0  packets without a link header
 * @output 1  frames without a tag when NATIVE_VLAN is negative, and frames too short for their header; dropped where
 *       nothing is connected
 * @see EtherVLANEncap, VLANDecap, Strip
 */
@element("1/1-2", "a/ah")
export class StripEtherVLANHeader extends EtherVlanStripper {}

/**
 * Old spelling of StripEtherVLANHeader.
 *
 * @input  0  Ethernet frames
 * @output 0  packets without a link header
 * @output 1  as in StripEtherVLANHeader
 * @see StripEtherVLANHeader
 */
@element("1/1-2", "a/ah")
export class StripEtherVlanHeader extends EtherVlanStripper {}
