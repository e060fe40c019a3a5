import { Bytes } from "../kernel/bytes";
import { MICROSECOND, MILLISECOND, now, recentNow } from "../kernel/clock";
import { Element } from "../kernel/element";
import { kill, makePacket, Packet } from "../kernel/packet";
import { allocate, release, stopDriver } from "../kernel/state";
import { consoleText, Text } from "../kernel/text";
import { Timer } from "../kernel/timer";
import { checksum } from "../net/checksum";
import { icmp, ICMP_ECHO, ICMP_ECHO_REPLY, ICMP_HEADER } from "../net/icmp";
import { hasWholeIp4Header, ip4, IP4_HEADER, IP_PROTO_ICMP, transportBytes, writeIp4Header } from "../net/ip4";

const TIME_TO_LIVE: u8 = 200;
const HEADERS: u32 = IP4_HEADER + ICMP_HEADER;
/** Sequence numbers that there are. */
const SEQUENCES: usize = 65536;

/**
 * Sends ICMP echo requests ("pings"), and times the replies.
 *
 * Requests are made in regular intervals, or one for each pull. Sequence numbers count from 1. Replies to them may come in on
 * the input: they are reported on the console, counted and timed, as ping(8) does it; a summary is printed in the end. All other
 * packets that come in are dropped.
 *
 * @input  0  ICMP messages, network header set; may be left unconnected
 * @output 0  echo requests, network header set
 * @note   Differs from Click: when there is no packet buffer for a request, it is sent an interval later; Click sends none any more.
 * @see ICMPPingResponder, ICMPPingEncap
 */
@element("0-1/1", "h/a")
export class ICMPPingSource extends Element {
  /** Source address. */
  @arg("SRC IPAddress positional required") source: u32 = 0;
  /** Destination address. */
  @arg("DST IPAddress positional required") destination: u32 = 0;
  /** Milliseconds between two requests. */
  @arg("INTERVAL seconds(3)") interval: u32 = 1000;
  /** Identifier of the requests: its bytes in the packet are those of a little-endian number. */
  @arg("IDENTIFIER u16") identifier: u16 = 0;
  /** What follows the headers. */
  @arg("DATA string") data: Bytes = changetype<Bytes>(0);
  /** Requests to send; negative = no end. */
  @arg("LIMIT int") limit: i32 = -1;
  /** Whether to send. */
  @arg("ACTIVE bool") @handler("r", "active") active: bool = true;
  /** Report replies on the console. */
  @arg("VERBOSE bool") verbose: bool = true;
  /** Stop the driver an interval after the last request. */
  @arg("STOP bool") stop: bool = false;
  /** Turn each reply into the next request at once, whatever LIMIT says; not for pull outputs. */
  @arg("MIRROR bool") mirror: bool = false;

  /** Requests sent. */
  @handler("r") count: i32 = 0;
  /** NAME :: CLASS, for reports; set by the host. */
  @constant label: Bytes = changetype<Bytes>(0);
  /** Whether replies can come in. */
  @constant receiving: bool = false;
  timer: Timer = new Timer(this);

  /** When each request was sent, by sequence number: i64 nanoseconds, 0 = never, negative = answered. */
  @constant private sent: usize = 0;
  private received: u32 = 0;
  private duplicates: u32 = 0;
  /** Round trip times in microseconds. */
  private shortest: u32 = 0;
  private longest: u32 = 0;
  private sum: u64 = 0;
  private sumOfSquares: u64 = 0;

  initialize(): void {
    this.receiving = this.nInputs == 1;
    if (this.receiving) this.sent = allocate(SEQUENCES << 3);
    if (this.limit != 0) this.startTimer();
  }

  cleanup(): void {
    if (this.sent) release(this.sent, SEQUENCES << 3);
  }

  @inline
  private get isPulled(): bool {
    return (this.pullOutputs & 1) != 0;
  }

  private startTimer(): void {
    if (this.active && !this.timer.scheduled && !this.isPulled) this.timer.scheduleAfter(<u64>this.interval * MILLISECOND);
  }

  @inline
  private get mayMake(): bool {
    return this.limit < 0 || this.count < this.limit;
  }

  onTimer(timer: Timer): void {
    if (!this.mayMake) {
      if (this.stop) stopDriver();
      return;
    }
    const q = this.makeRequest();
    if (q) this.emit(0, q);
    this.timer.rescheduleAfter(<u64>this.interval * MILLISECOND);
  }

  pull(port: i32): Packet | null {
    if (this.mayMake) return this.makeRequest();
    if (this.stop) {
      this.stop = false;
      stopDriver();
    }
    return null;
  }

  push(port: i32, p: Packet): void {
    if (!this.isReply(p)) return kill(p);
    this.record(p);
    const front = p.networkHeader > p.data ? <u32>(p.networkHeader - p.data) : 0;
    if (!this.mirror || p.length < front + HEADERS) return kill(p);
    p.pull(front);
    this.fill(p);
    this.emit(0, p);
  }

  private makeRequest(): Packet | null {
    const there = changetype<usize>(this.data) ? this.data.length : 0;
    const q = makePacket(HEADERS + there);
    if (!q) return null;
    if (there) memory.copy(q.data + HEADERS, this.data.start, there);
    this.fill(q);
    return q;
  }

  /** Writes the headers of the next request in front of the data that is there. */
  private fill(q: Packet): void {
    const sequence = bswap<u16>(<u16>(<u32>this.count % 0xffff + 1));
    q.setNetworkHeader(q.data, IP4_HEADER);
    const ip = ip4(q);
    writeIp4Header(ip, IP4_HEADER, IP_PROTO_ICMP, TIME_TO_LIVE);
    ip.totalLength = q.length;
    ip.identificationBE = sequence;
    ip.source = this.source;
    ip.destination = this.destination;
    ip.setChecksum();
    const message = icmp(q);
    message.type = ICMP_ECHO;
    message.code = 0;
    message.checksum = 0;
    message.identifierBE = this.identifier;
    message.sequenceBE = sequence;
    message.checksum = checksum(message.address, q.length - IP4_HEADER);
    q.destinationAnno = this.destination;
    q.timestamp = now();
    if (this.sent) store<i64>(this.place(sequence), q.timestamp);
    this.count++;
  }

  @inline
  private place(sequence: u16): usize {
    return this.sent + (<usize>sequence << 3);
  }

  private isReply(p: Packet): bool {
    if (!hasWholeIp4Header(p) || ip4(p).protocol != IP_PROTO_ICMP || transportBytes(p) < ICMP_HEADER) return false;
    return icmp(p).type == ICMP_ECHO_REPLY && icmp(p).identifierBE == this.identifier;
  }

  private record(p: Packet): void {
    const place = this.place(icmp(p).sequenceBE);
    const entry = load<i64>(place);
    if (entry == 0) return;
    if (entry < 0) this.duplicates++;
    const sentAt = entry < 0 ? -entry : entry;
    const time = p.timestamp == 0 ? 0 : <u32>((p.timestamp - sentAt) / <i64>MICROSECOND);
    if (p.timestamp != 0) this.countTime(time);
    this.received++;
    store<i64>(place, -sentAt);
    if (this.verbose) this.reportReply(p, time);
  }

  private countTime(time: u32): void {
    if (time < this.shortest || this.received == 0) this.shortest = time;
    if (time > this.longest || this.received == 0) this.longest = time;
    this.sum += time;
    this.sumOfSquares += <u64>time * time;
  }

  private reportReply(p: Packet, time: u32): void {
    const ip = ip4(p);
    const out = consoleText().bytes(this.label.start, this.label.length).put(": ");
    out.signed(<i32>ip.totalLength - <i32>ip.headerLength - <i32>ICMP_HEADER).put(" bytes from ").ipAddress(ip.source);
    out.put(": icmp_seq=").unsigned(bswap<u16>(icmp(p).sequenceBE)).put(" ttl=").unsigned(ip.ttl);
    putMilliseconds(out.put(" time="), time).put(" ms").newline().toConsole();
  }

  private putCounts(out: Text): void {
    out.signed(this.count).put(" packets transmitted, ").unsigned(this.received - this.duplicates).put(" received");
    if (this.duplicates) out.put(", +").unsigned(this.duplicates).put(" duplicates");
    if (!this.count) return;
    const lost = this.count - <i32>this.received - <i32>this.duplicates;
    out.put(", ").signed(lost * 100 / this.count).put("% packet loss");
  }

  private putTimes(out: Text): void {
    const mean = this.sum / this.received;
    const deviation = <u64>sqrt<f64>(<f64>(this.sumOfSquares / this.received - mean * mean));
    putMilliseconds(out.put("rtt min/avg/max/mdev = "), this.shortest);
    putMilliseconds(out.byte(0x2f), mean);
    putMilliseconds(out.byte(0x2f), this.longest);
    putMilliseconds(out.byte(0x2f), deviation);
  }

  @write("active", "bool", "c", "type mismatch") setActive(active: bool): void {
    this.active = active;
    if (!active) this.timer.unschedule();
    else if (!this.timer.scheduled && !this.isPulled) this.timer.scheduleAt(recentNow());
  }

  /** Source address. */
  @read("src", ".") src(out: Text): void {
    out.ipAddress(this.source);
  }
  @write("src", "IPAddress", "", "syntax error") setSrc(address: u32): void {
    this.source = address;
  }

  /** Destination address. */
  @read("dst", ".") dst(out: Text): void {
    out.ipAddress(this.destination);
  }
  @write("dst", "IPAddress", "", "syntax error") setDst(address: u32): void {
    this.destination = address;
  }

  /** Requests to send; negative = no end. */
  @write("limit", "int", ".", "'limit' should be integer") setLimit(limit: i32): void {
    this.limit = limit;
    if (this.mayMake) this.startTimer();
  }

  /** Seconds between two requests. */
  @write("interval", "seconds(3)", "", "'interval' should be an interval") setInterval(interval: u32): void {
    this.interval = interval;
  }

  /** Forgets all that was counted and timed. */
  @write("reset_counts", "", "b") resetCounts(): void {
    this.count = 0;
    this.received = 0;
    this.duplicates = 0;
    this.shortest = 0;
    this.longest = 0;
    this.sum = 0;
    this.sumOfSquares = 0;
    if (this.sent) memory.fill(this.sent, 0, SEQUENCES << 3);
    if (this.count < this.limit) this.startTimer();
  }

  /** Counts and times, as ping(8) prints them. */
  @read("summary", "", "receiving") summary(out: Text): void {
    this.putCounts(out);
    if (this.count) out.newline();
    if (!this.received) return;
    this.putTimes(out);
    out.newline();
  }

  /** The shortest round trip time. */
  @read("rtt_min", "", "receiving") rttMin(out: Text): void {
    putInterval(out, this.shortest);
  }

  /** The mean round trip time. */
  @read("rtt_avg", "", "receiving") rttAvg(out: Text): void {
    putInterval(out, this.received ? this.sum / this.received : this.sum);
  }

  /** The longest round trip time. */
  @read("rtt_max", "", "receiving") rttMax(out: Text): void {
    putInterval(out, this.longest);
  }
}

function putMilliseconds(out: Text, microseconds: u64): Text {
  return out.unsigned(microseconds / 1000).byte(0x2e).padded(microseconds % 1000, 3);
}

/** Microseconds below a millisecond, otherwise seconds without zeros at the end. */
function putInterval(out: Text, microseconds: u64): void {
  if (microseconds > 0 && microseconds < 1000) {
    out.unsigned(microseconds).put("us");
    return;
  }
  out.unsigned(microseconds / 1_000_000);
  let fraction = microseconds % 1_000_000;
  let digits: u32 = 6;
  for (; digits > 0 && fraction % 10 == 0; digits--) fraction /= 10;
  if (digits) out.byte(0x2e).padded(fraction, digits);
  out.byte(0x73);
}
