/** ARP for IPv4 over Ethernet, RFC 826: the packet as a view over memory, and how replies and requests are made. */
import { makePacket, Packet, VLAN_TCI_ANNO } from "../kernel/packet";
import {
  ETHER_HEADER,
  ETHERTYPE_ARP,
  ETHERTYPE_IP,
  ethernet,
  loadEtherAddress,
  setMacHeader,
  storeEtherAddress,
} from "./ethernet";

/** Bytes of the part that all hardware types share, and of a whole packet for IPv4 over Ethernet. */
export const ARP_HEADER: u32 = 8;
export const ARP_PACKET: u32 = 28;

export const ARP_HARDWARE_ETHERNET: u16 = 1;

/** Operations: RFC 826, RFC 903, RFC 2390. */
export const ARP_REQUEST: u16 = 1;
export const ARP_REPLY: u16 = 2;
export const RARP_REQUEST: u16 = 3;
export const RARP_REPLY: u16 = 4;
export const INARP_REQUEST: u16 = 8;
export const INARP_REPLY: u16 = 9;

/** The packet. Nothing is copied, nothing is checked here. */
@unmanaged
export class ArpPacket {
  private hardwareTypeBE: u16;
  private protocolTypeBE: u16;
  hardwareLength: u8;
  protocolLength: u8;
  private operationBE: u16;
  private senderHardware0: u32;
  private senderHardware4: u16;
  private senderProtocol0: u16;
  private senderProtocol2: u16;
  private targetHardware0: u16;
  private targetHardware2: u32;
  private targetProtocol: u32;

  @inline get address(): usize { return changetype<usize>(this); }
  @inline get hardwareType(): u16 { return bswap<u16>(this.hardwareTypeBE); }
  @inline get protocolType(): u16 { return bswap<u16>(this.protocolTypeBE); }
  @inline get operation(): u16 { return bswap<u16>(this.operationBE); }
  @inline get senderHardwareAt(): usize { return this.address + offsetof<ArpPacket>("senderHardware0"); }
  @inline get targetHardwareAt(): usize { return this.address + offsetof<ArpPacket>("targetHardware0"); }
  @inline get senderHardware(): u64 { return loadEtherAddress(this.senderHardwareAt); }
  @inline get targetHardware(): u64 { return loadEtherAddress(this.targetHardwareAt); }
  /** IPv4 addresses in memory order. */
  @inline get senderAddress(): u32 { return load<u32>(this.address, offsetof<ArpPacket>("senderProtocol0")); }
  @inline get targetAddress(): u32 { return this.targetProtocol; }

  /** Fills in a whole packet for IPv4 over Ethernet. */
  write(operation: u16, senderHardware: u64, sender: u32, targetHardware: u64, target: u32): void {
    this.hardwareTypeBE = bswap<u16>(ARP_HARDWARE_ETHERNET);
    this.protocolTypeBE = bswap<u16>(ETHERTYPE_IP);
    this.hardwareLength = 6;
    this.protocolLength = 4;
    this.operationBE = bswap<u16>(operation);
    storeEtherAddress(this.senderHardwareAt, senderHardware);
    store<u32>(this.address, sender, offsetof<ArpPacket>("senderProtocol0"));
    storeEtherAddress(this.targetHardwareAt, targetHardware);
    this.targetProtocol = target;
  }

  /** Whether it is about IPv4 addresses on Ethernet, and does what `operation` says. */
  @inline isForIp4(operation: u16): bool {
    return (
      this.hardwareType == ARP_HARDWARE_ETHERNET && this.protocolType == ETHERTYPE_IP && this.operation == operation
    );
  }
}

/** The ARP packet behind the Ethernet header at the start of the data. */
@inline
export function etherArp(p: Packet): ArpPacket {
  return changetype<ArpPacket>(p.data + ETHER_HEADER);
}

/** Whether the packet is a whole Ethernet frame with ARP for IPv4 over Ethernet and that operation. */
export function isEtherArp(p: Packet, operation: u16): bool {
  return (
    p.length >= ETHER_HEADER + ARP_PACKET && ethernet(p).type == ETHERTYPE_ARP && etherArp(p).isForIp4(operation)
  );
}

/**
 * A new Ethernet frame with an ARP packet from `senderHardware`.
 * @param destination  where the frame goes
 * @param template  whose VLAN annotation the frame takes over; null = none
 * @returns null when the pool is dry
 */
export function makeArp(
  operation: u16,
  destination: u64,
  senderHardware: u64,
  sender: u32,
  targetHardware: u64,
  target: u32,
  template: Packet | null,
): Packet | null {
  const p = makePacket(ETHER_HEADER + ARP_PACKET);
  if (!p) return null;
  setMacHeader(p, ETHER_HEADER);
  const ether = ethernet(p);
  ether.destination = destination;
  ether.source = senderHardware;
  ether.type = ETHERTYPE_ARP;
  etherArp(p).write(operation, senderHardware, sender, targetHardware, target);
  if (template) p.setAnno16(VLAN_TCI_ANNO, template.anno16(VLAN_TCI_ANNO));
  return p;
}
