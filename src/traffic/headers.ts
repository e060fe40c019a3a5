/** Builds packets from the inside out, with right lengths and checksums. */

/** An address of either version: 4 or 16 bytes. */
export type Address = Uint8Array;

export const ETHERTYPE = { ip4: 0x0800, arp: 0x0806, ip6: 0x86dd } as const;

/** IP protocol numbers (IANA). */
export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmp6: 58 } as const;

/** TCP flags (RFC 9293 §3.1). */
export const TCP = { fin: 1, syn: 2, rst: 4, push: 8, ack: 16 } as const;

/** Shortest Ethernet frame without its check sequence (IEEE 802.3 §3.2.8). */
const MINIMUM_FRAME_LENGTH = 60;

/** The one's complement sum of 16-bit words, complemented (RFC 1071). */
export function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) sum += (part[at] ?? 0) * 256 + (part[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return 0xffff - sum;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function halfBytes(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 255);
}

export function wordBytes(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** Puts a checksum into its place; the place must hold zero before. */
function withChecksum(bytes: Uint8Array, offset: number, value: number): Uint8Array {
  bytes.set(halfBytes(value), offset);
  return bytes;
}

export function etherFrame(destination: Uint8Array, source: Uint8Array, type: number, payload: Uint8Array): Uint8Array {
  const frame = join(destination, source, halfBytes(type), payload);
  return frame.length < MINIMUM_FRAME_LENGTH ? join(frame, new Uint8Array(MINIMUM_FRAME_LENGTH - frame.length)) : frame;
}

/** An ARP packet for IPv4 over Ethernet (RFC 826). */
export function arpPacket(
  operation: "request" | "reply",
  sender: { readonly mac: Uint8Array; readonly address: Address },
  target: { readonly mac: Uint8Array; readonly address: Address },
): Uint8Array {
  const fixed = Uint8Array.of(0, 1, 8, 0, 6, 4, 0, operation === "request" ? 1 : 2);
  return join(fixed, sender.mac, sender.address, target.mac, target.address);
}

/** What an IP packet carries besides its payload. */
export interface IpOptions {
  readonly source: Address;
  readonly destination: Address;
  readonly protocol: number;
  /** Time to live, or hop limit. */
  readonly ttl: number;
  /** IPv4 only. */
  readonly id: number;
  /** IPv4 only: the fragment word, flags and offset. */
  readonly fragment?: number;
  /** IPv4 only: whole words of options. */
  readonly options?: Uint8Array;
}

/** An IP packet of the version that its addresses have. */
export function ipPacket(header: IpOptions, payload: Uint8Array): Uint8Array {
  return header.source.length === 4 ? ip4Packet(header, payload) : ip6Packet(header, payload);
}

function ip4Packet(header: IpOptions, payload: Uint8Array): Uint8Array {
  const options = header.options ?? new Uint8Array(0);
  const headerLength = 20 + options.length;
  const bytes = join(
    Uint8Array.of(0x40 | (headerLength / 4), 0),
    halfBytes(headerLength + payload.length),
    halfBytes(header.id),
    halfBytes(header.fragment ?? 0),
    Uint8Array.of(header.ttl, header.protocol, 0, 0),
    header.source,
    header.destination,
    options,
  );
  return join(withChecksum(bytes, 10, checksum(bytes)), payload);
}

function ip6Packet(header: IpOptions, payload: Uint8Array): Uint8Array {
  const fixed = join(wordBytes(0x6000_0000), halfBytes(payload.length), Uint8Array.of(header.protocol, header.ttl));
  return join(fixed, header.source, header.destination, payload);
}

/** Where a segment goes: its checksum covers that. */
export interface Route {
  readonly source: Address;
  readonly destination: Address;
}

/** The pseudo-header of either version: the sum is the same (RFC 9293 §3.1, RFC 8200 §8.1). */
function pseudoHeader(route: Route, protocol: number, length: number): Uint8Array {
  return join(route.source, route.destination, wordBytes(length), wordBytes(protocol));
}

export interface TcpOptions {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly window: number;
  /** Whole words of options. */
  readonly options: Uint8Array;
}

export function tcpSegment(route: Route, header: TcpOptions, payload: Uint8Array): Uint8Array {
  const headerLength = 20 + header.options.length;
  const segment = join(
    halfBytes(header.sourcePort),
    halfBytes(header.destinationPort),
    wordBytes(header.sequence),
    wordBytes(header.acknowledgement),
    Uint8Array.of((headerLength / 4) << 4, header.flags),
    halfBytes(header.window),
    wordBytes(0),
    header.options,
    payload,
  );
  return withChecksum(segment, 16, checksum(pseudoHeader(route, PROTOCOL.tcp, segment.length), segment));
}

export function udpDatagram(
  route: Route,
  sourcePort: number,
  destinationPort: number,
  payload: Uint8Array,
): Uint8Array {
  const length = 8 + payload.length;
  const datagram = join(halfBytes(sourcePort), halfBytes(destinationPort), halfBytes(length), halfBytes(0), payload);
  const sum = checksum(pseudoHeader(route, PROTOCOL.udp, length), datagram);
  // Zero would mean that there is no checksum (RFC 768).
  return withChecksum(datagram, 6, sum === 0 ? 0xffff : sum);
}

/** An ICMP message; `rest` is the second word of the header. */
export function icmpMessage(type: number, code: number, rest: Uint8Array, payload: Uint8Array): Uint8Array {
  const message = join(Uint8Array.of(type, code, 0, 0), rest, payload);
  return withChecksum(message, 2, checksum(message));
}

/** An ICMPv6 message, whose checksum covers the addresses (RFC 4443 §2.3). */
export function icmp6Message(
  route: Route,
  type: number,
  code: number,
  rest: Uint8Array,
  payload: Uint8Array,
): Uint8Array {
  const message = join(Uint8Array.of(type, code, 0, 0), rest, payload);
  return withChecksum(message, 2, checksum(pseudoHeader(route, PROTOCOL.icmp6, message.length), message));
}
