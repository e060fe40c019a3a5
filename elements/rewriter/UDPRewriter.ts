import { recentNow } from "../kernel/clock";
import { kill, Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { IP_PROTO_TCP, IP_PROTO_UDP, ip4, transportBytes } from "../net/ip4";
import { Flow } from "./flow";
import { INPUT_PASS, makeFlow, SHAPE_PORTS } from "./inputSpec";
import { DEFAULT_FLOWS, FORM_PORTS, IPRewriterBase, isFirstFragmentWith } from "./IPRewriterBase";
import {
  keepReplyAnnotation,
  rewriteAddresses,
  rewritePorts,
  rewriteTransportChecksum,
  trackUdp,
} from "./rewrite";

/** DCCP, RFC 4340: its ports lie where those of UDP lie. */
const IP_PROTO_DCCP: u8 = 33;
/** Bytes of the transport header that a flow's packets have at least: all of a UDP header. */
const PORTS_AND_MORE: u32 = 8;

/**
 * Rewrites addresses and ports of UDP packets, and of TCP and DCCP packets without looking at their connections.
 *
 * See IPRewriter for input specifications, timeouts and capacity. A UDP and a TCP flow with the same addresses and
 * ports are one flow here. Other packets, and all fragments but the first, are dropped unless their input is a `pass`.
 *
 * @input  each  IPv4 packets
 * @output each  IPv4 packets, rewritten
 * @note Differs from Click: see IPRewriter.
 * @see IPRewriter, TCPRewriter, IPRewriterPatterns
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
@reads("DST_ANNO REPLY_ANNO UDP_TIMEOUT TIMEOUT UDP_STREAMING_TIMEOUT STREAMING_TIMEOUT UDP_GUARANTEE; CAPACITY MAPPING_CAPACITY GUARANTEE REAP_INTERVAL REAP_TIME INPUTSPEC")
export class UDPRewriter extends IPRewriterBase {
  /** Seconds that a flow lives after its last packet. */
  @arg("UDP_TIMEOUT seconds") @arg("TIMEOUT seconds") timeout: u32 = 300;
  /** Seconds that a stream lives: three packets or more, and some in each direction. Default is TIMEOUT. */
  @arg("UDP_STREAMING_TIMEOUT seconds") @arg("STREAMING_TIMEOUT seconds") streamingTimeout: u32 = u32.MAX_VALUE;
  /** Seconds after each packet of a flow in which nothing replaces it. */
  @arg("UDP_GUARANTEE seconds") @arg("GUARANTEE seconds") guarantee: u32 = 5;

  initialize(): void {
    this.map = this.start(DEFAULT_FLOWS);
    const streaming = this.streamingTimeout == u32.MAX_VALUE ? this.timeout : this.streamingTimeout;
    this.setLifetimes(0, this.guarantee, this.timeout, streaming, this.timeout);
  }

  takeState(old: UDPRewriter): void {
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
    if (protocol != IP_PROTO_UDP && protocol != IP_PROTO_TCP && protocol != IP_PROTO_DCCP) return this.passOutput(port);
    const addresses = load<u64>(ip.address, 12);
    const ports = load<u32>(p.transportHeader);
    const time = recentNow();
    let found = this.table.find(addresses, ports, this.map);
    if (found == 0) {
      const input = this.inputAt(port);
      if (input.kind == INPUT_PASS) return input.output;
      found = makeFlow(this.table, input, this.map, SHAPE_PORTS, protocol, addresses, ports, time);
      if (found == 0) return -1;
      keepReplyAnnotation(p, changetype<Flow>(found), this.annotations);
    }
    const direction = found & 1;
    const flow = changetype<Flow>(found & ~1);
    flow.lastUsed = time;
    rewriteAddresses(p, ip, flow, direction, this.annotations);
    rewritePorts(p.transportHeader, flow, direction);
    rewriteTransportChecksum(protocol, p.transportHeader, transportBytes(p), flow.transportDeltaOf(direction));
    trackUdp(this.table, flow, direction);
    return flow.outputOf(direction);
  }

  /**
   * The flows, a line for each direction: identifier, new identifier, outputs with a star at this direction's, input,
   * seconds left.
   */
  @read("table")
  tableText(out: Text): void {
    this.printMap(out, 0, FORM_PORTS);
  }

  /** Old name of `table`. */
  @read("mappings", "D")
  mappings(out: Text): void {
    this.printMap(out, 0, FORM_PORTS);
  }
}
