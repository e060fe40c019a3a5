import { Bytes } from "../kernel/bytes";
import { DROP, Packet } from "../kernel/packet";
import {
  ICMP_ECHO,
  ICMP_ECHO_REPLY,
  icmpHeaderLength,
  ICMP_INFORMATION_REPLY,
  ICMP_INFORMATION_REQUEST,
  ICMP_TIMESTAMP,
  ICMP_TIMESTAMP_REPLY,
} from "../net/icmp";
import { IcmpEncap } from "./icmpEncap";

/**
 * Puts ICMP and IPv4 headers in front of packets.
 *
 * The ICMP header is zero but for type, code, checksum and, in types that have them, IDENTIFIER and a sequence number. Sequence
 * numbers and IP identifications count from 1. A packet whose buffer has no room for the headers is dropped.
 *
 * @input  0  packets
 * @output 0  ICMP messages, network header set
 * @see ICMPPingEncap, ICMPError
 */
@element("1/1", "a/a")
export class ICMPIPEncap extends IcmpEncap {
  /** Type of the messages, number or name. */
  @arg("TYPE named-int(icmp_type) positional required") type: i32 = 0;
  /** Their code, number or name. */
  @arg("CODE word positional") codeText: Bytes = changetype<Bytes>(0);
  /** Identifier, in types that have one. */
  @arg("IDENTIFIER u16") identifier: u16 = 0;
  /** The code as a number; the host reads it, since names depend on the type. */
  @constant code: u8 = 0;

  route(p: Packet): i32 {
    const type = <u8>this.type;
    return this.encapsulate(p, type, this.code, icmpHeaderLength(type), hasIdentifier(type), this.identifier) ? 0 : DROP;
  }
}

@inline
function hasIdentifier(type: u8): bool {
  return (
    type == ICMP_ECHO ||
    type == ICMP_ECHO_REPLY ||
    type == ICMP_TIMESTAMP ||
    type == ICMP_TIMESTAMP_REPLY ||
    type == ICMP_INFORMATION_REQUEST ||
    type == ICMP_INFORMATION_REPLY
  );
}
