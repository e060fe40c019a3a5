/** What TimedUnqueue and Burster share: a burst of pulls, and then a timer until the next one. */
import { MILLISECOND } from "../kernel/clock";
import { Element } from "../kernel/element";
import { Signal } from "../kernel/notifier";
import { Task } from "../kernel/task";
import { Timer } from "../kernel/timer";

export abstract class TimedPuller extends Element {
  /** Milliseconds between two bursts. */
  @arg("INTERVAL seconds(3) positional required") interval: u32 = 0;

  @listens("input 0") signal: Signal = changetype<Signal>(0);
  task: Task = new Task(this);
  /** The task has no handlers. */
  @constant taskUsed: bool = false;
  timer: Timer = new Timer(this);

  initialize(): void {
    this.task.reschedule();
  }

  onTimer(timer: Timer): void {
    this.task.reschedule();
  }

  /** One run of the task. A queue that gets packets wakes it before its time: then it does nothing. */
  protected pullBurst(burst: i32): bool {
    if (this.timer.scheduled) return false;
    for (let pulled = 0; pulled < burst; pulled++) {
      const p = this.fetch(0);
      if (!p) {
        if (pulled == 0 && !this.signal.active) {
          this.timer.expiry = 0;
          return false;
        }
        break;
      }
      this.emit(0, p);
    }
    const interval = <u64>this.interval * MILLISECOND;
    if (this.timer.expiry) this.timer.rescheduleAfter(interval);
    else this.timer.scheduleAfter(interval);
    return true;
  }
}
