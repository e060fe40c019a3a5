import { Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { HeaderCheck } from "../net/headerCheck";
import { hasIp4Header, ip4, IP_PROTO_TCP, transportBytes, transportChecksum } from "../net/ip4";
import { tcp, TCP_HEADER } from "../net/tcp";

const NOT_TCP: u32 = 0;
const BAD_LENGTH: u32 = 1;
const BAD_CHECKSUM: u32 = 2;
const REASONS: u32 = 3;

function reasonText(reason: u32): string {
  switch (reason) {
    case NOT_TCP: return "not TCP";
    case BAD_LENGTH: return "bad packet length";
    default: return "bad TCP checksum";
  }
}

/**
 * Checks that packets are sound TCP segments.
 *
 * The protocol, the length of header and packet, and the checksum are checked. The first bad packet is reported on the console, all
 * of them with VERBOSE.
 *
 * @input  0  IPv4 packets, network header set (after CheckIPHeader)
 * @output 0  sound TCP segments
 * @output 1  all other packets, unchanged; dropped where nothing is connected
 * @see CheckIPHeader, CheckUDPHeader, CheckICMPHeader, SetTCPChecksum
 */
@element("1/1-2", "a/ah")
export class CheckTCPHeader extends HeaderCheck {
  initialize(): void {
    this.prepareReasons(REASONS);
  }

  route(p: Packet): i32 {
    if (!hasIp4Header(p) || ip4(p).protocol != IP_PROTO_TCP) return this.refuse(NOT_TCP);
    const room = transportBytes(p);
    const ip = ip4(p);
    if (room < TCP_HEADER || ip.totalLength < ip.headerLength) return this.refuse(BAD_LENGTH);
    const length = ip.totalLength - ip.headerLength;
    const headerLength = tcp(p).headerLength;
    if (headerLength < TCP_HEADER || headerLength > length || length > room) return this.refuse(BAD_LENGTH);
    if (transportChecksum(ip, p.transportHeader, length) != 0) return this.refuse(BAD_CHECKSUM);
    return 0;
  }

  private refuse(reason: u32): i32 {
    if (this.countBad(reason)) {
      this.report().put(": TCP header check failed: ").put(reasonText(reason)).newline().toConsole();
    }
    return 1;
  }

  /** How many packets were refused for which reason; only with DETAILS. */
  @read("drop_details", "", "details") dropDetails(out: Text): void {
    for (let reason: u32 = 0; reason < REASONS; reason++) this.putReason(out, reason, reasonText(reason));
  }
}
