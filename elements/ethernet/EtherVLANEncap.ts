import { EtherVlanEncapsulation } from "./etherVlanEncap";

/**
 * Puts an Ethernet header with an 802.1Q tag in front of each packet.
 *
 * The tag's control information is a priority (VLAN_PCP) and an identifier (VLAN_ID), or both in one number (VLAN_TCI),
 * or, with VLAN_TCI ANNO, each packet's VLAN annotation. Packets of the native VLAN get a header without a tag.
 *
 * @input  0  packets that start with their network header
 * @output 0  Ethernet frames
 * @see EtherEncap, VLANEncap, StripEtherVLANHeader
 */
@element("1/1", "a/a")
export class EtherVLANEncap extends EtherVlanEncapsulation {}

/**
 * Old spelling of EtherVLANEncap.
 *
 * @input  0  packets that start with their network header
 * @output 0  Ethernet frames
 * @see EtherVLANEncap
 */
@element("1/1", "a/a")
export class EtherVlanEncap extends EtherVlanEncapsulation {}
