import { MICROSECOND, now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { Signal } from "../kernel/notifier";
import { EXTRA_LENGTH_ANNO, kill, Packet } from "../kernel/packet";
import { Task } from "../kernel/task";
import { Text } from "../kernel/text";
import { Timer } from "../kernel/timer";
import { timerTakes } from "./delay";

/** A packet of n bytes takes n * 10^6 microseconds / bandwidth; Click counts both in hundreds, in 32 bits. */
const HUNDREDS_OF_MICROSECONDS_PER_SECOND: u32 = 10_000;

/**
 * Pulls packets, and pushes them on as a link with a bandwidth and a latency would.
 *
 * Packets follow each other at the distance that their lengths (with the extra length annotation) take at the bandwidth, and each
 * arrives so much later as the latency says. The timestamp annotation becomes the time of arrival.
 *
 * @input  0  packets, pulled
 * @output 0  the same packets, pushed later
 * @note   Differs from Click: it holds no more packets than fit on a link that carries 60-byte packets, at most 65536.
 * @see DelayUnqueue, BandwidthRatedUnqueue
 */
@element("1/1", "l/h")
export class LinkUnqueue extends Element {
  /** How long a bit travels. */
  @arg("LATENCY timestamp positional required") @handler("r.", "latency", "interval") latency: i64 = 0;
  /** Bytes a second. */
  @arg("BANDWIDTH bandwidth positional required") configuredBandwidth: u32 = 0;

  /** Hundreds of bytes a second. */
  private hundreds: u32 = 1;
  /** Packets on the link, by time of arrival: addresses of first and last (0 = none), and how many. */
  private first: usize = 0;
  private last: usize = 0;
  /** Packets on the link. */
  @handler("r", "size") count: u32 = 0;
  /** Packets that it may hold. */
  @constant private room: u32 = 0;
  /** Whether the last packet left no gap behind it. */
  private backToBack: bool = false;

  @listens("input 0") signal: Signal = changetype<Signal>(0);
  task: Task = new Task(this);
  timer: Timer = new Timer(this);

  initialize(): void {
    this.hundreds = this.configuredBandwidth / 100;
    this.room = this.packetsHeld();
    this.task.reschedule();
  }

  onTimer(timer: Timer): void {
    this.task.reschedule();
  }

  runTask(): bool {
    const time = <i64>now();
    const pulled = this.load(time + this.latency);
    const pushed = this.deliver(time);
    this.scheduleNext(time);
    return pulled || pushed;
  }

  /** Puts packets on the link as long as its start is free; `arrival` is when a bit that leaves now arrives. */
  private load(arrival: i64): bool {
    let pulled = false;
    while (this.last == 0 || changetype<Packet>(this.last).timestamp <= arrival) {
      if (this.count >= this.room) break;
      const p = this.fetch(0);
      if (!p) {
        this.backToBack = false;
        break;
      }
      const follows = this.last != 0 && this.backToBack;
      this.append(p, follows ? changetype<Packet>(this.last).timestamp : arrival);
      this.backToBack = true;
      pulled = true;
    }
    return pulled;
  }

  private append(p: Packet, start: i64): void {
    const microseconds = ((p.length + p.anno32(EXTRA_LENGTH_ANNO)) * HUNDREDS_OF_MICROSECONDS_PER_SECOND) / this.hundreds;
    p.timestamp = start + <i64>microseconds * <i64>MICROSECOND;
    p.next = null;
    if (this.last) changetype<Packet>(this.last).next = p;
    else this.first = changetype<usize>(p);
    this.last = changetype<usize>(p);
    this.count++;
  }

  /** Pushes the packets that have arrived. */
  private deliver(time: i64): bool {
    let pushed = false;
    while (this.first && changetype<Packet>(this.first).timestamp <= time) {
      this.emit(0, this.removeFirst());
      pushed = true;
    }
    return pushed;
  }

  private removeFirst(): Packet {
    const p = changetype<Packet>(this.first);
    this.first = changetype<usize>(p.next);
    if (this.first == 0) this.last = 0;
    this.count--;
    return p;
  }

  /** Runs again when the next packet arrives, or the start of the link is free. */
  private scheduleNext(time: i64): void {
    if (this.first == 0) {
      if (this.signal.active) this.task.reschedule();
      return;
    }
    let next = changetype<Packet>(this.first).timestamp;
    if (this.signal.active) next = min(next, changetype<Packet>(this.last).timestamp - this.latency);
    if (!timerTakes(this.timer, next, time)) this.task.reschedule();
  }

  @read("bandwidth", ".")
  readBandwidth(out: Text): void {
    out.unsigned(this.hundreds * 100);
  }

  @write("latency", "timestamp", "", "latency must be a timestamp")
  setLatency(latency: i64): void {
    this.latency = latency;
    this.reset();
  }

  @method
  setBandwidth(bandwidth: u32): void {
    this.hundreds = bandwidth / 100;
    this.reset();
  }

  /** Drops the packets on the link. */
  @write("reset", "", "b")
  reset(): void {
    this.cleanup();
    this.timer.unschedule();
    this.task.reschedule();
  }

  packetsHeld(): u32 {
    const bytes = <f64>this.configuredBandwidth * <f64>this.latency / 1e9;
    return <u32>min<f64>(bytes / 60 + 2, 65536);
  }

  cleanup(): void {
    while (this.first) kill(this.removeFirst());
  }
}
