/** Finds the headers of a TCP or UDP frame and makes sure that they are whole; and the pseudo-header that their checksums cover. */
import { ETHER_HEADER, ETHERTYPE_IP, ETHERTYPE_IP6, ETHERTYPE_VLAN } from "../elements/net/ethernet";
import { IP4_HEADER, IP_PROTO_TCP, IP_PROTO_UDP, Ip4Header, transportChecksum } from "../elements/net/ip4";
import { TCP_HEADER, TcpHeader } from "../elements/net/tcp";
import { UDP_HEADER, UdpHeader } from "../elements/net/udp";
import { VLAN_TAG } from "../elements/net/vlan";
import { sumBytes } from "../elements/net/checksum";

/** Tag of a provider's VLAN, in front of the customer's: IEEE 802.1Q table 9-1. */
const ETHERTYPE_SERVICE_VLAN: u16 = 0x88a8;
/** Tags that a frame may have. */
const MOST_TAGS: u32 = 2;

/** Bytes of an IPv6 header, and where its two addresses are: RFC 8200 §3. */
const IP6_HEADER: u32 = 40;
const IP6_ADDRESSES: usize = 8;
const IP_PROTO_ICMP6: u8 = 58;

/** Where the checksum is in a TCP header (RFC 9293 §3.1) and in a UDP header (RFC 768). */
export const TCP_CHECKSUM_OFFSET: u16 = 16;
export const UDP_CHECKSUM_OFFSET: u16 = 6;

/** IPv6 header, RFC 8200 §3. A view over frame memory: nothing is copied, nothing is checked here. */
@unmanaged
export class Ip6Header {
  private versionAndLabel: u32;
  private payloadLengthBE: u16;
  nextHeader: u8;
  hopLimit: u8;

  @inline get version(): u32 { return (this.versionAndLabel >> 4) & 0x0f; }
  /** Bytes behind this header. */
  @inline get payloadLength(): u32 { return bswap<u16>(this.payloadLengthBE); }
  @inline set payloadLength(value: u32) { this.payloadLengthBE = bswap<u16>(<u16>value); }
}

/** What a frame carries. */
export type Content = i32;
/** A TCP or UDP header, whole, in an IP packet whose lengths are right: `Headers` tells where. */
export const TRANSPORT: Content = 0;
/** Nothing of TCP's or UDP's, or nothing that a receiver would take. */
export const OTHER: Content = 1;
/** Possibly TCP or UDP: a fragment, or behind extension headers or more tags. */
export const HIDDEN: Content = 2;

/** Where the headers of a frame are. Offsets count from the frame's first byte. */
@unmanaged
export class Headers {
  /** The frame. */
  frame: usize;
  /** Offsets of the IP header, the TCP or UDP header, what follows it, and of the first byte behind the packet (there may be padding). */
  network: u32;
  transport: u32;
  payload: u32;
  end: u32;
  /** 4 or 6; TCP or UDP. */
  version: u8;
  protocol: u8;

  @inline get ip4(): Ip4Header { return changetype<Ip4Header>(this.frame + this.network); }
  @inline get ip6(): Ip6Header { return changetype<Ip6Header>(this.frame + this.network); }
  @inline get tcp(): TcpHeader { return changetype<TcpHeader>(this.frame + this.transport); }

  /** Bytes of payload. */
  @inline get payloadLength(): u32 { return this.end - this.payload; }
  @inline get udp(): UdpHeader { return changetype<UdpHeader>(this.frame + this.transport); }

  /** Looks at a frame. The fields are valid only after TRANSPORT. */
  find(frame: usize, length: u32): Content {
    this.frame = frame;
    if (length < ETHER_HEADER) return OTHER;
    let network = ETHER_HEADER;
    let type = load<u16>(frame + network - 2);
    for (let tags: u32 = 0; isTag(type); tags++) {
      if (tags == MOST_TAGS) return HIDDEN;
      network += VLAN_TAG;
      if (length < network) return OTHER;
      type = load<u16>(frame + network - 2);
    }
    this.network = network;
    if (type == bswap<u16>(ETHERTYPE_IP)) return this.findIp4(length);
    if (type == bswap<u16>(ETHERTYPE_IP6)) return this.findIp6(length);
    return OTHER;
  }

  @inline
  private findIp4(length: u32): Content {
    const room = length - this.network;
    if (room < IP4_HEADER) return OTHER;
    const ip = this.ip4;
    const headerLength = ip.headerLength;
    const total = ip.totalLength;
    if (ip.version != 4 || headerLength < IP4_HEADER || headerLength > total || total > room) return OTHER;
    if (ip.isFragment) return HIDDEN;
    this.version = 4;
    return this.findTransport(ip.protocol, headerLength, total);
  }

  @inline
  private findIp6(length: u32): Content {
    const room = length - this.network;
    if (room < IP6_HEADER) return OTHER;
    const ip = this.ip6;
    const total = IP6_HEADER + ip.payloadLength;
    if (ip.version != 6 || total > room) return OTHER;
    this.version = 6;
    return this.findTransport(ip.nextHeader, IP6_HEADER, total);
  }

  /** Looks behind an IP header of `headerLength` bytes; `total` is the packet's length. */
  @inline
  private findTransport(protocol: u8, headerLength: u32, total: u32): Content {
    this.protocol = protocol;
    this.transport = this.network + headerLength;
    this.end = this.network + total;
    const room = total - headerLength;
    if (protocol == IP_PROTO_TCP) return this.findTcp(room);
    if (protocol == IP_PROTO_UDP) return this.findUdp(room);
    return this.version == 4 || protocol == IP_PROTO_ICMP6 ? OTHER : HIDDEN;
  }

  @inline
  private findTcp(room: u32): Content {
    if (room < TCP_HEADER) return OTHER;
    const headerLength = this.tcp.headerLength;
    if (headerLength < TCP_HEADER || headerLength > room) return OTHER;
    this.payload = this.transport + headerLength;
    return TRANSPORT;
  }

  @inline
  private findUdp(room: u32): Content {
    if (room < UDP_HEADER) return OTHER;
    this.payload = this.transport + UDP_HEADER;
    return TRANSPORT;
  }

  /** Makes the IP header one of a packet with `length` bytes behind it. */
  @inline
  setTransportLength(length: u32): void {
    if (this.version == 6) {
      this.ip6.payloadLength = length;
      return;
    }
    this.ip4.totalLength = this.transport - this.network + length;
    this.ip4.setChecksum();
  }

  /** Sum of the pseudo-header (RFC 9293 §3.1, RFC 8200 §8.1) of a segment of `length` bytes, not folded. */
  pseudoHeaderSum(length: u32): u64 {
    const lengthWord: u64 = bswap<u16>(<u16>length);
    // The checksum of no bytes at all is that of a pseudo-header with length zero.
    if (this.version == 4) return <u64>(~transportChecksum(this.ip4, 0, 0)) + lengthWord;
    return sumBytes(this.frame + this.network + IP6_ADDRESSES, 32) + (<u64>this.protocol << 8) + lengthWord;
  }
}

@inline
function isTag(typeBE: u16): bool {
  return typeBE == bswap<u16>(ETHERTYPE_VLAN) || typeBE == bswap<u16>(ETHERTYPE_SERVICE_VLAN);
}
