import { Element } from "../kernel/element";
import { Signal } from "../kernel/notifier";
import { kill, Packet } from "../kernel/packet";
import { kernel } from "../kernel/state";
import { Task } from "../kernel/task";
import { Text } from "../kernel/text";

/**
 * Throws packets away, and counts them.
 *
 * With a pull input it pulls as often as it is scheduled, and sleeps while nothing upstream has packets.
 *
 * @input  0  packets to throw away
 * @see Idle, Unqueue
 */
@element("1/0", "a/a")
export class Discard extends Element {
  /** Whether to pull. Only for pull inputs. */
  @arg("ACTIVE bool") active: bool = true;
  /** Packets to pull each time it is scheduled, at most; 0 = as many as there are. */
  @arg("BURST u32") burst: u32 = 1;

  /** Packets thrown away. */
  @handler("r") count: u64 = 0;

  @listens("input 0") signal: Signal = changetype<Signal>(0);
  task: Task = new Task(this);
  /** Whether the handlers of the task exist. */
  @constant taskUsed: bool = true;

  initialize(): void {
    if (this.burst == 0) this.burst = u32.MAX_VALUE;
    this.taskUsed = (this.pullInputs & 1) != 0;
    if (this.active && this.taskUsed) this.task.reschedule();
  }

  push(port: i32, p: Packet): void {
    this.count++;
    kill(p);
  }

  runTask(): bool {
    let left = this.burst;
    do {
      const p = this.fetch(0);
      if (!p) break;
      kill(p);
      left--;
    } while (left && !kernel.yieldRequested);
    const taken = this.burst - left;
    this.count += taken;
    if (this.active && (taken != 0 || this.signal.active)) this.task.reschedule();
    return taken != 0;
  }

  /** Whether it pulls. */
  @read("active", "c", "taskUsed")
  readActive(out: Text): void {
    out.put(this.active ? "true" : "false");
  }

  @write("active", "bool", "c", "syntax error")
  setActive(active: bool): void {
    this.active = active;
    if (active) this.task.reschedule();
    else this.task.unschedule();
  }

  /** Sets the count to zero. */
  @write("reset_counts", "", "b")
  resetCounts(): void {
    this.count = 0;
  }
}
