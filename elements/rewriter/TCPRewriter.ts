import { recentNow } from "../kernel/clock";
import { kill, Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { IP_PROTO_TCP, ip4, transportBytes } from "../net/ip4";
import { tcp } from "../net/tcp";
import { Flow } from "./flow";
import { INPUT_PASS, makeFlow, SHAPE_PORTS } from "./inputSpec";
import { DEFAULT_FLOWS, FORM_PORTS, IPRewriterBase, isFirstFragmentWith } from "./IPRewriterBase";
import {
  changedChecksum,
  keepReplyAnnotation,
  rewriteAddresses,
  rewritePorts,
  TCP_THROUGH_CHECKSUM,
  trackTcp,
} from "./rewrite";

/** Bytes of the TCP header that a flow's packets have at least: what an ICMP error quotes. */
const PORTS_AND_MORE: u32 = 8;

/**
 * Rewrites addresses and ports of TCP packets.
 *
 * It is IPRewriter for TCP alone: see there for input specifications, timeouts and capacity. Other packets are dropped
 * unless their input is a `pass`.
 *
 * @input  each  IPv4 packets
 * @output each  IPv4 packets, rewritten
 * @note Differs from Click: see IPRewriter; and sequence numbers never change, since FTPPortMapper, which would ask for
 *       it, does not exist.
 * @see IPRewriter, UDPRewriter, IPRewriterPatterns
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
@reads("TCP_NODATA_TIMEOUT TCP_GUARANTEE TIMEOUT TCP_TIMEOUT TCP_DONE_TIMEOUT DST_ANNO REPLY_ANNO; CAPACITY MAPPING_CAPACITY GUARANTEE REAP_INTERVAL REAP_TIME INPUTSPEC")
export class TCPRewriter extends IPRewriterBase {
  /** Seconds that a flow lives after its last packet while data was not seen in both directions. */
  @arg("TCP_NODATA_TIMEOUT seconds") idleTimeout: u32 = 300;
  /** Seconds that a flow lives after that. */
  @arg("TIMEOUT seconds") @arg("TCP_TIMEOUT seconds") timeout: u32 = 86400;
  /** Seconds that a flow lives after FIN in both directions, or RST. */
  @arg("TCP_DONE_TIMEOUT seconds") doneTimeout: u32 = 240;
  /** Seconds after each packet of a flow in which nothing replaces it. */
  @arg("TCP_GUARANTEE seconds") @arg("GUARANTEE seconds") guarantee: u32 = 5;

  initialize(): void {
    this.map = this.start(DEFAULT_FLOWS);
    this.setLifetimes(0, this.guarantee, this.idleTimeout, this.timeout, this.doneTimeout);
  }

  takeState(old: TCPRewriter): void {
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
    if (ip.protocol != IP_PROTO_TCP) return this.passOutput(port);
    const addresses = load<u64>(ip.address, 12);
    const ports = load<u32>(p.transportHeader);
    const time = recentNow();
    let found = this.table.find(addresses, ports, this.map);
    if (found == 0) {
      const input = this.inputAt(port);
      if (input.kind == INPUT_PASS) return input.output;
      found = makeFlow(this.table, input, this.map, SHAPE_PORTS, IP_PROTO_TCP, addresses, ports, time);
      if (found == 0) return -1;
      keepReplyAnnotation(p, changetype<Flow>(found), this.annotations);
    }
    const direction = found & 1;
    const flow = changetype<Flow>(found & ~1);
    flow.lastUsed = time;
    rewriteAddresses(p, ip, flow, direction, this.annotations);
    if (transportBytes(p) >= TCP_THROUGH_CHECKSUM) {
      const header = tcp(p);
      rewritePorts(p.transportHeader, flow, direction);
      header.checksum = changedChecksum(header.checksum, flow.transportDeltaOf(direction));
      trackTcp(this.table, flow, direction, ip, header);
    }
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
