import { Packet } from "../kernel/packet";
import { consoleText, Text } from "../kernel/text";
import { HeaderCheck } from "../net/headerCheck";
import { hasIp4Header, ip4, IP_PROTO_UDP, transportBytes, transportChecksum } from "../net/ip4";
import { udp, UDP_HEADER } from "../net/udp";

const NOT_UDP: u32 = 0;
const BAD_LENGTH: u32 = 1;
const BAD_CHECKSUM: u32 = 2;
const REASONS: u32 = 3;

function reasonText(reason: u32): string {
  switch (reason) {
    case NOT_UDP: return "not UDP";
    case BAD_LENGTH: return "bad packet length";
    default: return "bad UDP checksum";
  }
}

/**
 * Checks that packets are sound UDP datagrams.
 *
 * The protocol, the length and, unless it is zero, the checksum are checked. The first bad packet is reported on the console, all
 * of them with VERBOSE.
 *
 * @input  0  IPv4 packets, network header set (after CheckIPHeader)
 * @output 0  sound UDP datagrams
 * @output 1  all other packets, unchanged; dropped where nothing is connected
 * @see CheckIPHeader, CheckTCPHeader, CheckICMPHeader, SetUDPChecksum
 */
@element("1/1-2", "a/ah")
export class CheckUDPHeader extends HeaderCheck {
  initialize(): void {
    this.prepareReasons(REASONS);
  }

  route(p: Packet): i32 {
    if (!hasIp4Header(p) || ip4(p).protocol != IP_PROTO_UDP) return this.refuse(NOT_UDP);
    const room = transportBytes(p);
    if (room < UDP_HEADER) return this.refuse(BAD_LENGTH);
    const header = udp(p);
    const length = header.length;
    if (length < UDP_HEADER || length > room) return this.refuse(BAD_LENGTH);
    if (header.checksum != 0 && transportChecksum(ip4(p), header.address, length) != 0) return this.refuse(BAD_CHECKSUM);
    return 0;
  }

  private refuse(reason: u32): i32 {
    if (this.countBad(reason)) {
      consoleText().put("UDP header check failed: ").put(reasonText(reason)).newline().toConsole();
    }
    return 1;
  }

  /** How many packets were refused for which reason; only with DETAILS. */
  @read("drop_details", "", "details") dropDetails(out: Text): void {
    for (let reason: u32 = 0; reason < REASONS; reason++) this.putReason(out, reason, reasonText(reason));
  }
}
