import { now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { updatedChecksum } from "../net/checksum";
import { icmp, ICMP_ECHO, ICMP_ECHO_REPLY, ICMP_HEADER, IcmpHeader } from "../net/icmp";
import { hasIp4Header, ip4, Ip4Header, IP_PROTO_ICMP, transportBytes } from "../net/ip4";

/** RFC 1122 §3.2.2.6 leaves the time to live of a reply open; it is a new datagram. */
const TIME_TO_LIVE: u8 = 255;

/**
 * Answers ICMP echo requests ("pings").
 *
 * A request becomes its own reply: addresses change places, time to live and fragment word are those of a new datagram, and the
 * checksums are updated. Destination annotation and timestamp are set, the paint annotation is cleared. It does not look whether the
 * address pinged is its own.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  echo replies
 * @output 1  packets that are no echo requests, unchanged; dropped where nothing is connected
 * @see ICMPError, ICMPPingSource
 */
@element("1/1-2", "a/ah")
export class ICMPPingResponder extends Element {
  route(p: Packet): i32 {
    if (!hasIp4Header(p) || transportBytes(p) < ICMP_HEADER) return 1;
    const ip = ip4(p);
    const message = icmp(p);
    if (ip.protocol != IP_PROTO_ICMP || message.type != ICMP_ECHO) return 1;
    turnHeader(ip);
    turnMessage(message, transportBytes(p));
    p.destinationAnno = ip.destination;
    p.timestamp = now();
    p.paint = 0;
    return 0;
  }
}

/** Exchanging the addresses leaves the checksum as it is. */
@inline
function turnHeader(ip: Ip4Header): void {
  const destination = ip.destination;
  ip.destination = ip.source;
  ip.source = destination;
  ip.checksum = updatedChecksum(ip.checksum, ip.fragmentBE, 0);
  ip.fragmentBE = 0;
  // Time to live and protocol share a 16-bit word, the former in its first byte.
  const protocol = <u16>ip.protocol << 8;
  ip.checksum = updatedChecksum(ip.checksum, protocol | <u16>ip.ttl, protocol | <u16>TIME_TO_LIVE);
  ip.ttl = TIME_TO_LIVE;
}

@inline
function turnMessage(message: IcmpHeader, length: u32): void {
  const before = message.typeAndCode;
  message.type = ICMP_ECHO_REPLY;
  message.code = 0;
  message.checksum = updatedChecksum(message.checksum, before, message.typeAndCode);
  if (message.checksum == 0 && isAllZero(message.address, length)) message.checksum = 0xffff;
}

/** The sum over nothing but zeros is +0, whose complement is not what the incremental update gives. */
function isAllZero(at: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (load<u8>(at + i)) return false;
  return true;
}
