import { Element } from "../kernel/element";
import { Packet, VLAN_TCI_ANNO } from "../kernel/packet";

abstract class VlanAnnotator extends Element {
  /** Identifier and priority in one number; -1 = VLAN_ID counts. */
  @arg("VLAN_TCI int[0..0xFFFF] positional") tci: i32 = -1;
  /** Priority. */
  @arg("VLAN_PCP int[0..7] positional") pcp: i32 = 0;
  /** Identifier. */
  @arg("VLAN_ID int[0..0xFFF]") vlanId: i32 = 0;
  /** All of it in memory order; the host works it out. */
  controlBE: u16 = 0;

  route(p: Packet): i32 {
    p.setAnno16(VLAN_TCI_ANNO, this.controlBE);
    return 0;
  }
}

/**
 * Sets the VLAN annotation of packets.
 *
 * @input  0  any packets
 * @output 0  the same packets
 * @see VLANEncap, EtherVLANEncap
 */
@element("1/1", "a/a")
export class SetVLANAnno extends VlanAnnotator {}

/**
 * Old spelling of SetVLANAnno.
 *
 * @input  0  any packets
 * @output 0  the same packets
 * @see SetVLANAnno
 */
@element("1/1", "a/a")
export class SetVlanAnno extends VlanAnnotator {}
