import { Element } from "../kernel/element";
import { stopDriver } from "../kernel/state";
import { Task } from "../kernel/task";

/**
 * A task that does nothing as often as it is scheduled, to see what tasks cost.
 *
 * @see Idle
 */
@element("0/0", "a/a")
export class NullTask extends Element {
  /** Whether to stop the driver after LIMIT runs. */
  @arg("STOP bool") stop: bool = false;
  /** Runs; 0 = no end. */
  @arg("LIMIT u32") @handler("rw") limit: u32 = 0;
  /** Whether to run from the start on. */
  @arg("ACTIVE bool") active: bool = true;

  /** Runs since the last reset. */
  @handler("r") count: u32 = 0;

  task: Task = new Task(this);

  initialize(): void {
    if (this.active) this.task.reschedule();
  }

  runTask(): bool {
    this.count++;
    if (this.limit == 0 || this.count < this.limit) this.task.reschedule();
    else if (this.stop) stopDriver();
    return true;
  }

  /** Whether the task runs; written, it starts or stops. */
  @write("scheduled", "bool", "", "expected boolean")
  setScheduled(scheduled: bool): void {
    if (scheduled) this.task.reschedule();
    else this.task.unschedule();
  }

  /** Counts from zero again. */
  @write("reset")
  reset(): void {
    this.count = 0;
  }
}
