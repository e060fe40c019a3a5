/** 802.1Q tags: the Ethernet header with one as a view over packet memory, IEEE 802.1Q §9.6. */
import { Packet } from "../kernel/packet";

/** Bytes of a tag, and of an Ethernet header with one. */
export const VLAN_TAG: u32 = 4;
export const VLAN_HEADER: u32 = 18;

/** The VLAN identifier's bits in a tag's control information. */
export const VLAN_ID_BITS: u16 = 0x0fff;

/** The part behind the two addresses. Nothing is copied, nothing is checked here. */
@unmanaged
export class VlanHeader {
  private destination0: u32;
  private destination4: u16;
  private source0: u16;
  private source2: u32;
  /** Tag protocol identifier, control information and type of what follows, all in memory order. */
  tagTypeBE: u16;
  controlBE: u16;
  typeBE: u16;
}

/** The tagged header at the start of the packet's data. */
@inline
export function vlan(p: Packet): VlanHeader {
  return changetype<VlanHeader>(p.data);
}

/** Bytes of the two addresses, which stay in front when a tag comes or goes. */
export const ADDRESSES: usize = 12;

/** Whether control information (in memory order) names the native VLAN, which is -1 when there is none. */
@inline
export function isNativeVlan(controlBE: u16, nativeVlan: i32): bool {
  return <i32>(bswap<u16>(controlBE) & VLAN_ID_BITS) == nativeVlan;
}
