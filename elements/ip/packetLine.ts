/** One line about an IPv4 packet, in the manner of tcpdump: addresses, ports, and what the protocol's header says. */
import { Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import {
  icmp,
  ICMP_ECHO,
  ICMP_ECHO_REPLY,
  ICMP_HEADER,
  ICMP_UNREACHABLE,
  ICMP_UNREACHABLE_NEED_FRAGMENT,
  ICMP_UNREACHABLE_PORT,
  ICMP_UNREACHABLE_PROTOCOL,
  IcmpHeader,
} from "../net/icmp";
import { icmpCodeName, icmpTypeName, protocolName } from "../net/ipNames";
import { ip4, Ip4Header, IP4_HEADER, IP_PROTO_ICMP, IP_PROTO_TCP, IP_PROTO_UDP } from "../net/ip4";
import { tcp, TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from "../net/tcp";
import { udp, UDP_HEADER } from "../net/udp";

/** How much of a header must be there: ports; a TCP header up to its flags, and up to its window; an ICMP type and code. */
const PORTS: i32 = 4;
const TCP_UP_TO_FLAGS: i32 = 14;
const TCP_UP_TO_WINDOW: i32 = 16;
const TYPE_AND_CODE: i32 = 2;

/**
 * Writes the line, without a newline.
 *
 * @param p  its network header is set, and at least 20 bytes are there
 * @param length  bytes of the transport header and what follows that are there; negative when the IP header ends behind the packet
 * @param swap  whether identifiers and sequence numbers of ICMP are in network order, as they should be
 */
export function putPacketLine(out: Text, p: Packet, length: i32, swap: bool): void {
  const protocol = ip4(p).protocol;
  if (protocol == IP_PROTO_TCP) putTcp(out, p, length);
  else if (protocol == IP_PROTO_UDP) putUdp(out, p, length);
  else if (protocol == IP_PROTO_ICMP) putIcmp(out, p, length, swap);
  else putAddresses(out, ip4(p)).put(": ip-proto-").unsigned(protocol);
}

function putAddresses(out: Text, ip: Ip4Header): Text {
  return out.ipAddress(ip.source).put(" > ").ipAddress(ip.destination);
}

function putEndpoints(out: Text, ip: Ip4Header, sourcePort: u32, destinationPort: u32): Text {
  out.ipAddress(ip.source).byte(0x2e).unsigned(sourcePort).put(" > ");
  return out.ipAddress(ip.destination).byte(0x2e).unsigned(destinationPort).put(": ");
}

function putTcp(out: Text, p: Packet, length: i32): void {
  const ip = ip4(p);
  if (length < PORTS || !ip.isFirstFragment) {
    putAddresses(out, ip).put(ip.isFirstFragment ? ": truncated-tcp" : ": tcp");
    return;
  }
  const header = tcp(p);
  putEndpoints(out, ip, header.sourcePort, header.destinationPort);
  if (length < TCP_UP_TO_FLAGS) {
    out.put("truncated-tcp");
    return;
  }
  const flags = header.flags;
  let sequenceLength = <i32>ip.totalLength - <i32>ip.headerLength - <i32>header.headerLength;
  if (flags & TCP_SYN) sequenceLength++;
  if (flags & TCP_FIN) sequenceLength++;
  putFlags(out, flags);
  out.byte(0x20).unsigned(header.sequence).byte(0x3a).unsigned(<u32>(header.sequence + sequenceLength));
  out.byte(0x28).signed(sequenceLength).byte(0x2c).unsigned(p.length).byte(0x2c).unsigned(ip.totalLength).byte(0x29);
  if (flags & TCP_ACK) out.put(" ack ").unsigned(header.acknowledgment);
  if (length < TCP_UP_TO_WINDOW) out.put("truncated-tcp");
  else out.put(" win ").unsigned(header.window);
}

function putFlags(out: Text, flags: u8): void {
  if (flags & TCP_SYN) out.byte(0x53);
  if (flags & TCP_FIN) out.byte(0x46);
  if (flags & TCP_RST) out.byte(0x52);
  if (flags & TCP_PSH) out.byte(0x50);
  if (!(flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_PSH))) out.byte(0x2e);
}

function putUdp(out: Text, p: Packet, length: i32): void {
  const ip = ip4(p);
  if (length < PORTS || !ip.isFirstFragment) {
    putAddresses(out, ip).put(ip.isFirstFragment ? ": truncated-udp" : ": udp");
    return;
  }
  const header = udp(p);
  putEndpoints(out, ip, header.sourcePort, header.destinationPort);
  if (length < <i32>UDP_HEADER) out.put("truncated-udp");
  else out.put("udp ").unsigned(header.length);
}

function putIcmp(out: Text, p: Packet, length: i32, swap: bool): void {
  const ip = ip4(p);
  putAddresses(out, ip).put(": ");
  if (!ip.isFirstFragment) {
    out.put("icmp");
    return;
  }
  if (length < TYPE_AND_CODE) {
    out.put("truncated-icmp");
    return;
  }
  const message = icmp(p);
  if (message.type == ICMP_ECHO || message.type == ICMP_ECHO_REPLY) putEcho(out, message, length, swap);
  else if (message.type == ICMP_UNREACHABLE) putUnreachable(out, message, length);
  else putOtherIcmp(out, message);
}

function putEcho(out: Text, message: IcmpHeader, length: i32, swap: bool): void {
  out.put(message.type == ICMP_ECHO ? "icmp echo " : "icmp echo-reply ");
  if (length < <i32>ICMP_HEADER) {
    out.put("truncated-icmp");
    return;
  }
  const identifier = message.identifierBE;
  const sequence = message.sequenceBE;
  out.byte(0x28).unsigned(swap ? bswap<u16>(identifier) : identifier).put(", ").unsigned(swap ? bswap<u16>(sequence) : sequence).byte(0x29);
}

function putOtherIcmp(out: Text, message: IcmpHeader): void {
  const typeName = icmpTypeName(message.type);
  const codeName = icmpCodeName(message.type, message.code);
  out.put("icmp ");
  if (typeName.length) out.put(typeName);
  else out.put("type ").unsigned(message.type);
  if (codeName.length) out.byte(0x20).put(codeName);
  else if (message.code) out.put(" code ").unsigned(message.code);
}

function putUnreachable(out: Text, message: IcmpHeader, length: i32): void {
  const room = length - <i32>ICMP_HEADER;
  out.put("icmp ");
  if (room < <i32>IP4_HEADER) {
    putUnreachableCode(out, message.code);
    out.byte(0x20).put("truncated-icmp");
    return;
  }
  const quoted = changetype<Ip4Header>(message.address + ICMP_HEADER);
  out.ipAddress(quoted.destination).byte(0x20);
  putUnreachableCode(out, message.code);
  if (message.code == ICMP_UNREACHABLE_PROTOCOL) putProtocol(out.byte(0x20), quoted.protocol, "");
  else if (message.code == ICMP_UNREACHABLE_PORT) {
    putProtocol(out.byte(0x20), quoted.protocol, "protocol ");
    if (room - <i32>quoted.headerLength < PORTS) out.put("truncated-icmp");
    else out.byte(0x2f).unsigned(bswap<u16>(load<u16>(quoted.address + quoted.headerLength, 2)));
  } else if (message.code == ICMP_UNREACHABLE_NEED_FRAGMENT && message.sequenceBE != 0) {
    out.put(" (mtu ").unsigned(bswap<u16>(message.sequenceBE)).byte(0x29);
  }
}

function putUnreachableCode(out: Text, code: u8): void {
  const name = icmpCodeName(ICMP_UNREACHABLE, code);
  out.put("unreachable ");
  if (name.length) out.put(name);
  else out.put("code ").unsigned(code);
}

/** @param prefix  what stands before a number */
function putProtocol(out: Text, protocol: u8, prefix: string): void {
  const name = protocolName(protocol);
  if (name.length) out.put(name);
  else out.put(prefix).unsigned(protocol);
}
