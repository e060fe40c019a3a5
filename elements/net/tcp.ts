/** TCP header, RFC 9293 §3.1. A view over packet memory: nothing is copied, nothing is checked here. */
import { Packet } from "../kernel/packet";

/** Bytes of a header without options. */
export const TCP_HEADER: u32 = 20;

export const TCP_FIN: u8 = 0x01;
export const TCP_SYN: u8 = 0x02;
export const TCP_RST: u8 = 0x04;
export const TCP_PSH: u8 = 0x08;
export const TCP_ACK: u8 = 0x10;
export const TCP_URG: u8 = 0x20;

@unmanaged
export class TcpHeader {
  /** Ports, in memory order: mostly compared and copied. */
  sourcePortBE: u16;
  destinationPortBE: u16;
  private sequenceBE: u32;
  private acknowledgmentBE: u32;
  private dataOffset: u8;
  flags: u8;
  private windowBE: u16;
  /** As it lies in memory. */
  checksum: u16;
  private urgentBE: u16;

  @inline get address(): usize { return changetype<usize>(this); }
  @inline get sourcePort(): u32 { return bswap<u16>(this.sourcePortBE); }
  @inline get destinationPort(): u32 { return bswap<u16>(this.destinationPortBE); }
  @inline get sequence(): u32 { return bswap<u32>(this.sequenceBE); }
  @inline set sequence(value: u32) { this.sequenceBE = bswap<u32>(value); }
  @inline get acknowledgment(): u32 { return bswap<u32>(this.acknowledgmentBE); }
  @inline set acknowledgment(value: u32) { this.acknowledgmentBE = bswap<u32>(value); }
  /** Header length in bytes: 0 to 60, at least 20 in a right header. */
  @inline get headerLength(): u32 { return <u32>(this.dataOffset >> 4) << 2; }
  @inline set headerLength(bytes: u32) { this.dataOffset = <u8>((bytes >> 2) << 4) | (this.dataOffset & 0x0f); }
  @inline get window(): u32 { return bswap<u16>(this.windowBE); }
  @inline set window(value: u32) { this.windowBE = bswap<u16>(<u16>value); }
}

/** The packet's TCP header; its transport header must be set. */
@inline
export function tcp(p: Packet): TcpHeader {
  return changetype<TcpHeader>(p.transportHeader);
}
