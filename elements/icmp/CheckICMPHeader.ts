import { Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { checksum } from "../net/checksum";
import { HeaderCheck } from "../net/headerCheck";
import {
  icmp,
  ICMP_HEADER,
  ICMP_INFORMATION_REPLY,
  ICMP_INFORMATION_REQUEST,
  ICMP_TIMESTAMP,
  ICMP_TIMESTAMP_MESSAGE,
  ICMP_TIMESTAMP_REPLY,
  isIcmpErrorType,
} from "../net/icmp";
import { hasIp4Header, ip4, IP_PROTO_ICMP, transportBytes } from "../net/ip4";

/** An error quotes an IP header and eight bytes behind it, RFC 792. */
const SHORTEST_QUOTE: u32 = 28;

const NOT_ICMP: u32 = 0;
const BAD_LENGTH: u32 = 1;
const BAD_CHECKSUM: u32 = 2;
const REASONS: u32 = 3;

function reasonText(reason: u32): string {
  switch (reason) {
    case NOT_ICMP: return "not ICMP";
    case BAD_LENGTH: return "bad packet length";
    default: return "bad ICMP checksum";
  }
}

/**
 * Checks that packets are sound ICMP messages.
 *
 * The protocol, the length that the message's type requires, and the checksum are checked. The first bad packet is reported on the
 * console, all of them with VERBOSE.
 *
 * @input  0  IPv4 packets, network header set (after CheckIPHeader)
 * @output 0  sound ICMP messages
 * @output 1  all other packets, unchanged; dropped where nothing is connected
 * @see CheckIPHeader, CheckTCPHeader, CheckUDPHeader
 */
@element("1/1-2", "a/ah")
export class CheckICMPHeader extends HeaderCheck {
  initialize(): void {
    this.prepareReasons(REASONS);
  }

  route(p: Packet): i32 {
    if (!hasIp4Header(p) || ip4(p).protocol != IP_PROTO_ICMP) return this.refuse(NOT_ICMP);
    const length = transportBytes(p);
    if (length < ICMP_HEADER || !isLengthFor(icmp(p).type, length)) return this.refuse(BAD_LENGTH);
    if (checksum(p.transportHeader, length) != 0) return this.refuse(BAD_CHECKSUM);
    return 0;
  }

  private refuse(reason: u32): i32 {
    if (this.countBad(reason)) {
      this.report().put(": ICMP header check failed: ").put(reasonText(reason)).newline().toConsole();
    }
    return 1;
  }

  /** How many packets were refused for which reason; only with DETAILS. */
  @read("drop_details", "", "details") dropDetails(out: Text): void {
    for (let reason: u32 = 0; reason < REASONS; reason++) this.putReason(out, reason, reasonText(reason));
  }
}

@inline
function isLengthFor(type: u8, length: u32): bool {
  if (isIcmpErrorType(type)) return length >= ICMP_HEADER + SHORTEST_QUOTE;
  if (type == ICMP_TIMESTAMP || type == ICMP_TIMESTAMP_REPLY) return length == ICMP_TIMESTAMP_MESSAGE;
  if (type == ICMP_INFORMATION_REQUEST || type == ICMP_INFORMATION_REPLY) return length == ICMP_HEADER;
  return true;
}
