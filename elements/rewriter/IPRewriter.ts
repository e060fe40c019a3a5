import { recentNow } from "../kernel/clock";
import { kill, Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { IP_PROTO_TCP, IP_PROTO_UDP, ip4, transportBytes } from "../net/ip4";
import { tcp } from "../net/tcp";
import { udp } from "../net/udp";
import { Flow } from "./flow";
import { INPUT_PASS, makeFlow, SHAPE_PORTS } from "./inputSpec";
import { DEFAULT_FLOWS, FORM_PORTS, IPRewriterBase, isFirstFragmentWith } from "./IPRewriterBase";
import {
  changedChecksum,
  keepReplyAnnotation,
  rewriteAddresses,
  rewritePorts,
  rewriteUdpChecksum,
  TCP_THROUGH_CHECKSUM,
  trackTcp,
  trackUdp,
} from "./rewrite";

/** Bytes of the transport header that a flow's packets have at least: the ports, and all of a UDP header. */
const PORTS_AND_MORE: u32 = 8;

/**
 * Rewrites addresses and ports of TCP and UDP packets: a network address and port translator (RFC 3022).
 *
 * A flow is identified by source and destination address and port, and by its protocol. For each flow the table says
 * what its packets become, and where they go, in both directions. A packet whose flow is in the table is rewritten,
 * whatever input it came in on. Otherwise the specification of its input decides:
 *
 * - `drop` or `discard`: the packet is dropped.
 * - `pass [OUTPUT]`, `passthrough` or `nochange`: it goes to OUTPUT (0) unchanged, and no flow is made.
 * - `keep FOUTPUT ROUTPUT`: a flow is made that changes nothing. Its packets go to FOUTPUT, replies to ROUTPUT.
 * - `pattern SADDR SPORT DADDR DPORT FOUTPUT ROUTPUT`: a flow is made whose packets get these addresses and ports; `-`
 *   keeps the packet's own. Replies are changed back. SPORT may be a range `LOW-HIGH`: the packet's port is taken if it
 *   lies in the range and is free, else a random one. With `#` behind the range the ports are taken in order, with `?`
 *   always at random. When none is free, the packet is dropped and counted as a failure. Short forms: `SADDR DADDR` and
 *   `SADDR DADDR SPORT`; in the first, SADDR may be a range `A-B` or a prefix.
 * - `pattern NAME FOUTPUT ROUTPUT`: the same with a pattern from IPRewriterPatterns.
 * - `ELEMENT`: the mapper of that name (RoundRobinIPMapper) chooses among patterns.
 *
 * Packets must have their IP header annotations. Those that are neither TCP nor UDP, and all fragments but the first,
 * are dropped unless their input is a `pass`. Checksums are updated incrementally (RFC 1624).
 *
 * A flow is guaranteed to live for a few seconds after each of its packets. In a full table a new flow replaces the one
 * that would expire first among those whose guarantee has ended; when there is none, the new flow is refused. Flows
 * that have expired are removed every REAP_INTERVAL seconds.
 *
 * @input  each  IPv4 packets
 * @output each  IPv4 packets, rewritten
 * @note Differs from Click: without MAPPING_CAPACITY there is room for 16384 flows, and a capacity that is written
 *       later cannot exceed what was reserved at first. Each user of a named pattern goes through its range on its own.
 * @see TCPRewriter, UDPRewriter, IPAddrRewriter, IPAddrPairRewriter, ICMPPingRewriter, ICMPRewriter,
 *       IPRewriterPatterns, RoundRobinIPMapper
 */
@element(
  "1-/1-",
  "h/h",
  "x/x",
  "INPUTSPEC raw rest: what to do with packets of unknown flows, one for each input",
  "CAPACITY raw: the same as MAPPING_CAPACITY",
  "MAPPING_CAPACITY raw: most flows in the table, or a rewriter whose table this one shares; default 16384",
  "DST_ANNO bool: set the destination annotation to the new destination; default true",
  "REPLY_ANNO anno(1): this annotation of a flow's first packet is put on its replies",
)
@reads("UDP_TIMEOUT UDP_STREAMING_TIMEOUT UDP_GUARANTEE; TCP_NODATA_TIMEOUT TCP_GUARANTEE TIMEOUT TCP_TIMEOUT TCP_DONE_TIMEOUT DST_ANNO REPLY_ANNO; CAPACITY MAPPING_CAPACITY GUARANTEE REAP_INTERVAL REAP_TIME INPUTSPEC")
export class IPRewriter extends IPRewriterBase {
  /** Seconds that a TCP flow lives after its last packet while data was not seen in both directions. */
  @arg("TCP_NODATA_TIMEOUT seconds") tcpIdleTimeout: u32 = 300;
  /** Seconds that a TCP flow lives after that. */
  @arg("TIMEOUT seconds") @arg("TCP_TIMEOUT seconds") tcpTimeout: u32 = 86400;
  /** Seconds that a TCP flow lives after FIN in both directions, or RST. */
  @arg("TCP_DONE_TIMEOUT seconds") tcpDoneTimeout: u32 = 240;
  /** Seconds after each packet of a TCP flow in which nothing replaces it. */
  @arg("TCP_GUARANTEE seconds") @arg("GUARANTEE seconds") tcpGuarantee: u32 = 5;
  /** Seconds that a UDP flow lives after its last packet. */
  @arg("UDP_TIMEOUT seconds") udpTimeout: u32 = 300;
  /** Seconds that a UDP stream lives: three packets or more, and some in each direction. Default is UDP_TIMEOUT. */
  @arg("UDP_STREAMING_TIMEOUT seconds") udpStreamingTimeout: u32 = u32.MAX_VALUE;
  /** Seconds after each packet of a UDP flow in which nothing replaces it. */
  @arg("UDP_GUARANTEE seconds") udpGuarantee: u32 = 5;

  initialize(): void {
    this.map = this.start(DEFAULT_FLOWS);
    this.setLifetimes(0, this.tcpGuarantee, this.tcpIdleTimeout, this.tcpTimeout, this.tcpDoneTimeout);
    const streaming = this.udpStreamingTimeout == u32.MAX_VALUE ? this.udpTimeout : this.udpStreamingTimeout;
    this.setLifetimes(1, this.udpGuarantee, this.udpTimeout, streaming, this.udpTimeout);
  }

  takeState(old: IPRewriter): void {
    this.adoptFlows(old);
  }

  push(port: i32, p: Packet): void {
    const output = this.rewrite(port, p);
    if (output < 0) kill(p);
    else this.emit(output, p);
  }

  /** Rewrites a packet. @returns its output; -1 = drop it */
  @inline
  private rewrite(port: i32, p: Packet): i32 {
    if (!isFirstFragmentWith(p, PORTS_AND_MORE)) return this.passOutput(port);
    const ip = ip4(p);
    const protocol = ip.protocol;
    if (protocol != IP_PROTO_TCP && protocol != IP_PROTO_UDP) return this.passOutput(port);
    const second: u32 = protocol == IP_PROTO_UDP ? 1 : 0;
    const addresses = load<u64>(ip.address, 12);
    const ports = load<u32>(p.transportHeader);
    const time = recentNow();
    let found = this.table.find(addresses, ports, this.map + second);
    if (found == 0) {
      const input = this.inputAt(port);
      if (input.kind == INPUT_PASS) return input.output;
      found = makeFlow(this.table, input, this.map + second, SHAPE_PORTS, protocol, addresses, ports, time);
      if (found == 0) return -1;
      keepReplyAnnotation(p, changetype<Flow>(found), this.annotations);
    }
    const direction = found & 1;
    const flow = changetype<Flow>(found & ~1);
    flow.lastUsed = time;
    rewriteAddresses(p, ip, flow, direction, this.annotations);
    if (second) {
      rewritePorts(p.transportHeader, flow, direction);
      rewriteUdpChecksum(udp(p), flow.transportDeltaOf(direction));
      trackUdp(this.table, flow, direction);
    } else if (transportBytes(p) >= TCP_THROUGH_CHECKSUM) {
      const header = tcp(p);
      rewritePorts(p.transportHeader, flow, direction);
      header.checksum = changedChecksum(header.checksum, flow.transportDeltaOf(direction));
      trackTcp(this.table, flow, direction, ip, header);
    }
    return flow.outputOf(direction);
  }

  /**
   * The TCP flows, a line for each direction: identifier, new identifier, outputs with a star at this direction's,
   * input, seconds left.
   */
  @read("tcp_table")
  tcpTable(out: Text): void {
    this.printMap(out, 0, FORM_PORTS);
  }

  /** The UDP flows, likewise. */
  @read("udp_table")
  udpTable(out: Text): void {
    this.printMap(out, 1, FORM_PORTS);
  }

  /** Old name of `tcp_table`. */
  @read("tcp_mappings", "D")
  tcpMappings(out: Text): void {
    this.printMap(out, 0, FORM_PORTS);
  }

  /** Old name of `udp_table`. */
  @read("udp_mappings", "D")
  udpMappings(out: Text): void {
    this.printMap(out, 1, FORM_PORTS);
  }
}
