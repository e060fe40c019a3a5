import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { AGGREGATE_ANNO, Packet } from "../kernel/packet";
import { Stream } from "../kernel/stream";
import { consoleText, Text } from "../kernel/text";
import { ip4, IP4_HEADER, IP_MORE_FRAGMENTS, IP_OFFSET_MASK, IP_PROTO_TCP, IP_PROTO_UDP, transportBytes } from "../net/ip4";
import { tcp } from "../net/tcp";
import { UDP_HEADER } from "../net/udp";
import { putPacketLine } from "./packetLine";

/** Forms in which bytes are printed; the host sets them. */
const NOTHING: u32 = 0;
const HEX: u32 = 1;
/** Bytes on a line, and in a group. */
const HEX_LINE: u32 = 24;
const HEX_GROUP: u32 = 4;
const ASCII_LINE: u32 = 48;
const ASCII_GROUP: u32 = 8;
/** Bytes of a TCP header up to the one that tells its length. */
const TCP_UP_TO_LENGTH: u32 = 13;

/**
 * Prints a line about each IPv4 packet, in the manner of tcpdump, and passes it on.
 *
 * A line looks like `LABEL: TIME: 1.0.0.1.20 > 2.0.0.2.80: S 7:8(1,40,40) win 512`: TCP flags, sequence numbers with the length of
 * the data, of the packet and of the IP datagram, acknowledgment and window; UDP has its length, ICMP the names of type and code, a
 * fragment ` (frag ID:LENGTH@OFFSET+)`. Bytes of the packet or its payload may follow on lines of their own. Packets whose network
 * header is not set pass without a line.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  the same packets
 * @note   Differs from Click: CHANNEL is accepted, but lines always go to the console.
 * @see Print, CheckIPHeader
 */
@element(
  "1/1",
  "a/a",
  "x/x",
  "CONTENTS word: print the packet's data: `NONE`, `HEX` or `ASCII`",
  "PAYLOAD word: print what follows the transport header: `NO`, `HEX` or `ASCII`",
  "NBYTES int: old name of MAXLENGTH",
  "CHANNEL word: name of a console channel",
)
@reads("LABEL CONTENTS PAYLOAD MAXLENGTH NBYTES ID TIMESTAMP PAINT TOS TTL SWAP LENGTH AGGREGATE ACTIVE OUTFILE CHANNEL")
export class IPPrint extends Element {
  /** Text at the start of each line. */
  @arg("LABEL string positional") label: Bytes = changetype<Bytes>(0);
  /** Bytes of contents or payload to print, at most; negative = all. */
  @arg("MAXLENGTH int") maxLength: i32 = 1500;
  /** Print the identification field. */
  @arg("ID bool") printId: bool = false;
  /** Print the timestamp annotation. */
  @arg("TIMESTAMP bool") printTimestamp: bool = true;
  /** Print the paint annotation. */
  @arg("PAINT bool") printPaint: bool = false;
  /** Print the type of service. */
  @arg("TOS bool") printTos: bool = false;
  /** Print the time to live. */
  @arg("TTL bool") printTtl: bool = false;
  /** Read identifiers and sequence numbers of ICMP in network byte order. */
  @arg("SWAP bool") swap: bool = true;
  /** Print the length of the IP datagram. */
  @arg("LENGTH bool") printLength: bool = false;
  /** Print the aggregate annotation. */
  @arg("AGGREGATE bool") printAggregate: bool = false;
  /** Whether to print. */
  @arg("ACTIVE bool") @handler("rw.c") active: bool = true;
  /** Write to this file instead of the console. */
  @arg("OUTFILE filename") outfile: Bytes = changetype<Bytes>(0);

  /** NOTHING, HEX or ASCII, and whether it is the payload that is printed; set by the host. */
  @constant contents: u32 = NOTHING;
  @constant payload: bool = false;
  /** Towards OUTFILE; 0 = console. The host makes it. */
  file: usize = 0;

  route(p: Packet): i32 {
    if (this.active && p.networkHeader) this.print(p);
    return 0;
  }

  private print(p: Packet): void {
    const out = consoleText();
    this.putAnnotations(out, p);
    if (<i32>p.networkLength < <i32>IP4_HEADER) out.put("truncated-ip");
    else this.putPacket(out, p);
    out.newline();
    if (this.file) changetype<Stream>(this.file).write(out.buffer, out.length);
    else out.toConsole();
  }

  private putAnnotations(out: Text, p: Packet): void {
    if (changetype<usize>(this.label) && this.label.length) out.bytes(this.label.start, this.label.length).put(": ");
    if (this.printTimestamp) out.timestamp(p.timestamp).put(": ");
    if (this.printAggregate) out.byte(0x23).unsigned(p.anno32(AGGREGATE_ANNO));
    if (this.printPaint) out.put(this.printAggregate ? "." : "paint ").unsigned(p.paint);
    if (this.printAggregate || this.printPaint) out.put(": ");
  }

  private putPacket(out: Text, p: Packet): void {
    const ip = ip4(p);
    if (this.printId) out.put("id ").unsigned(ip.identification).byte(0x20);
    if (this.printTtl) out.put("ttl ").unsigned(ip.ttl).byte(0x20);
    if (this.printTos) out.put("tos ").unsigned(ip.tos).byte(0x20);
    if (this.printLength) out.put("length ").unsigned(ip.totalLength).byte(0x20);
    const payloadLength = <i32>ip.totalLength - <i32>ip.headerLength;
    putPacketLine(out, p, min(payloadLength, <i32>transportBytes(p)), this.swap);
    if (ip.isFragment) {
      out.put(" (frag ").unsigned(ip.identification).byte(0x3a).signed(payloadLength).byte(0x40);
      out.unsigned(<u32>(ip.fragmentWord & IP_OFFSET_MASK) << 3).put(ip.fragmentWord & IP_MORE_FRAGMENTS ? "+)" : ")");
    }
    if (this.contents != NOTHING) this.putBytes(out, p);
  }

  private putBytes(out: Text, p: Packet): void {
    const start = this.payload ? payloadStart(p) : p.data;
    if (start >= p.end) return;
    const there = <u32>(p.end - start);
    const length = this.maxLength < 0 ? there : min(<u32>this.maxLength, there);
    if (this.contents == HEX) putHexadecimal(out, start, length);
    else putAscii(out, start, length);
  }
}

/** Where the payload of TCP and UDP starts, or what follows the IP header; the packet's end when that cannot be told. */
function payloadStart(p: Packet): usize {
  const ip = ip4(p);
  if (!ip.isFirstFragment) return p.transportHeader;
  if (ip.protocol == IP_PROTO_UDP) return p.transportHeader + UDP_HEADER;
  if (ip.protocol != IP_PROTO_TCP) return p.transportHeader;
  return transportBytes(p) < TCP_UP_TO_LENGTH ? p.end : p.transportHeader + tcp(p).headerLength;
}

function putHexadecimal(out: Text, start: usize, length: u32): void {
  for (let i: u32 = 0; i < length; i++) {
    if (i % HEX_LINE == 0) out.put("\n  ");
    else if (i % HEX_GROUP == 0) out.byte(0x20);
    out.hex8(load<u8>(start + i));
  }
}

function putAscii(out: Text, start: usize, length: u32): void {
  for (let i: u32 = 0; i < length; i++) {
    if (i % ASCII_LINE == 0) out.put("\n  ");
    else if (i % ASCII_GROUP == 0) out.byte(0x20);
    const byte = load<u8>(start + i);
    out.byte(byte < 0x20 || byte > 0x7e ? 0x2e : byte);
  }
}
