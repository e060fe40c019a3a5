import { Element } from "../kernel/element";
import { EXTRA_LENGTH_ANNO, Packet } from "../kernel/packet";
import { icmpHeaderLength } from "../net/icmp";
import { ip4, IP4_HEADER, IP_PROTO_ICMP, IP_PROTO_TCP, IP_PROTO_UDP, transportBytes } from "../net/ip4";
import { tcp, TCP_HEADER } from "../net/tcp";
import { UDP_HEADER } from "../net/udp";

/** Bytes of the IP header up to the protocol field. */
const UP_TO_PROTOCOL: i32 = 10;
/** Bytes of a TCP header up to the one that tells its length. */
const TCP_UP_TO_LENGTH: u32 = 13;

/**
 * Cuts the payload of IPv4 packets to LENGTH bytes.
 *
 * What counts as payload follows the TCP, UDP or ICMP header, or with TRANSPORT false the IP header. Packets whose network header is
 * not set are cut to LENGTH bytes in all. Length fields and checksums stay as they are.
 *
 * @input  0  packets
 * @output 0  the same packets, cut
 * @see Truncate, EraseIPPayload
 */
@element("1/1", "a/a")
export class TruncateIPPayload extends Element {
  /** Bytes of payload to keep. */
  @arg("LENGTH u16 positional") keep: u32 = 0;
  /** Keep the transport header, too. */
  @arg("TRANSPORT bool positional") transport: bool = true;
  /** Add the bytes removed to the "extra length" annotation. */
  @arg("EXTRA_LENGTH bool") extraLength: bool = true;

  route(p: Packet): i32 {
    const wanted = this.keep + (p.networkHeader ? this.headers(p) : 0);
    const there = p.networkHeader ? <i32>p.networkLength : <i32>p.length;
    if (there <= <i32>wanted) return 0;
    const removed = <u32>there - wanted;
    if (removed > p.length) return 0;
    if (this.extraLength) p.setAnno32(EXTRA_LENGTH_ANNO, p.anno32(EXTRA_LENGTH_ANNO) + removed);
    p.take(removed);
    return 0;
  }

  /** Bytes of the headers to keep; a broken IP header counts as 20. */
  private headers(p: Packet): u32 {
    if (<i32>p.networkLength < 1) return IP4_HEADER;
    const length = ip4(p).headerLength;
    if (length < IP4_HEADER) return IP4_HEADER;
    return this.transport && <i32>p.networkLength >= UP_TO_PROTOCOL ? length + transportHeader(p) : length;
  }
}

function transportHeader(p: Packet): u32 {
  const protocol = ip4(p).protocol;
  const there = transportBytes(p);
  if (protocol == IP_PROTO_UDP) return UDP_HEADER;
  if (protocol == IP_PROTO_ICMP) return there >= 8 ? icmpHeaderLength(load<u8>(p.transportHeader)) : 0;
  if (protocol != IP_PROTO_TCP) return 0;
  return there >= TCP_UP_TO_LENGTH ? max(tcp(p).headerLength, TCP_HEADER) : TCP_HEADER;
}
