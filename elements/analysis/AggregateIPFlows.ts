import { now } from "../kernel/clock";
import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { AGGREGATE_ANNO, kill, Packet } from "../kernel/packet";
import { yieldToHost } from "../kernel/state";
import { Stream } from "../kernel/stream";
import { consoleText } from "../kernel/text";
import { ICMP_HEADER, icmp, isIcmpErrorType } from "../net/icmp";
import { hasIp4Header, IP4_HEADER, Ip4Header, ip4, IP_PROTO_ICMP, IP_PROTO_TCP, IP_PROTO_UDP, transportBytes } from "../net/ip4";
import { tcp, TCP_FIN, TCP_RST, TCP_SYN } from "../net/tcp";
import { FLOW_OVER, FRAGMENT_LIMIT, HostPair, IpFlow, IpFlows } from "./ipFlows";

const SECOND: i64 = 1_000_000_000;
/** Bytes of a TCP header up to its flags. */
const TCP_THROUGH_FLAGS: u32 = 14;
/** Paint of ICMP errors is above that of packets of the flow. */
const ICMP_PAINT: u8 = 2;
/** `clear` acts as if this second had come: Click's figure. */
const LAST_SECOND: i32 = 0x7fff_ffff;

/** What becomes of a packet: one of the outputs, or it was kept. */
const EMIT: i32 = 0;
const REFUSE: i32 = 1;
const KEPT: i32 = 2;

/**
 * Numbers TCP and UDP flows: sets the aggregate annotation of each packet to its flow's number, and the paint annotation to its direction.
 *
 * A flow is what goes between two hosts and ports, in both directions. Numbers count from 1. Paint is 0 for packets that go where the flow's
 * first one went, 1 for replies; with ICMP, 2 and 3 for ICMP errors about these. A flow ends when no packet came for some time (of packets'
 * timestamps), or when a TCP connection that was closed is opened again; its successor gets a new number.
 *
 * With FRAGMENTS, a packet that is not its first fragment waits for the first one, which has the ports; and packets between the same hosts behind it wait,
 * too. One whose first fragment does not come in time is dropped. The handler `clear` lets all go on.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  packets of flows
 * @output 1  others: other protocols, short packets, without FRAGMENTS later fragments; dropped where nothing is connected
 * @note   Differs from Click: 65536 flows are remembered, and 512 packets may wait; when there are more, an old one makes room.
 * @note   Differs from Click: TRACEINFO has no file positions, and counts the packets of each flow anew when ports are used again.
 * @see AggregateCounter, SetTimestamp
 */
@reads("TCP_TIMEOUT TCP_DONE_TIMEOUT UDP_TIMEOUT FRAGMENT_TIMEOUT REAP ICMP TRACEINFO SOURCE FRAGMENTS")
@element(
  "1/1-2",
  "a/ah",
  "x/x",
  "TRACEINFO filename: file for a description of each flow, in XML; `-` = standard output",
  "SOURCE Element: its `filename` is told in that file",
  "FRAGMENTS bool: whether to number later fragments; default true where packets are pushed",
)
export class AggregateIPFlows extends Element {
  /** Seconds until an idle TCP flow ends. */
  @arg("TCP_TIMEOUT u32") tcpTimeout: u32 = 86400;
  /** Seconds until a closed TCP flow ends. */
  @arg("TCP_DONE_TIMEOUT u32") tcpDoneTimeout: u32 = 30;
  /** Seconds until an idle UDP flow ends. */
  @arg("UDP_TIMEOUT seconds") udpTimeout: u32 = 60;
  /** Seconds that a fragment waits for the first one. */
  @arg("FRAGMENT_TIMEOUT seconds") fragmentTimeout: u32 = 30;
  /** Seconds between two searches for flows that have ended. */
  @arg("REAP seconds") reapInterval: u32 = 1200;
  /** Whether to number ICMP errors as the packets that caused them. */
  @arg("ICMP bool") handlesIcmp: bool = false;

  /** Whether FRAGMENTS is set; 2 = by the kind of input. */
  @constant fragmentMode: u32 = 2;
  @constant private holdsFragments: bool = false;
  /** Descriptions of flows that have ended: IpFlow, HostPair; 0 = none wanted. */
  @constant trace: usize = 0;
  /** For messages. */
  @constant label: Bytes = changetype<Bytes>(0);

  private flows: IpFlows = new IpFlows();
  private nextAggregate: u32 = 1;
  private waiting: u32 = 0;
  /** Second of the last packet, and of the next search. */
  private second: i32 = 0;
  private reapSecond: i32 = 0;
  private hasWarned: bool = false;

  initialize(): void {
    this.flows.reserve();
    this.holdsFragments = this.fragmentMode == 2 ? (this.pullInputs & 1) == 0 : this.fragmentMode == 1;
  }

  push(port: i32, p: Packet): void {
    const output = this.handle(p);
    if (this.second >= this.reapSecond) this.reap();
    if (output != KEPT) this.emit(output, p);
  }

  pull(port: i32): Packet | null {
    const p = this.fetch(0);
    const output = p ? this.handle(p) : KEPT;
    if (this.second >= this.reapSecond) this.reap();
    if (output == EMIT) return p;
    if (p && output == REFUSE) this.emit(1, p);
    return null;
  }

  private handle(p: Packet): i32 {
    if (p.timestamp == 0) this.setTime(p);
    if (!hasIp4Header(p)) return REFUSE;
    const at = this.relevantHeader(p);
    if (at == 0) return REFUSE;
    const ip = changetype<Ip4Header>(at);
    const protocol = ip.protocol;
    if ((protocol != IP_PROTO_TCP && protocol != IP_PROTO_UDP) || (ip.source == 0 && ip.destination == 0)) return REFUSE;

    let paint: u8 = at == p.networkHeader ? 0 : ICMP_PAINT;
    const isFlipped = ip.source > ip.destination;
    if (isFlipped) paint ^= 1;
    const transport = at + ip.headerLength;
    if (ip.isFirstFragment && transport + sizeof<u32>() > p.end) return REFUSE;

    const pair = this.flows.pairOf(min(ip.source, ip.destination), max(ip.source, ip.destination), protocol);
    let flow: IpFlow | null = null;
    if (ip.isFirstFragment) {
      let ports = load<u32>(transport);
      // Between a host and itself the ports tell the directions.
      if (ip.source == ip.destination && <i32>((ports << 16) - ports) < 0) paint ^= 1;
      if (paint & 1) ports = rotl<u32>(ports, 16);
      flow = this.flowOf(pair, ports, (paint & 1) != 0, p);
      if (flow.reversed) paint ^= 1;
    }
    p.setAnno32(AGGREGATE_ANNO, flow ? flow.aggregate : 0);
    p.paint = paint;
    if ((this.holdsFragments && ip.isFragment) || pair.firstFragment) return this.hold(p, pair);
    if (!flow) {
      this.flows.dropIfEmpty(pair);
      return REFUSE;
    }
    this.second = secondOf(p.timestamp);
    this.note(p, ip, flow);
    return EMIT;
  }

  private setTime(p: Packet): void {
    p.timestamp = <i64>now();
    if (this.hasWarned) return;
    this.hasWarned = true;
    const text = consoleText().bytes(this.label.start, this.label.length);
    text.put(" :: AggregateIPFlows: warning: packet received without timestamp").newline().toConsole();
  }

  /** The header whose flow counts: the packet's own, or with ICMP that which an error quotes. @returns 0 when there is none */
  private relevantHeader(p: Packet): usize {
    const ip = ip4(p);
    if (ip.protocol != IP_PROTO_ICMP || !ip.isFirstFragment || !this.handlesIcmp) return p.networkHeader;
    const room = transportBytes(p);
    if (room < ICMP_HEADER + IP4_HEADER || !isIcmpErrorType(icmp(p).type)) return 0;
    const quoted = changetype<Ip4Header>(p.transportHeader + ICMP_HEADER);
    return quoted.headerLength >= IP4_HEADER && room >= ICMP_HEADER + quoted.headerLength ? quoted.address : 0;
  }

  /** The header of a packet that was found good before. */
  @inline
  private knownHeader(p: Packet): Ip4Header {
    return ip4(p).protocol == IP_PROTO_ICMP ? changetype<Ip4Header>(p.transportHeader + ICMP_HEADER) : ip4(p);
  }

  /** The flow of these ports; a new one when there is none, or the old one has ended. */
  private flowOf(pair: HostPair, ports: u32, reversed: bool, p: Packet): IpFlow {
    let flow = this.flows.find(pair, ports);
    if (flow && !this.hasEnded(flow, pair, p)) return flow;
    if (flow) this.describe(flow);
    else {
      if (this.flows.isFull) this.forget(this.flows.victim(), pair);
      flow = this.flows.add(pair, ports);
    }
    flow.aggregate = this.nextAggregate++;
    flow.reversed = reversed;
    flow.over = 0;
    flow.packets = 0;
    flow.replies = 0;
    flow.firstTime = p.timestamp;
    flow.lastTime = p.timestamp;
    return flow;
  }

  private hasEnded(flow: IpFlow, pair: HostPair, p: Packet): bool {
    const age = secondOf(p.timestamp) - secondOf(flow.lastTime);
    if (age > <i32>this.timeoutOf(flow, pair)) return true;
    return flow.over == FLOW_OVER && ip4(p).protocol == IP_PROTO_TCP && (flagsOf(p) & TCP_SYN) != 0;
  }

  private timeoutOf(flow: IpFlow, pair: HostPair): u32 {
    if (pair.protocol != IP_PROTO_TCP) return this.udpTimeout;
    return flow.over == FLOW_OVER ? this.tcpDoneTimeout : this.tcpTimeout;
  }

  /** Notes a packet that goes out. */
  private note(p: Packet, ip: Ip4Header, flow: IpFlow): void {
    flow.lastTime = p.timestamp;
    if (p.paint >= ICMP_PAINT) return;
    if (p.paint) flow.replies++;
    else flow.packets++;
    if (ip.protocol != IP_PROTO_TCP || !ip.isFirstFragment || transportBytes(p) < TCP_THROUGH_FLAGS) return;
    const flags = tcp(p).flags;
    if (flags & TCP_RST) flow.over = FLOW_OVER;
    else if (flags & TCP_FIN) flow.over |= 1 << p.paint;
    else if (flags & TCP_SYN) flow.over = 0;
  }

  /** A packet waits. */
  private hold(p: Packet, pair: HostPair): i32 {
    while (this.waiting >= FRAGMENT_LIMIT && pair.firstFragment) this.emitFirst(pair);
    if (this.waiting >= FRAGMENT_LIMIT) {
      this.flows.dropIfEmpty(pair);
      return REFUSE;
    }
    p.next = null;
    if (pair.firstFragment) changetype<Packet>(pair.lastFragment).next = p;
    else pair.firstFragment = changetype<usize>(p);
    pair.lastFragment = changetype<usize>(p);
    this.waiting++;
    this.second = secondOf(p.timestamp);
    this.emitReady(pair);
    return KEPT;
  }

  /** Lets those go on that have waited long enough, or that need not wait behind others any more. */
  private emitReady(pair: HostPair): void {
    const limit = this.second - <i32>this.fragmentTimeout;
    while (pair.firstFragment) {
      const p = changetype<Packet>(pair.firstFragment);
      if (secondOf(p.timestamp) >= limit && this.knownHeader(p).isFragment) return;
      this.emitFirst(pair);
    }
  }

  /** Lets the first packet that waits go on, numbered like another fragment of its packet; without one it is dropped. */
  private emitFirst(pair: HostPair): void {
    const p = changetype<Packet>(pair.firstFragment);
    const following = changetype<usize>(p.next);
    pair.firstFragment = following;
    this.waiting--;
    const ip = this.knownHeader(p);
    const identification = ip.identificationBE;
    let aggregate = p.anno32(AGGREGATE_ANNO);
    for (let at = following; at; at = changetype<usize>(changetype<Packet>(at).next)) {
      const other = changetype<Packet>(at);
      if (this.knownHeader(other).identificationBE != identification) continue;
      if (aggregate) {
        other.setAnno32(AGGREGATE_ANNO, aggregate);
        other.paint = p.paint;
      } else if (other.anno32(AGGREGATE_ANNO)) {
        p.setAnno32(AGGREGATE_ANNO, other.anno32(AGGREGATE_ANNO));
        p.paint = other.paint;
        break;
      }
    }
    aggregate = p.anno32(AGGREGATE_ANNO);
    const flow = aggregate ? this.flows.findAggregate(pair, aggregate) : null;
    if (!flow) {
      kill(p);
      return;
    }
    this.note(p, ip, flow);
    this.emit(0, p);
  }

  private reap(): void {
    if (this.reapSecond) this.removeEnded();
    this.reapSecond = this.second + <i32>this.reapInterval;
  }

  /** Lets old fragments go on, and forgets flows that have ended. */
  private removeEnded(): void {
    let number: u32 = 0;
    for (let pair = this.flows.pairNumbered(0); pair; pair = this.flows.pairNumbered(++number)) {
      if (!pair.isUsed) continue;
      this.emitReady(pair);
      if (pair.firstFragment) continue;
      for (let at = pair.flows; at; ) {
        const flow = changetype<IpFlow>(at);
        at = flow.next;
        const limit = this.second - <i32>this.timeoutOf(flow, pair);
        if (secondOf(flow.lastTime) - limit < 0) this.forget(flow, null);
      }
      this.flows.dropIfEmpty(pair);
    }
  }

  /** @param busy  a pair that stays, even without flows */
  private forget(flow: IpFlow, busy: HostPair | null): void {
    this.describe(flow);
    const pair = changetype<HostPair>(flow.pair);
    this.flows.remove(flow);
    if (busy && pair != busy) this.flows.dropIfEmpty(pair);
  }

  /** Tells the host about a flow that has ended. */
  private describe(flow: IpFlow): void {
    if (this.trace == 0) return;
    const stream = changetype<Stream>(this.trace);
    if (stream.writable < offsetof<IpFlow>() + offsetof<HostPair>()) {
      stream.lost++;
      yieldToHost();
      return;
    }
    stream.write(changetype<usize>(flow), offsetof<IpFlow>());
    stream.write(flow.pair, offsetof<HostPair>());
  }

  /** Describes the flows that there are, from a number on, as many as find room. @returns the number to go on with; -1 at the end */
  @method
  describeFrom(number: i32): i32 {
    const stream = changetype<Stream>(this.trace);
    for (let flow = this.flows.flowNumbered(number); flow; flow = this.flows.flowNumbered(++number)) {
      if (stream.writable < offsetof<IpFlow>() + offsetof<HostPair>()) return number;
      if (flow.aggregate) this.describe(flow);
    }
    return -1;
  }

  /** Forgets all flows, and lets all packets go on that wait. */
  @write("clear")
  clear(): void {
    const second = this.second;
    this.second = LAST_SECOND;
    this.removeEnded();
    this.second = second;
  }

  packetsHeld(): u32 {
    return FRAGMENT_LIMIT;
  }

  cleanup(): void {
    let number: u32 = 0;
    for (let pair = this.flows.pairNumbered(0); pair; pair = this.flows.pairNumbered(++number)) {
      if (!pair.isUsed) continue;
      while (pair.firstFragment) {
        const p = changetype<Packet>(pair.firstFragment);
        pair.firstFragment = changetype<usize>(p.next);
        kill(p);
      }
    }
    this.flows.free();
  }
}

@inline
function secondOf(time: i64): i32 {
  return <i32>(time / SECOND);
}

@inline
function flagsOf(p: Packet): u8 {
  return transportBytes(p) >= TCP_THROUGH_FLAGS ? tcp(p).flags : 0;
}
