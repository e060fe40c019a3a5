/** UDP header, RFC 768. A view over packet memory: nothing is copied, nothing is checked here. */
import { Packet } from "../kernel/packet";

export const UDP_HEADER: u32 = 8;

@unmanaged
export class UdpHeader {
  /** Ports, in memory order: mostly compared and copied. */
  sourcePortBE: u16;
  destinationPortBE: u16;
  private lengthBE: u16;
  /** As it lies in memory; 0 = none was computed. */
  checksum: u16;

  @inline get address(): usize { return changetype<usize>(this); }
  @inline get sourcePort(): u32 { return bswap<u16>(this.sourcePortBE); }
  @inline get destinationPort(): u32 { return bswap<u16>(this.destinationPortBE); }
  /** Header and payload, in bytes. */
  @inline get length(): u32 { return bswap<u16>(this.lengthBE); }
  @inline set length(value: u32) { this.lengthBE = bswap<u16>(<u16>value); }
}

/** The packet's UDP header; its transport header must be set. */
@inline
export function udp(p: Packet): UdpHeader {
  return changetype<UdpHeader>(p.transportHeader);
}
