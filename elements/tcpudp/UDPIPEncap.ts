import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { ip4, IP4_HEADER, IP_PROTO_UDP, transportChecksum, writeIp4Header } from "../net/ip4";
import { udp, UDP_HEADER } from "../net/udp";

const TIME_TO_LIVE: u8 = 250;

/**
 * Puts UDP and IPv4 headers in front of each packet.
 *
 * Identifications count from 0. The destination annotation is set to DST; if that is `DST_ANNO`, the annotation says where the
 * packet goes. A packet whose buffer has no room for 28 more bytes is dropped.
 *
 * @input  0  packets
 * @output 0  UDP over IPv4, network header set
 * @see IPEncap, CheckUDPHeader, FastUDPSource
 */
@element(
  "1/1",
  "a/a",
  "x/x",
  "SRC IPAddress positional required: source address",
  "SPORT port(udp) positional required: source port",
  "DST raw positional required: destination address, or `DST_ANNO`",
  "DPORT port(udp) positional required: destination port",
  "CHECKSUM bool positional: compute the UDP checksum; true by default",
)
export class UDPIPEncap extends Element {
  /** Source address. */
  @handler("r", "src", "IPAddress") source: u32 = 0;
  /** Source port. */
  @handler("r", "sport", "u16") sourcePort: u16 = 0;
  /** Destination address; 0.0.0.0 for `DST_ANNO`. */
  @handler("r", "dst", "IPAddress") destination: u32 = 0;
  /** Destination port. */
  @handler("r", "dport", "u16") destinationPort: u16 = 0;
  /** Set by the host, too. */
  toAnnotation: bool = false;
  withChecksum: bool = true;

  private nextIdentification: u16 = 0;

  route(p: Packet): i32 {
    if (!p.push(IP4_HEADER + UDP_HEADER)) return DROP;
    p.setNetworkHeader(p.data, IP4_HEADER);
    this.writeIp(p);
    this.writeUdp(p);
    return 0;
  }

  @inline
  private writeIp(p: Packet): void {
    const ip = ip4(p);
    writeIp4Header(ip, IP4_HEADER, IP_PROTO_UDP, TIME_TO_LIVE);
    ip.totalLength = p.length;
    ip.identificationBE = bswap<u16>(this.nextIdentification++);
    ip.source = this.source;
    if (!this.toAnnotation) p.destinationAnno = this.destination;
    ip.destination = p.destinationAnno;
    ip.setChecksum();
  }

  @inline
  private writeUdp(p: Packet): void {
    const header = udp(p);
    header.sourcePortBE = bswap<u16>(this.sourcePort);
    header.destinationPortBE = bswap<u16>(this.destinationPort);
    header.length = p.length - IP4_HEADER;
    header.checksum = 0;
    if (this.withChecksum) header.checksum = transportChecksum(ip4(p), header.address, p.length - IP4_HEADER);
  }
}
