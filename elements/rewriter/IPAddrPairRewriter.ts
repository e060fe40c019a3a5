import { recentNow } from "../kernel/clock";
import { kill, Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { hasIp4Header, ip4, transportBytes } from "../net/ip4";
import { Flow } from "./flow";
import { INPUT_PASS, makeFlow, SHAPE_PAIR } from "./inputSpec";
import { DEFAULT_HOST_FLOWS, FORM_PAIR, IPRewriterBase } from "./IPRewriterBase";
import { keepReplyAnnotation, rewriteAddresses, rewriteTransportChecksum } from "./rewrite";

/**
 * Rewrites source and destination address of IPv4 packets, pair by pair: basic network address translation (RFC 3022
 * §4.1).
 *
 * A flow is identified by its two addresses, whatever the protocol. Patterns are `SADDR DADDR`, `-` keeping an address;
 * SADDR may be a range `A-B` or a prefix, whose first and last address are left out, with `#` behind it for addresses
 * in order. See IPRewriter for the other input specifications and for capacity. TCP and UDP checksums are kept right.
 * The destination annotation is set to the new destination.
 *
 * @input  each  IPv4 packets
 * @output each  IPv4 packets, rewritten
 * @note Differs from Click: see IPRewriter.
 * @see IPRewriter, IPAddrRewriter, IPRewriterPatterns
 */
@element(
  "1-/1-",
  "h/h",
  "x/x",
  "INPUTSPEC raw rest: what to do with packets of unknown flows, one for each input",
  "CAPACITY raw: the same as MAPPING_CAPACITY",
  "MAPPING_CAPACITY raw: most flows in the table, or a rewriter whose table this one shares; default 4096",
  "REPLY_ANNO anno(1): this annotation of a flow's first packet is put on its replies",
)
@reads("REPLY_ANNO; CAPACITY MAPPING_CAPACITY TIMEOUT GUARANTEE REAP_INTERVAL REAP_TIME INPUTSPEC")
export class IPAddrPairRewriter extends IPRewriterBase {
  /** Seconds that a flow lives after its last packet. */
  @arg("TIMEOUT seconds") timeout: u32 = 7200;
  /** Seconds after each packet of a flow in which nothing replaces it. */
  @arg("GUARANTEE seconds") guarantee: u32 = 5;

  initialize(): void {
    this.map = this.start(DEFAULT_HOST_FLOWS);
    this.setLifetimes(0, this.guarantee, this.timeout, this.timeout, this.timeout);
  }

  takeState(old: IPAddrPairRewriter): void {
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
    if (!hasIp4Header(p)) return this.passOutput(port);
    const ip = ip4(p);
    const addresses = load<u64>(ip.address, 12);
    const time = recentNow();
    let found = this.table.find(addresses, 0, this.map);
    if (found == 0) {
      const input = this.inputAt(port);
      if (input.kind == INPUT_PASS) return input.output;
      found = makeFlow(this.table, input, this.map, SHAPE_PAIR, 0, addresses, 0, time);
      if (found == 0) return -1;
      keepReplyAnnotation(p, changetype<Flow>(found), this.annotations);
    }
    const direction = found & 1;
    const flow = changetype<Flow>(found & ~1);
    flow.lastUsed = time;
    rewriteAddresses(p, ip, flow, direction, this.annotations);
    if (ip.isFirstFragment)
      rewriteTransportChecksum(ip.protocol, p.transportHeader, transportBytes(p), flow.transportDeltaOf(direction));
    return flow.outputOf(direction);
  }

  /**
   * The flows, a line for each direction: addresses, new addresses, outputs with a star at this direction's, input,
   * seconds left.
   */
  @read("table")
  tableText(out: Text): void {
    this.printMap(out, 0, FORM_PAIR);
  }

  /** Old name of `table`. */
  @read("mappings", "D")
  mappings(out: Text): void {
    this.printMap(out, 0, FORM_PAIR);
  }
}
