/** Turns of a task that goes on while nobody else has one: it saves the schedule's bookkeeping between packets. */
import { kernel } from "../kernel/state";
import { Task } from "../kernel/task";

/**
 * Whether one more packet in this run of a task makes no difference to anybody: no other task is scheduled (both neighbours in the ring are its
 * sentinel), the host is not asked for, and time is not counted in queries.
 */
@inline
export function mayGoOn(task: Task): bool {
  return task.next == task.previous && !kernel.yieldRequested && !kernel.simulated;
}
