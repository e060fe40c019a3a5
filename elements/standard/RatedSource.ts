import { Bytes } from "../kernel/bytes";
import { now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { maximumLength, Packet } from "../kernel/packet";
import { stopDriver } from "../kernel/state";
import { Task } from "../kernel/task";
import { Text } from "../kernel/text";
import { Timer } from "../kernel/timer";
import { Template } from "./template";
import { TokenBucket } from "./tokenBucket";

/**
 * Makes packets at a given rate, all with the same bytes.
 *
 * The rate is an average: a token bucket that holds 10 ms of packets (two at least) lets it catch up. With a pull output it gives a
 * packet to each pull that comes when one is due.
 *
 * @output 0  the packets
 * @see InfiniteSource, TimedSource, RatedUnqueue
 */
@element("0/1", "a/a")
export class RatedSource extends Element {
  /** Bytes of each packet. */
  @arg("DATA string positional") @handler("r%.") data: Bytes = changetype<Bytes>(0);
  /** Packets a second. */
  @arg("RATE u32 positional") packetRate: u32 = 10;
  /** Packets to make; negative = no end. */
  @arg("LIMIT i32 positional") limit: i32 = -1;
  /** Whether to make packets. */
  @arg("ACTIVE bool positional") @handler("rc") active: bool = true;
  /** Length of each packet: DATA is cut or repeated; negative = as long as DATA. */
  @arg("LENGTH i32") @arg("DATASIZE i32") @handler("r", "length") @handler("rD", "datasize") dataSize: i32 = -1;
  /** Whether to stop the driver when LIMIT packets were made. */
  @arg("STOP bool") stop: bool = false;
  /** Bytes a second, instead of RATE. */
  @arg("BANDWIDTH bandwidth") bandwidth: u32 = 0;

  /** Packets made since the last reset. */
  @handler("r") count: u32 = 0;

  task: Task = new Task(this);
  /** Whether the handlers of the task exist. */
  @constant taskUsed: bool = true;
  timer: Timer = new Timer(this);
  @constant private template: Template = new Template();
  @constant private bucket: TokenBucket = new TokenBucket();

  initialize(): void {
    this.template.assign(this.data, this.dataSize);
    let rate = this.packetRate;
    if (this.bandwidth > 0) rate = this.bandwidth / max<u32>(this.template.length, 1);
    let burst = burstOf(rate);
    if (this.bandwidth > 0) burst = <u32>max<i64>(burst, 2 * <i64>this.dataSize);
    this.bucket.assign(rate, burst);
    this.bucket.set(1);
    this.taskUsed = (this.pullOutputs & 1) == 0;
    if (this.taskUsed) this.task.reschedule();
  }

  runTask(): bool {
    if (!this.active || this.limitReached()) return false;
    this.bucket.refill();
    if (!this.bucket.contains(1)) {
      this.timer.scheduleAfter(this.bucket.timeUntilContains(1));
      return false;
    }
    const p = this.next();
    if (p) this.emit(0, p);
    this.task.reschedule();
    return true;
  }

  pull(port: i32): Packet | null {
    if (!this.active || this.limitReached()) return null;
    this.bucket.refill();
    return this.bucket.contains(1) ? this.next() : null;
  }

  onTimer(timer: Timer): void {
    this.task.reschedule();
  }

  private limitReached(): bool {
    if (this.limit < 0 || this.count < <u32>this.limit) return false;
    if (this.stop) stopDriver();
    return true;
  }

  private next(): Packet | null {
    const p = this.template.make();
    if (!p) return null;
    this.bucket.remove(1);
    p.timestamp = now();
    this.count++;
    return p;
  }

  /** Packets a second. */
  @read("rate")
  readRate(out: Text): void {
    out.unsigned(this.bucket.rate);
  }

  @write("rate", "u32", "", "syntax error")
  writeRate(rate: u32): void {
    this.bucket.assignKeepingTokens(rate, burstOf(rate));
  }

  /** Packets to make; -1 = no end. */
  @read("limit", ".")
  readLimit(out: Text): void {
    out.signed(max(this.limit, -1));
  }

  @write("limit", "i32", "", "syntax error")
  writeLimit(limit: i32): void {
    this.limit = limit;
  }

  @write("active", "bool", "c", "syntax error")
  writeActive(active: bool): void {
    this.active = active;
    if (!active || !this.taskUsed || this.task.scheduled) return;
    this.bucket.set(1);
    this.task.reschedule();
  }

  /** Counts from zero again. */
  @write("reset", "", "b")
  reset(): void {
    this.count = 0;
    this.bucket.set(1);
    if (this.active && this.taskUsed) this.task.reschedule();
  }

  @method
  changeLength(length: i32): void {
    this.dataSize = length;
    this.template.assign(this.data, length);
  }

  /** Length of the longest packet that fits a buffer. */
  @method
  longestPossible(): u32 {
    return maximumLength();
  }

  /** Makes packets from changed data, whatever LENGTH says. */
  @method
  changeData(): void {
    this.template.assign(this.data, -1);
  }

  takeState(old: RatedSource): void {
    this.count = old.count;
  }
}

/** Packets that may come at once: those of 10 ms, two at least. */
function burstOf(rate: u32): u32 {
  return rate < 200 ? 2 : rate / 100;
}
