import { Element } from "../kernel/element";
import { kill, Packet } from "../kernel/packet";
import { fold } from "../net/checksum";
import { ICMP_ECHO, ICMP_HEADER, IcmpHeader, icmp, isIcmpErrorType } from "../net/icmp";
import {
  hasIp4Header,
  IP4_HEADER,
  Ip4Header,
  IP_PROTO_ICMP,
  IP_PROTO_TCP,
  IP_PROTO_UDP,
  ip4,
  transportBytes,
} from "../net/ip4";
import { TcpHeader } from "../net/tcp";
import { UDP_HEADER, UdpHeader } from "../net/udp";
import { Flow } from "./flow";
import { pingPorts } from "./ICMPPingRewriter";
import { IPRewriterBase } from "./IPRewriterBase";
import {
  ANNOTATE_DESTINATION,
  ANNOTATE_REPLY,
  ANNOTATION_SHIFT,
  changedChecksum,
  TCP_THROUGH_CHECKSUM,
  wordChange,
} from "./rewrite";

/** What kind of rewriter a map belongs to: how it identifies flows. The host writes these numbers. */
const MAP_TCP_AND_UDP: u32 = 0;
const MAP_PORTS: u32 = 1;
const MAP_PAIR: u32 = 2;
const MAP_SOURCE: u32 = 3;
const MAP_PING: u32 = 4;

const IP_PROTO_DCCP: u8 = 33;
/** Bytes of an ICMP message through the identifier. */
const THROUGH_IDENTIFIER: usize = 6;

/** A rewriter to ask. */
@unmanaged
class MapEntry {
  rewriter: usize;
  kind: u32;
  /** Number of its first output here; negative = everything goes to output 0. */
  firstOutput: i32;
}

/** The packet that an error quotes, as it would look on its way back: that is how the flow's replies look. */
@unmanaged
class Quoted {
  addresses: u64;
  ports: u32;
  /** Address of the transport header; 0 = the ports, or the identifier, are not there. */
  transport: usize;
  protocol: u8;
}
const quoted: Quoted = changetype<Quoted>(memory.data(24, 8));

/**
 * Rewrites ICMP errors that answer packets which a rewriter has changed, so that they reach the packets' true sender
 * (RFC 5508 §4).
 *
 * An error quotes the start of the packet that caused it. MAPS names rewriters; each is asked in turn whether it knows
 * the flow of the quoted packet. If so, the quoted addresses, ports or identifier, and checksums, are changed back, as
 * well as the destination of the error itself when it is the quoted source. Handled are the types destination
 * unreachable, time exceeded, parameter problem, source quench and redirect; all other ICMP messages, and errors that
 * no rewriter knows, are dropped.
 *
 * `NAME` in MAPS sends errors to output 0; `NAME:N` to output N plus the output of the flow's direction.
 *
 * @input  0  IPv4 packets with ICMP errors; others are dropped
 * @output each  rewritten errors
 * @note Differs from Click: for flows of IPAddrRewriter and IPAddrPairRewriter, quoted ports and identifiers stay as
 *       they are.
 * @see IPRewriter, ICMPPingRewriter, IPAddrRewriter, ICMPError
 */
@element(
  "1/1-",
  "h/h",
  "x/x",
  "MAPS raw positional required: names of rewriters, each perhaps with `:` and the number of its first output here",
  "DST_ANNO bool: set the destination annotation when the destination changes; default true",
  "REPLY_ANNO anno(1): put the annotation that the flow's rewriter kept on errors that go with the replies",
)
export class ICMPRewriter extends Element {
  /** Array of MapEntry, and its length. */
  @constant maps: usize = 0;
  @constant mapCount: u32 = 0;
  @constant annotations: u32 = 0;

  push(port: i32, p: Packet): void {
    const output = this.rewrite(p);
    if (output < 0) kill(p);
    else this.emit(output, p);
  }

  /** Rewrites an error. @returns its output; -1 = drop it */
  private rewrite(p: Packet): i32 {
    if (!hasIp4Header(p) || ip4(p).protocol != IP_PROTO_ICMP || !ip4(p).isFirstFragment) return -1;
    if (transportBytes(p) < ICMP_HEADER + IP4_HEADER || !isIcmpErrorType(icmp(p).type)) return -1;
    const inner = changetype<Ip4Header>(p.transportHeader + ICMP_HEADER);
    if (inner.version != 4 || inner.headerLength < IP4_HEADER) return -1;
    readQuoted(inner, p.end);
    for (let i: u32 = 0; i < this.mapCount; i++) {
      const map = changetype<MapEntry>(this.maps + <usize>i * offsetof<MapEntry>());
      const found = lookUp(map);
      if (found == 0) continue;
      const flow = changetype<Flow>(found & ~1);
      const direction = found & 1;
      this.apply(p, inner, map.kind, flow, direction);
      return map.firstOutput < 0 ? 0 : map.firstOutput + flow.outputOf(direction);
    }
    return -1;
  }

  private apply(p: Packet, inner: Ip4Header, kind: u32, flow: Flow, direction: usize): void {
    const after = newAddresses(kind, flow, direction);
    const ip = ip4(p);
    const destination = <u32>(after >> 32);
    if (ip.destination == <u32>(quoted.addresses >> 32)) {
      ip.checksum = changedChecksum(ip.checksum, fold(wordChange(ip.destination, destination)));
      ip.destination = destination;
      if (this.annotations & ANNOTATE_DESTINATION) p.destinationAnno = destination;
    }
    if (direction && this.annotations & ANNOTATE_REPLY)
      p.setAnno8(this.annotations >> ANNOTATION_SHIFT, flow.replyAnnotation);
    const header = icmp(p);
    header.checksum = changedChecksum(header.checksum, fold(rewriteQuoted(inner, p.end, kind, flow, direction, after)));
  }
}

/** Reads the quoted packet; `end` is where the error ends. */
function readQuoted(inner: Ip4Header, end: usize): void {
  const transport = inner.address + inner.headerLength;
  quoted.addresses = rotl<u64>(load<u64>(inner.address, 12), 32);
  quoted.ports = 0;
  quoted.transport = 0;
  quoted.protocol = inner.protocol;
  if (!inner.isFirstFragment) return;
  if (inner.protocol == IP_PROTO_ICMP) {
    const message = changetype<IcmpHeader>(transport);
    if (transport + THROUGH_IDENTIFIER > end || message.type != ICMP_ECHO) return;
    quoted.ports = message.identifierBE;
    quoted.transport = transport;
  } else if (hasPorts(inner.protocol) && transport + UDP_HEADER <= end) {
    quoted.ports = rotl<u32>(load<u32>(transport), 16);
    quoted.transport = transport;
  }
}

function hasPorts(protocol: u8): bool {
  return protocol == IP_PROTO_TCP || protocol == IP_PROTO_UDP || protocol == IP_PROTO_DCCP;
}

/** Asks a rewriter for the flow whose replies look like the quoted packet on its way back. */
function lookUp(map: MapEntry): usize {
  const rewriter = changetype<IPRewriterBase>(map.rewriter);
  if (map.kind == MAP_PAIR) return rewriter.lookUp(quoted.addresses, 0, 0);
  if (map.kind == MAP_SOURCE) {
    const found = rewriter.lookUp(quoted.addresses & 0xffff_ffff, 0, 0);
    return found ? found : rewriter.lookUp(quoted.addresses & 0xffff_ffff_0000_0000, 0, 0);
  }
  if (map.kind == MAP_PING) {
    if (quoted.protocol != IP_PROTO_ICMP) return 0;
    return rewriter.lookUp(quoted.addresses, pingPorts(<u16>quoted.ports, false), 0);
  }
  if (map.kind == MAP_TCP_AND_UDP) {
    if (quoted.protocol == IP_PROTO_UDP) return rewriter.lookUp(quoted.addresses, quoted.ports, 1);
    if (quoted.protocol != IP_PROTO_TCP) return 0;
  }
  const found = rewriter.lookUp(quoted.addresses, quoted.ports, 0);
  return found && changetype<Flow>(found & ~1).protocol == quoted.protocol ? found : 0;
}

/**
 * The addresses that the quoted packet, on its way back, gets. A flow of source addresses says nothing about the other
 * end.
 */
function newAddresses(kind: u32, flow: Flow, direction: usize): u64 {
  const after = flow.newAddressesOf(direction);
  if (kind != MAP_SOURCE) return after;
  if (direction) return (after & 0xffff_ffff_0000_0000) | (quoted.addresses & 0xffff_ffff);
  return (after & 0xffff_ffff) | (quoted.addresses & 0xffff_ffff_0000_0000);
}

/** Changes the quoted packet. @returns by how much the sum of the words that the error's checksum covers has changed */
function rewriteQuoted(inner: Ip4Header, end: usize, kind: u32, flow: Flow, direction: usize, after: u64): u64 {
  const before = load<u64>(inner.address, 12);
  const forward = rotl<u64>(after, 32);
  store<u64>(inner.address, forward, 12);
  const addressChange = wordChange(<u32>before, <u32>forward) + wordChange(<u32>(before >> 32), <u32>(forward >> 32));
  let change = addressChange + changeChecksum(inner.address + offsetof<Ip4Header>("checksum"), addressChange);
  if (quoted.transport == 0) return change;
  if (quoted.protocol == IP_PROTO_ICMP) return kind == MAP_PING ? change + rewriteQuotedPing(flow, direction) : change;
  let covered = addressChange;
  if (kind == MAP_PORTS || kind == MAP_TCP_AND_UDP) {
    const ports = rotl<u32>(flow.newPortsOf(direction), 16);
    const portChange = wordChange(load<u32>(quoted.transport), ports);
    store<u32>(quoted.transport, ports);
    change += portChange;
    covered += portChange;
  }
  const place = quotedChecksum(end);
  return place ? change + changeChecksum(place, covered) : change;
}

/** Changes the identifier of a quoted echo request. @returns as `rewriteQuoted` */
function rewriteQuotedPing(flow: Flow, direction: usize): u64 {
  const message = changetype<IcmpHeader>(quoted.transport);
  const identifier = <u16>(flow.newPortsOf(direction) >> 16);
  const identifierChange = <u64>(message.identifierBE ^ 0xffff) + <u64>identifier;
  message.identifierBE = identifier;
  return identifierChange + changeChecksum(quoted.transport + offsetof<IcmpHeader>("checksum"), identifierChange);
}

/** Where the transport checksum of the quoted packet lies; 0 = it has none, or it was cut off. */
function quotedChecksum(end: usize): usize {
  const place = quoted.transport;
  if (quoted.protocol == IP_PROTO_TCP)
    return place + TCP_THROUGH_CHECKSUM <= end ? place + offsetof<TcpHeader>("checksum") : 0;
  if (quoted.protocol == IP_PROTO_UDP)
    return changetype<UdpHeader>(place).checksum != 0 ? place + offsetof<UdpHeader>("checksum") : 0;
  return 0;
}

/**
 * Updates the checksum at `place` for a change of what it covers. @returns how much the sum over the checksum itself
 * has changed
 */
function changeChecksum(place: usize, change: u64): u64 {
  const before = load<u16>(place);
  const after = changedChecksum(before, fold(change));
  store<u16>(place, after);
  return <u64>(before ^ 0xffff) + <u64>after;
}
