/** What EtherVLANEncap and its old spelling do. */
import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { DROP, Packet, VLAN_TCI_ANNO } from "../kernel/packet";
import { ETHER_HEADER, ETHERTYPE_VLAN, ethernet, pushMacHeader } from "../net/ethernet";
import { isNativeVlan, VLAN_HEADER, vlan } from "../net/vlan";

export abstract class EtherVlanEncapsulation extends Element {
  /** Type of what follows the header. */
  @arg("ETHERTYPE u16 positional required") @handler("rw", "ethertype", "u16") type: u16 = 0;
  /** Source address. */
  @arg("SRC EtherAddress positional required") @handler("rw", "src", "EtherAddress") source: u64 = 0;
  /** Destination address. */
  @arg("DST EtherAddress positional required") @handler("rw", "dst", "EtherAddress") destination: u64 = 0;
  /** Control information of the tag, or ANNO: each packet's VLAN annotation. */
  @arg("VLAN_TCI word positional") tciWord: Bytes = changetype<Bytes>(0);
  /** Priority. */
  @arg("VLAN_PCP int[0..7] positional") pcp: i32 = 0;
  /** Identifier. */
  @arg("VLAN_ID int[0..0xFFF]") vlanId: i32 = 0;
  /** Identifier whose frames get no tag, -1 = none. */
  @arg("NATIVE_VLAN int[-1..0xFFF]") nativeVlan: i32 = 0;
  /** Control information in memory order, or the annotation is used. The host works both out. */
  controlBE: u16 = 0;
  usesAnnotation: bool = false;

  route(p: Packet): i32 {
    const control = this.usesAnnotation ? p.anno16(VLAN_TCI_ANNO) : this.controlBE;
    const isNative = isNativeVlan(control, this.nativeVlan);
    if (!pushMacHeader(p, isNative ? ETHER_HEADER : VLAN_HEADER)) return DROP;
    const ether = ethernet(p);
    ether.destination = this.destination;
    ether.source = this.source;
    if (isNative) {
      ether.type = this.type;
      return 0;
    }
    const header = vlan(p);
    header.tagTypeBE = bswap<u16>(ETHERTYPE_VLAN);
    header.controlBE = control;
    header.typeBE = bswap<u16>(this.type);
    return 0;
  }
}
