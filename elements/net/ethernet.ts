/** Ethernet II: the header as a view over packet memory (IEEE 802.3 §3.1), and addresses as numbers. */
import { Packet } from "../kernel/packet";

/** Bytes of a header without tags. */
export const ETHER_HEADER: u32 = 14;
/** Bytes of an address. */
export const ETHER_ADDRESS: u32 = 6;

/** EtherTypes, https://www.iana.org/assignments/ieee-802-numbers. */
export const ETHERTYPE_IP: u16 = 0x0800;
export const ETHERTYPE_ARP: u16 = 0x0806;
export const ETHERTYPE_TRAIL: u16 = 0x1000;
export const ETHERTYPE_VLAN: u16 = 0x8100;
export const ETHERTYPE_IP6: u16 = 0x86dd;
export const ETHERTYPE_MAC_CONTROL: u16 = 0x8808;

/** An address as a number: its first byte is the lowest, the upper two bytes are zero. */
export const ETHER_BROADCAST: u64 = 0xffff_ffff_ffff;
const ADDRESS_BITS: u64 = 0xffff_ffff_ffff;

/** The address at `at`; eight bytes must be readable there. */
@inline
export function loadEtherAddress(at: usize): u64 {
  return load<u64>(at) & ADDRESS_BITS;
}

@inline
export function storeEtherAddress(at: usize, address: u64): void {
  store<u32>(at, <u32>address);
  store<u16>(at, <u16>(address >> 32), 4);
}

/** Whether an address means several stations: the lowest bit of its first byte. */
@inline
export function isGroupAddress(address: u64): bool {
  return (address & 1) != 0;
}

/** The header. Nothing is copied, nothing is checked here. */
@unmanaged
export class EtherHeader {
  private destination0: u32;
  private destination4: u16;
  private source0: u16;
  private source2: u32;
  /** In memory order: compare with `bswap` of a constant. */
  typeBE: u16;

  @inline get address(): usize { return changetype<usize>(this); }
  @inline get destination(): u64 { return loadEtherAddress(this.address); }
  @inline set destination(address: u64) { storeEtherAddress(this.address, address); }
  @inline get source(): u64 { return loadEtherAddress(this.address + offsetof<EtherHeader>("source0")); }
  @inline set source(address: u64) { storeEtherAddress(this.address + offsetof<EtherHeader>("source0"), address); }
  /** The whole header, in two stores that overlap by two bytes. Addresses are 48 bits, their first byte lowest; the type is in host order. */
  @inline set(destination: u64, source: u64, type: u16): void {
    store<u64>(this.address, destination | (source << 48));
    store<u64>(this.address, (source & 0xffff_ffff_ffff) | (<u64>bswap<u16>(type) << 48), 6);
  }
  @inline get type(): u16 { return bswap<u16>(this.typeBE); }
  @inline set type(value: u16) { this.typeBE = bswap<u16>(value); }
}

/** The Ethernet header at the start of the packet's data. */
@inline
export function ethernet(p: Packet): EtherHeader {
  return changetype<EtherHeader>(p.data);
}

/**
 * Makes room for a link header of `length` bytes in front of the packet, and notes where it and the network header
 * behind it are.
 * @returns false, with the packet unchanged, when its buffer has not that much room.
 */
@inline
export function pushMacHeader(p: Packet, length: u32): bool {
  if (!p.push(length)) return false;
  setMacHeader(p, length);
  return true;
}

/** Notes that the packet's data starts with a link header of `length` bytes. The transport header stays where it is. */
@inline
export function setMacHeader(p: Packet, length: u32): void {
  p.macHeader = p.data;
  p.networkHeader = p.data + length;
}
