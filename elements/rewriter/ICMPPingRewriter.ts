import { recentNow } from "../kernel/clock";
import { kill, Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { checksum } from "../net/checksum";
import { ICMP_ECHO, ICMP_ECHO_REPLY, IcmpHeader, icmp } from "../net/icmp";
import { IP_PROTO_ICMP, ip4 } from "../net/ip4";
import { Flow } from "./flow";
import { INPUT_PASS, makeFlow, SHAPE_PING } from "./inputSpec";
import { DEFAULT_HOST_FLOWS, FORM_PING, IPRewriterBase, isFirstFragmentWith } from "./IPRewriterBase";
import { changedChecksum, keepReplyAnnotation, rewriteAddresses } from "./rewrite";

/** Bytes of an ICMP message through the identifier. */
const THROUGH_IDENTIFIER: u32 = 6;

/**
 * Rewrites addresses and identifiers of ICMP echo requests and replies: pings through a network address translator (RFC
 * 5508 §3).
 *
 * A flow is identified by its two addresses and the identifier, which takes the place of ports: in a pattern SPORT
 * stands for it, DPORT for nothing. See IPRewriter for input specifications and capacity. Only requests make flows.
 * Other packets, and replies without a flow, are dropped unless their input is a `pass`.
 *
 * @input  each  IPv4 packets
 * @output each  IPv4 packets, rewritten
 * @note Differs from Click: see IPRewriter; and an identifier in use towards the same host is never chosen for a second
 *       flow.
 * @see IPRewriter, ICMPRewriter, ICMPPingResponder
 */
@element(
  "1-/1-",
  "h/h",
  "x/x",
  "INPUTSPEC raw rest: what to do with packets of unknown flows, one for each input",
  "CAPACITY raw: the same as MAPPING_CAPACITY",
  "MAPPING_CAPACITY raw: most flows in the table, or a rewriter whose table this one shares; default 4096",
  "DST_ANNO bool: set the destination annotation to the new destination; default true",
  "REPLY_ANNO anno(1): this annotation of a flow's first packet is put on its replies",
)
@reads("DST_ANNO REPLY_ANNO; CAPACITY MAPPING_CAPACITY TIMEOUT GUARANTEE REAP_INTERVAL REAP_TIME INPUTSPEC")
export class ICMPPingRewriter extends IPRewriterBase {
  /** Seconds that a flow lives after its last packet. */
  @arg("TIMEOUT seconds") timeout: u32 = 300;
  /** Seconds after each packet of a flow in which nothing replaces it. */
  @arg("GUARANTEE seconds") guarantee: u32 = 5;

  initialize(): void {
    this.map = this.start(DEFAULT_HOST_FLOWS);
    this.setLifetimes(0, this.guarantee, this.timeout, this.timeout, this.timeout);
  }

  takeState(old: ICMPPingRewriter): void {
    this.adoptFlows(old);
  }

  push(port: i32, p: Packet): void {
    const output = this.rewrite(port, p);
    if (output < 0) kill(p);
    else this.emit(output, p);
  }

  /** Rewrites a packet. @returns its output; -1 = drop it */
  private rewrite(port: i32, p: Packet): i32 {
    if (!isFirstFragmentWith(p, THROUGH_IDENTIFIER)) return this.passOutput(port);
    const ip = ip4(p);
    const header = icmp(p);
    const isRequest = header.type == ICMP_ECHO;
    if (ip.protocol != IP_PROTO_ICMP || (!isRequest && header.type != ICMP_ECHO_REPLY)) return this.passOutput(port);
    const addresses = load<u64>(ip.address, 12);
    const ports = pingPorts(header.identifierBE, isRequest);
    const time = recentNow();
    let found = this.table.find(addresses, ports, this.map);
    if (found == 0) {
      const input = this.inputAt(port);
      if (!isRequest || input.kind == INPUT_PASS) return this.passOutput(port);
      found = makeFlow(this.table, input, this.map, SHAPE_PING, IP_PROTO_ICMP, addresses, ports, time);
      if (found == 0) return -1;
      keepReplyAnnotation(p, changetype<Flow>(found), this.annotations);
    }
    const direction = found & 1;
    const flow = changetype<Flow>(found & ~1);
    flow.lastUsed = time;
    rewriteAddresses(p, ip, flow, direction, this.annotations);
    rewriteIdentifier(p, header, flow, direction);
    return flow.outputOf(direction);
  }

  /**
   * The flows, a line for each direction: addresses and identifier, the new ones, outputs with a star at this
   * direction's, input, seconds left.
   */
  @read("table")
  tableText(out: Text): void {
    this.printMap(out, 0, FORM_PING);
  }

  /** Old name of `table`. */
  @read("mappings", "D")
  mappings(out: Text): void {
    this.printMap(out, 0, FORM_PING);
  }
}

/** What stands for the ports of a ping: identifier and the number after it, the other way round in replies. */
@inline
export function pingPorts(identifier: u16, isRequest: bool): u32 {
  const next = <u32>(identifier + 1);
  return isRequest ? (next << 16) | <u32>identifier : (<u32>identifier << 16) | next;
}

function rewriteIdentifier(p: Packet, header: IcmpHeader, flow: Flow, direction: usize): void {
  const ports = flow.newPortsOf(direction);
  header.identifierBE = <u16>(direction ? ports >> 16 : ports);
  header.checksum = changedChecksum(header.checksum, flow.transportDeltaOf(direction));
  // A message of nothing but zeros has all ones for a checksum, which an update cannot tell from zero (RFC 1624 §3).
  if (header.checksum == 0) fillZeroChecksum(p, header);
}

function fillZeroChecksum(p: Packet, header: IcmpHeader): void {
  if (checksum(p.transportHeader, p.transportLength) == 0xffff) header.checksum = 0xffff;
}
