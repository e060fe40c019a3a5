import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { hasIp4Header, ip4, IP_PROTO_TCP, IP_PROTO_UDP, transportBytes } from "../net/ip4";
import { tcp, TCP_HEADER } from "../net/tcp";
import { udp, UDP_HEADER } from "../net/udp";

/**
 * Exchanges source and destination of IPv4 packets.
 *
 * Addresses change places, and in first fragments of TCP and UDP the ports, too; in TCP also sequence and acknowledgment number. All
 * checksums stay right by themselves.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  the same packets, on their way back
 * @note   Differs from Click: packets without an IP header in them are dropped; TCP headers of fewer than 20 bytes keep their numbers.
 * @see ICMPPingResponder, EtherMirror
 */
@element("1/1", "a/a")
export class IPMirror extends Element {
  /** Set the destination annotation to the new destination. */
  @arg("DST_ANNO bool positional") setAnno: bool = true;

  route(p: Packet): i32 {
    if (!hasIp4Header(p)) return DROP;
    const ip = ip4(p);
    const source = ip.source;
    ip.source = ip.destination;
    ip.destination = source;
    if (this.setAnno) p.destinationAnno = source;
    if ((ip.protocol == IP_PROTO_TCP || ip.protocol == IP_PROTO_UDP) && ip.isFirstFragment) mirrorTransport(p, ip.protocol);
    return 0;
  }
}

function mirrorTransport(p: Packet, protocol: u8): void {
  const room = transportBytes(p);
  if (room < UDP_HEADER) return;
  const ports = udp(p);
  const source = ports.sourcePortBE;
  ports.sourcePortBE = ports.destinationPortBE;
  ports.destinationPortBE = source;
  if (protocol != IP_PROTO_TCP || room < TCP_HEADER) return;
  const header = tcp(p);
  const sequence = header.sequence;
  header.sequence = header.acknowledgment;
  header.acknowledgment = sequence;
}
