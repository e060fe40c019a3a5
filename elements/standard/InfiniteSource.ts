import { Bytes } from "../kernel/bytes";
import { callHandler } from "../kernel/calls";
import { now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { Notifier, Signal } from "../kernel/notifier";
import { maximumLength, Packet } from "../kernel/packet";
import { kernel, stopDriver } from "../kernel/state";
import { Task } from "../kernel/task";
import { Template } from "./template";

/**
 * Makes packets as fast as it is scheduled, or as they are pulled.
 *
 * Every packet has the same bytes. With a push output it sleeps while every queue downstream is full; with a pull output, those who
 * pull sleep once the limit is reached. When configured anew it starts counting again.
 *
 * @output 0  the packets
 * @note   Differs from Click: the handler that END_CALL names is called after the task that found the limit reached.
 * @see RatedSource, TimedSource, Idle
 */
@element(
  "0/1",
  "a/a",
  "x/x",
  "END_CALL handler(write): write handler to call when LIMIT packets were made; excludes STOP",
)
export class InfiniteSource extends Element {
  /** Bytes of each packet. */
  @arg("DATA string positional") @handler("r%.") data: Bytes = changetype<Bytes>(0);
  /** Packets to make; negative = no end. */
  @arg("LIMIT i64 positional") @handler("r.") limit: i64 = -1;
  /** Packets to make each time it is scheduled. */
  @arg("BURST i32 positional") @handler("r.") @handler("r.D", "burstsize") burst: i32 = 1;
  /** Whether to make packets. */
  @arg("ACTIVE bool positional") @handler("rc") active: bool = true;
  /** Whether packets carry the time at which they were made. */
  @arg("TIMESTAMP bool") timestamp: bool = true;
  /** Length of each packet: DATA is cut or repeated; negative = as long as DATA. */
  @arg("LENGTH i32") @arg("DATASIZE i32") @handler("r.", "length") @handler("r.D", "datasize") dataSize: i32 = -1;
  /** Whether to stop the driver when LIMIT packets were made. */
  @arg("STOP bool") stop: bool = false;

  /** Packets made since the last reset. */
  @handler("r") count: u64 = 0;

  /** The handler call of END_CALL; 0 = none. */
  endCall: u32 = 0;

  @notifies("output") notifier: Notifier = new Notifier();
  @listens("output 0") nonfull: Signal = changetype<Signal>(0);
  task: Task = new Task(this);
  /** Whether the handlers of the task exist. */
  @constant taskUsed: bool = true;
  @constant private template: Template = new Template();

  initialize(): void {
    this.template.assign(this.data, this.dataSize);
    this.taskUsed = (this.pullOutputs & 1) == 0;
    if (this.taskUsed) this.task.reschedule();
  }

  runTask(): bool {
    if (!this.active || !this.nonfull.active) return false;
    const wanted = this.allowed(<u64>this.burst);
    let made: u64 = 0;
    while (made < wanted && !kernel.yieldRequested) {
      const p = this.template.make();
      if (!p) break;
      if (this.timestamp) p.timestamp = now();
      made++;
      this.emit(0, p);
    }
    this.count += made;
    if (wanted) this.task.reschedule();
    else if (this.limitReached) this.end();
    return made != 0;
  }

  pull(port: i32): Packet | null {
    if (!this.active) {
      this.notifier.sleep();
      return null;
    }
    if (this.limitReached) {
      this.end();
      this.notifier.sleep();
      return null;
    }
    const p = this.template.make();
    if (!p) return null;
    this.count++;
    if (this.timestamp) p.timestamp = now();
    return p;
  }

  private get limitReached(): bool {
    return this.limit >= 0 && this.count >= <u64>this.limit;
  }

  /** How many of `n` more packets the limit allows. */
  @inline
  private allowed(n: u64): u64 {
    const limit = this.limit;
    if (limit < 0 || this.count + n < <u64>limit) return n;
    return this.count > <u64>limit ? 0 : <u64>limit - this.count;
  }

  private end(): void {
    if (this.stop) stopDriver();
    else callHandler(this.endCall);
  }

  /** Goes on after a change, if there is a reason to. */
  private resume(): void {
    if (!this.active || this.limitReached) return;
    if (this.taskUsed) this.task.reschedule();
    else this.notifier.wake();
  }

  /** Makes packets from changed data. */
  @method
  changeData(): void {
    this.template.assign(this.data, this.dataSize);
    this.resume();
  }

  @write("limit", "i32", "", "limit parameter must be integer")
  setLimit(limit: i32): void {
    this.limit = limit;
    this.resume();
  }

  @method
  setBurst(burst: i32): void {
    this.burst = burst;
    this.resume();
  }

  @write("active", "bool", "c", "active parameter must be boolean")
  setActive(active: bool): void {
    this.active = active;
    this.resume();
  }

  @method
  changeLength(length: i32): void {
    this.dataSize = length;
    this.changeData();
  }

  /** Length of the longest packet that fits a buffer. */
  @method
  longestPossible(): u32 {
    return maximumLength();
  }

  /** Counts from zero again. */
  @write("reset", "", "b")
  reset(): void {
    this.count = 0;
    this.resume();
  }

  /** Takes over new arguments. */
  @method
  restart(): void {
    this.count = 0;
    this.template.assign(this.data, this.dataSize);
  }

  takeState(old: InfiniteSource): void {
    this.count = old.count;
  }
}
