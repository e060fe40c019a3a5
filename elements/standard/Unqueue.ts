import { Element } from "../kernel/element";
import { Signal } from "../kernel/notifier";
import { kernel } from "../kernel/state";
import { Task } from "../kernel/task";

/**
 * Pulls packets as often as it is scheduled, and pushes them on.
 *
 * It sleeps while nothing upstream has packets.
 *
 * @input  0  packets, pulled
 * @output 0  the same packets, pushed
 * @see Queue, RatedUnqueue, DelayUnqueue, Discard
 */
@element("1/1", "l/h")
export class Unqueue extends Element {
  /** Packets to pull each time it is scheduled, at most; negative = as many as there are. */
  @arg("BURST i32 positional") @handler("r") burst: i32 = 1;
  /** Whether to pull. */
  @arg("ACTIVE bool") @handler("rc") active: bool = true;
  /** Packets to pass on; negative = no end. */
  @arg("LIMIT i32") @handler("r") limit: i32 = -1;

  /** Packets passed on since the last reset. */
  @handler("r") count: u32 = 0;

  @listens("input 0") signal: Signal = changetype<Signal>(0);
  task: Task = new Task(this);

  initialize(): void {
    this.boundBurst();
    if (this.active) this.task.reschedule();
  }

  private boundBurst(): void {
    if (this.burst < 0) this.burst = i32.MAX_VALUE;
  }

  runTask(): bool {
    if (!this.active) return false;
    const allowed = this.allowed();
    if (allowed == 0 && this.limit >= 0) return false;
    let moved: u32 = 0;
    while (moved < allowed && this.active && !kernel.yieldRequested) {
      const p = this.fetch(0);
      if (!p) {
        if (!this.signal.active) return moved != 0;
        break;
      }
      moved++;
      this.count++;
      this.emit(0, p);
    }
    this.task.reschedule();
    return moved != 0;
  }

  /** Packets to move now, at most. */
  @inline
  private allowed(): u32 {
    const burst = <u32>this.burst;
    const limit = this.limit;
    if (limit < 0 || this.count + burst < <u32>limit) return burst;
    return this.count < <u32>limit ? <u32>limit - this.count : 0;
  }

  private resume(): void {
    if (this.active && (this.limit < 0 || this.count < <u32>this.limit)) this.task.reschedule();
  }

  @write("active", "bool", "c", "syntax error")
  setActive(active: bool): void {
    this.active = active;
    this.resume();
  }

  @write("burst", "i32", "", "syntax error")
  setBurst(burst: i32): void {
    this.burst = burst;
    this.boundBurst();
    this.resume();
  }

  @write("limit", "i32", "", "syntax error")
  setLimit(limit: i32): void {
    this.limit = limit;
    this.resume();
  }

  /** Counts from zero again. */
  @write("reset", "", "b")
  @write("reset_counts", "", "Ub")
  reset(): void {
    this.count = 0;
    this.resume();
  }

  takeState(old: Unqueue): void {
    this.count = old.count;
  }
}
