import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { consoleText } from "../kernel/text";
import { hasIp4Header, ip4, transportBytes, transportChecksum } from "../net/ip4";
import { tcp, TCP_HEADER } from "../net/tcp";

/**
 * Computes the checksum of TCP segments.
 *
 * The segment's length is what the IP header states; the protocol is not looked at. A packet shorter than that, or than a TCP header,
 * is reported on the console and dropped.
 *
 * @input  0  TCP over IPv4, network header set
 * @output 0  the same packets with a right checksum
 * @see CheckTCPHeader, SetIPChecksum, SetUDPChecksum
 */
@element("1/1", "a/a")
export class SetTCPChecksum extends Element {
  /** Also correct a header length that is less than 20 bytes or more than the whole segment. */
  @arg("FIXOFF bool positional") fixOffset: bool = false;

  route(p: Packet): i32 {
    if (!hasIp4Header(p)) return refuse();
    const ip = ip4(p);
    const length = <i32>ip.totalLength - <i32>ip.headerLength;
    if (length < <i32>TCP_HEADER || <u32>length > transportBytes(p)) return refuse();
    if (this.fixOffset) fixHeaderLength(p, length);
    tcp(p).checksum = 0;
    tcp(p).checksum = transportChecksum(ip, p.transportHeader, length);
    return 0;
  }
}

function fixHeaderLength(p: Packet, length: u32): void {
  const header = tcp(p);
  if (header.headerLength < TCP_HEADER) header.headerLength = TCP_HEADER;
  else if (header.headerLength > length && !ip4(p).isFragment) header.headerLength = length;
}

function refuse(): i32 {
  consoleText().put("SetTCPChecksum: bad lengths").newline().toConsole();
  return DROP;
}
