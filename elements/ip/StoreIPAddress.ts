import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { fold } from "../net/checksum";
import { hasIp4Header, ip4, IP4_HEADER, IP_PROTO_TCP, IP_PROTO_UDP, transportBytes } from "../net/ip4";
import { tcp, TCP_HEADER } from "../net/tcp";
import { udp, UDP_HEADER } from "../net/udp";

/**
 * Writes an IPv4 address into the packet.
 *
 * The address is ADDR or, when only OFFSET is given, the destination annotation; an annotation of 0.0.0.0 means that there is
 * none. It goes OFFSET bytes behind the start of the data, or with `src` or `dst` into the IP header: then the checksums of IP,
 * TCP and UDP are updated incrementally. A packet without room for the address, or without IP header, leaves on output 1.
 *
 * @input  0  packets
 * @output 0  the same packets, address written
 * @output 1  packets into which it could not be written; dropped where nothing is connected
 * @note   Differs from Click: for a number as OFFSET and no address, or no room for it, Click writes in front of the IP header, if there is one.
 * @see GetIPAddress, SetIPAddress
 */
@element(
  "1/1-2",
  "a/ah",
  "x/x",
  "OFFSET raw rest: [ADDR,] OFFSET: the address, which is the destination annotation where it is left out; and where it goes: bytes from the start of the data, or `src` or `dst`",
)
export class StoreIPAddress extends Element {
  /** Where the address goes: bytes from the start of the data, or -1 for a field of the IP header. */
  @constant offset: i32 = 0;
  /** Bytes from the start of the IP header, where `offset` is -1. */
  @constant headerOffset: u32 = 0;
  @constant fixed: bool = false;
  @constant address: u32 = 0;

  route(p: Packet): i32 {
    const address = this.fixed ? this.address : p.destinationAnno;
    if (this.offset >= 0) {
      if ((address == 0 && !this.fixed) || <u64>this.offset + sizeof<u32>() > <u64>p.length) return 1;
      store<u32>(p.data + this.offset, address);
      return 0;
    }
    if (!hasIp4Header(p) || p.networkHeaderLength < IP4_HEADER) return 1;
    this.storeInHeader(p, address);
    return 0;
  }

  private storeInHeader(p: Packet, address: u32): void {
    const field = p.networkHeader + this.headerOffset;
    const change = <u64>(load<u32>(field) ^ 0xffff_ffff) + <u64>address;
    store<u32>(field, address);
    const ip = ip4(p);
    ip.checksum = updated(ip.checksum, change);
    if (!ip.isFirstFragment) return;
    const length = transportBytes(p);
    if (ip.protocol == IP_PROTO_TCP && length >= TCP_HEADER) tcp(p).checksum = updated(tcp(p).checksum, change);
    if (ip.protocol == IP_PROTO_UDP && length >= UDP_HEADER && udp(p).checksum != 0) {
      udp(p).checksum = updated(udp(p).checksum, change);
    }
  }
}

/** A checksum after what it covers changed by the sum of the new words and the old ones' complements: RFC 1624 equation 3. */
@inline
function updated(checksum: u16, change: u64): u16 {
  return ~fold(<u64>(checksum ^ 0xffff) + change);
}
