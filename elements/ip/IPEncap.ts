import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { ip4, IP4_HEADER, writeIp4Header } from "../net/ip4";

/**
 * Puts an IPv4 header in front of each packet.
 *
 * Identifications count from 0. The destination annotation is set to DST; if that is `DST_ANNO`, the annotation says where
 * the packet goes. A packet whose buffer has no room for 20 more bytes is dropped.
 *
 * @input  0  packets
 * @output 0  IPv4 packets, network header set
 * @see UDPIPEncap, ICMPPingEncap, StripIPHeader
 */
@element(
  "1/1",
  "a/a",
  "x/x",
  "PROTO named-int(ip_proto) positional required: protocol of the packets, number or name",
  "SRC IPAddress positional required: source address",
  "DST raw positional required: destination address, or `DST_ANNO`",
  "TOS int: type of service, 0 to 255; instead of DSCP, ECT and CE",
  "TTL u8: time to live; 250 by default",
  "DSCP int: differentiated services code point, 0 to 62",
  "ECT keyword: ECN-capable transport: `true` for bits 01, `2` for bits 10",
  "CE bool: congestion experienced",
  "DF bool: don't fragment",
)
export class IPEncap extends Element {
  /** What the host made of the arguments. */
  protocol: u8 = 0;
  tos: u8 = 0;
  timeToLive: u8 = 0;
  source: u32 = 0;
  destination: u32 = 0;
  toAnnotation: bool = false;
  fragmentWord: u16 = 0;

  private nextIdentification: u16 = 0;

  route(p: Packet): i32 {
    if (!p.push(IP4_HEADER)) return DROP;
    p.setNetworkHeader(p.data, IP4_HEADER);
    const ip = ip4(p);
    writeIp4Header(ip, IP4_HEADER, this.protocol, this.timeToLive);
    ip.tos = this.tos;
    ip.totalLength = p.length;
    ip.identificationBE = bswap<u16>(this.nextIdentification++);
    ip.fragmentWord = this.fragmentWord;
    ip.source = this.source;
    if (!this.toAnnotation) p.destinationAnno = this.destination;
    ip.destination = p.destinationAnno;
    ip.setChecksum();
    return 0;
  }

  /** Source address. */
  @read("src", ".") src(out: Text): void {
    out.ipAddress(this.source);
  }

  /** Destination address, or `DST_ANNO`. */
  @read("dst", ".") dst(out: Text): void {
    if (this.toAnnotation) out.put("DST_ANNO");
    else out.ipAddress(this.destination);
  }
}
