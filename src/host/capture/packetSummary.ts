/**
 * One line about a packet, as tcpdump prints it: `IP 10.0.0.1.1234 > 10.0.0.2.80: Flags [S], seq 1, win 64240, length 0`. What a truncated or malformed packet
 * does not have is not printed; no byte of it gets into the text as it is.
 */
import { formatIP6Address, formatIPAddress } from "../../library/arguments/addresses.ts";

/** EtherTypes, https://www.iana.org/assignments/ieee-802-numbers. */
const ETHERTYPE = { ip4: 0x0800, arp: 0x0806, vlan: 0x8100, ip6: 0x86dd } as const;
/** Bytes of an Ethernet header (IEEE 802.3 §3.1), and of a VLAN tag (IEEE 802.1Q §9). */
const ETHERNET_HEADER = 14;
const VLAN_TAG = 4;
/** Bytes of headers without options: RFC 791 §3.1, RFC 8200 §3, RFC 9293 §3.1, RFC 768, RFC 792. */
const IP4_HEADER = 20;
const IP6_HEADER = 40;
const TCP_HEADER = 20;
const UDP_HEADER = 8;
const ICMP_HEADER = 8;
/** Bytes of an ARP packet for IPv4 over Ethernet, RFC 826, and how it starts: both address spaces and their lengths. */
const ARP_PACKET = 28;
const ARP_START = 0x0001_0800;
const ARP_LENGTHS = 0x0604;

/** Protocol numbers, https://www.iana.org/assignments/protocol-numbers. */
const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmp6: 58 } as const;
const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [PROTOCOL.icmp, "icmp"],
  [PROTOCOL.tcp, "tcp"],
  [PROTOCOL.udp, "udp"],
  [PROTOCOL.icmp6, "icmp6"],
]);
/** ICMP types, https://www.iana.org/assignments/icmp-parameters. */
const ICMP_NAMES: ReadonlyMap<number, string> = new Map([
  [0, "echo reply"],
  [3, "unreachable"],
  [5, "redirect"],
  [8, "echo request"],
  [11, "time exceeded"],
  [12, "parameter problem"],
]);
/** https://www.iana.org/assignments/icmpv6-parameters */
const ICMP6_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "destination unreachable"],
  [2, "packet too big"],
  [3, "time exceeded"],
  [4, "parameter problem"],
  [128, "echo request"],
  [129, "echo reply"],
  [133, "router solicitation"],
  [134, "router advertisement"],
  [135, "neighbor solicitation"],
  [136, "neighbor advertisement"],
]);
/** Types whose header has an identifier and a sequence number. */
const ECHO_TYPES: ReadonlySet<string> = new Set(["echo request", "echo reply"]);
/** TCP flags by bit, lowest first, in tcpdump's letters. */
const TCP_FLAGS = "FSRP.UEW";
const TCP_ACK = 0x10;
/** Flags of segments whose sequence number counts even without data: FIN, SYN, RST. */
const TCP_NUMBERED = 0x07;

/** Where a packet's network header is, and what it is. */
export interface NetworkHeader {
  readonly offset: number;
  readonly etherType: number;
}

/**
 * Finds the network header of a packet of which it is not known whether it starts with an Ethernet header.
 * @param marked  where an element says that the network header is
 */
export function findNetworkHeader(data: Uint8Array, marked?: number): NetworkHeader | undefined {
  if (marked !== undefined) {
    const etherType = ipVersion(data, marked);
    if (etherType) return { offset: marked, etherType };
  }
  const framed = behindEthernet(data);
  if (framed) return framed;
  const etherType = ipVersion(data, 0);
  return etherType ? { offset: 0, etherType } : undefined;
}

function ipVersion(data: Uint8Array, offset: number): number | undefined {
  const version = (data[offset] ?? 0) >> 4;
  return version === 4 ? ETHERTYPE.ip4 : version === 6 ? ETHERTYPE.ip6 : undefined;
}

function behindEthernet(data: Uint8Array): NetworkHeader | undefined {
  let offset = ETHERNET_HEADER;
  if (typeBefore(data, offset) === ETHERTYPE.vlan) offset += VLAN_TAG;
  const etherType = typeBefore(data, offset);
  if (etherType === ETHERTYPE.arp) return { offset, etherType };
  return etherType && etherType === ipVersion(data, offset) ? { offset, etherType } : undefined;
}

function typeBefore(data: Uint8Array, offset: number): number | undefined {
  return data.length < offset ? undefined : ((data[offset - 2] ?? 0) << 8) | (data[offset - 1] ?? 0);
}

/**
 * @param data  the packet, or its first bytes
 * @param length  bytes that the packet has
 * @param networkOffset  where the network header is, if that is known
 * @returns one line of printable characters, without a newline
 */
export function summarizePacket(data: Uint8Array, length: number, networkOffset?: number): string {
  const header = findNetworkHeader(data, networkOffset);
  if (!header) return `unknown, length ${length}`;
  const view = viewOf(data.subarray(header.offset));
  switch (header.etherType) {
    case ETHERTYPE.arp:
      return summarizeArp(view, length - header.offset);
    case ETHERTYPE.ip4:
      return summarizeIp4(view, length - header.offset);
    default:
      return summarizeIp6(view, length - header.offset);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function from(view: DataView, offset: number): DataView {
  return new DataView(view.buffer, view.byteOffset + offset, Math.max(view.byteLength - offset, 0));
}

function summarizeArp(view: DataView, length: number): string {
  if (view.byteLength < ARP_PACKET || view.getUint32(0) !== ARP_START || view.getUint16(4) !== ARP_LENGTHS)
    return `ARP, length ${length}`;
  const operation = view.getUint16(6);
  const sender = formatIPAddress(view.getUint32(14));
  const target = formatIPAddress(view.getUint32(24));
  if (operation === 1) return `ARP, Request who-has ${target} tell ${sender}, length ${length}`;
  if (operation !== 2) return `ARP, operation ${operation}, length ${length}`;
  const address = [8, 9, 10, 11, 12, 13].map((at) => view.getUint8(at).toString(16).padStart(2, "0"));
  return `ARP, Reply ${sender} is-at ${address.join(":")}, length ${length}`;
}

function summarizeIp4(view: DataView, length: number): string {
  if (view.byteLength < IP4_HEADER) return `IP, truncated, length ${length}`;
  const headerLength = (view.getUint8(0) & 0x0f) * 4;
  const totalLength = view.getUint16(2);
  const endpoints = { source: formatIPAddress(view.getUint32(12)), destination: formatIPAddress(view.getUint32(16)) };
  if (headerLength < IP4_HEADER || totalLength < headerLength)
    return `IP ${endpoints.source} > ${endpoints.destination}: bad header, length ${length}`;
  const isFirstFragment = (view.getUint16(6) & 0x1fff) === 0;
  const payload = { view: from(view, headerLength), length: totalLength - headerLength };
  return `IP ${summarizePayload(endpoints, view.getUint8(9), payload, isFirstFragment)}`;
}

/** Extension headers (RFC 8200 §4) are named by their number, and what is behind them is not looked at. */
function summarizeIp6(view: DataView, length: number): string {
  if (view.byteLength < IP6_HEADER) return `IP6, truncated, length ${length}`;
  const address = (offset: number): string =>
    formatIP6Address((view.getBigUint64(offset) << 64n) | view.getBigUint64(offset + 8));
  const payload = { view: from(view, IP6_HEADER), length: view.getUint16(4) };
  return `IP6 ${summarizePayload({ source: address(8), destination: address(24) }, view.getUint8(6), payload, true)}`;
}

interface Endpoints {
  readonly source: string;
  readonly destination: string;
}

/** What follows the IP header: the bytes that are there, and how many there should be. */
interface Payload {
  readonly view: DataView;
  readonly length: number;
}

function summarizePayload(endpoints: Endpoints, protocol: number, payload: Payload, isFirstFragment: boolean): string {
  const plain = `${endpoints.source} > ${endpoints.destination}`;
  const name = PROTOCOL_NAMES.get(protocol) ?? `ip-proto-${protocol}`;
  if (!isFirstFragment) return `${plain}: ${name}, fragment, length ${payload.length}`;
  switch (protocol) {
    case PROTOCOL.tcp:
      if (Math.min(payload.view.byteLength, payload.length) < TCP_HEADER) break;
      return `${withPorts(endpoints, payload.view)}: ${summarizeTcp(payload)}`;
    case PROTOCOL.udp:
      if (Math.min(payload.view.byteLength, payload.length) < UDP_HEADER) break;
      return `${withPorts(endpoints, payload.view)}: UDP, length ${Math.max(payload.view.getUint16(4) - UDP_HEADER, 0)}`;
    case PROTOCOL.icmp:
    case PROTOCOL.icmp6:
      if (Math.min(payload.view.byteLength, payload.length) < ICMP_HEADER) break;
      return `${plain}: ${protocol === PROTOCOL.icmp ? "ICMP " : "ICMP6, "}${summarizeIcmp(payload, protocol)}`;
    default:
      return `${plain}: ${name}, length ${payload.length}`;
  }
  return `${plain}: ${name}, truncated, length ${payload.length}`;
}

function withPorts({ source, destination }: Endpoints, transport: DataView): string {
  return `${source}.${transport.getUint16(0)} > ${destination}.${transport.getUint16(2)}`;
}

function summarizeTcp({ view, length }: Payload): string {
  const sequence = view.getUint32(4);
  const headerLength = (view.getUint8(12) >> 4) * 4;
  const flags = view.getUint8(13);
  const dataLength = length - headerLength;
  if (headerLength < TCP_HEADER || dataLength < 0) return `bad header length ${headerLength}`;
  const parts = [`Flags [${flagLetters(flags)}]`];
  if (dataLength > 0) parts.push(`seq ${sequence}:${(sequence + dataLength) >>> 0}`);
  else if (flags & TCP_NUMBERED) parts.push(`seq ${sequence}`);
  if (flags & TCP_ACK) parts.push(`ack ${view.getUint32(8)}`);
  parts.push(`win ${view.getUint16(14)}`, `length ${dataLength}`);
  return parts.join(", ");
}

function flagLetters(flags: number): string {
  const letters = [...TCP_FLAGS].filter((_, bit) => flags & (1 << bit)).join("");
  return letters || "none";
}

function summarizeIcmp({ view, length }: Payload, protocol: number): string {
  const type = view.getUint8(0);
  const names = protocol === PROTOCOL.icmp ? ICMP_NAMES : ICMP6_NAMES;
  const name = names.get(type);
  if (!name) return `type ${type} code ${view.getUint8(1)}, length ${length}`;
  if (!ECHO_TYPES.has(name)) return `${name} code ${view.getUint8(1)}, length ${length}`;
  return `${name}, id ${view.getUint16(4)}, seq ${view.getUint16(6)}, length ${length}`;
}
