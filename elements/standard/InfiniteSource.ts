import { Element } from "../kernel/element";
import { makePacket } from "../kernel/packet";
import { stopDriver } from "../kernel/state";
import { Task } from "../kernel/task";

/** Draft. */
@element("0/1", "a")
export class InfiniteSource extends Element {
  @arg("LIMIT i32 positional") limit: i32 = -1;
  @handler("r") count: u64 = 0;
  task: Task = new Task(this);

  initialize(): void {
    this.task.reschedule();
  }

  runTask(): bool {
    if (this.limit >= 0 && this.count >= <u64>this.limit) {
      stopDriver();
      return false;
    }
    const p = makePacket(60);
    if (!p) return false;
    this.count++;
    this.emit(0, p);
    this.task.reschedule();
    return true;
  }
}
