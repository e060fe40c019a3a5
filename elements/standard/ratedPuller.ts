/** What RatedUnqueue and BandwidthRatedUnqueue share: a timer for the time in which the bucket is empty, and counts of what happened. */
import { Signal } from "../kernel/notifier";
import { Packet } from "../kernel/packet";
import { Task } from "../kernel/task";
import { Text } from "../kernel/text";
import { Timer } from "../kernel/timer";
import { Rated } from "./rated";

export abstract class RatedPuller extends Rated {
  /** Whether to pull. */
  @handler("rwc") active: bool = true;

  private runs: u32 = 0;
  private pushes: u32 = 0;
  private failedPulls: u32 = 0;
  private emptyRuns: u32 = 0;

  @listens("input 0") signal: Signal = changetype<Signal>(0);
  task: Task = new Task(this);
  timer: Timer = new Timer(this);

  initialize(): void {
    this.task.reschedule();
  }

  onTimer(timer: Timer): void {
    this.task.reschedule();
  }

  /**
   * Starts a run: whether to pull now. `needed` is what the bucket must contain; where it does not, the timer calls later.
   */
  protected ready(needed: u32): bool {
    this.runs++;
    if (!this.active) return false;
    this.bucket.refill();
    if (this.bucket.contains(needed)) return true;
    this.timer.scheduleAfter(this.bucket.timeUntilContains(needed));
    this.emptyRuns++;
    return false;
  }

  /** Ends a run that pulled `p`, or nothing. */
  protected passOn(p: Packet | null): bool {
    if (!p) {
      this.failedPulls++;
      if (!this.signal.active) return false;
      this.emptyRuns++;
      this.task.reschedule();
      return false;
    }
    this.pushes++;
    this.emit(0, p);
    this.task.reschedule();
    return true;
  }

  /** How often the task ran, and with which result. */
  @read("calls")
  readCalls(out: Text): void {
    out.unsigned(this.runs).put(" calls to run_task()\n");
    out.unsigned(this.emptyRuns).put(" empty runs\n");
    out.unsigned(this.pushes).put(" pushes\n");
    out.unsigned(this.failedPulls).put(" failed pulls\n");
  }
}
