/** IPv4 packets for cases, as hexadecimal digits with right checksums. */

export interface Endpoints {
  /** `ADDRESS:PORT` each. */
  readonly from: string;
  readonly to: string;
}

const TCP = 6;
const UDP = 17;
const ICMP = 1;

/** A TCP segment in an IP packet. `flags` as in the header: 1 FIN, 2 SYN, 4 RST, 16 ACK. */
export function tcpPacket({ from, to }: Endpoints, flags = 0x10, payload = ""): string {
  const segment = Buffer.alloc(20 + payload.length);
  writePorts(segment, from, to);
  segment[12] = 5 << 4;
  segment[13] = flags;
  segment.write(payload, 20, "latin1");
  return packet(from, to, TCP, segment, 16);
}

/** A UDP datagram in an IP packet. */
export function udpPacket({ from, to }: Endpoints, payload = ""): string {
  const datagram = Buffer.alloc(8 + payload.length);
  writePorts(datagram, from, to);
  datagram.writeUInt16BE(datagram.length, 4);
  datagram.write(payload, 8, "latin1");
  return packet(from, to, UDP, datagram, 6);
}

/** An ICMP message in an IP packet: type, code, the four bytes after the checksum, and what follows. */
export function icmpPacket({ from, to }: Endpoints, type: number, code: number, rest: number, body = ""): string {
  const quoted = Buffer.from(body, "hex");
  const message = Buffer.alloc(8 + quoted.length);
  message[0] = type;
  message[1] = code;
  message.writeUInt32BE(rest, 4);
  quoted.copy(message, 8);
  message.writeUInt16BE(checksum(message), 2);
  return ipPacket(from, to, ICMP, message).toString("hex");
}

/** What the packet looks like when `changes` (offset, hexadecimal digits) are made in it. */
export function patched(hex: string, offset: number, digits: string): string {
  return hex.slice(0, 2 * offset) + digits + hex.slice(2 * offset + digits.length);
}

function writePorts(header: Buffer, from: string, to: string): void {
  header.writeUInt16BE(Number(from.split(":")[1] ?? 0), 0);
  header.writeUInt16BE(Number(to.split(":")[1] ?? 0), 2);
}

function packet(from: string, to: string, protocol: number, segment: Buffer, checksumAt: number): string {
  const pseudoHeader = Buffer.concat([
    addressBytes(from),
    addressBytes(to),
    Buffer.from([0, protocol, 0, segment.length]),
  ]);
  segment.writeUInt16BE(checksum(Buffer.concat([pseudoHeader, segment])), checksumAt);
  return ipPacket(from, to, protocol, segment).toString("hex");
}

function ipPacket(from: string, to: string, protocol: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + payload.length, 2);
  header[8] = 64;
  header[9] = protocol;
  addressBytes(from).copy(header, 12);
  addressBytes(to).copy(header, 16);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, payload]);
}

function addressBytes(endpoint: string): Buffer {
  return Buffer.from((endpoint.split(":")[0] ?? "").split(".").map(Number));
}

/** The Internet checksum, RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 65536);
  return ~sum & 0xffff;
}
