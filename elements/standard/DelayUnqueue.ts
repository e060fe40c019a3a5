import { now } from "../kernel/clock";
import { Signal } from "../kernel/notifier";
import { Packet } from "../kernel/packet";
import { kernel } from "../kernel/state";
import { Task } from "../kernel/task";
import { Timer } from "../kernel/timer";
import { Delaying, timerTakes } from "./delay";

/**
 * Pulls packets, holds each for a time, and pushes them on.
 *
 * The time counts from the packet's timestamp annotation, or from when it was pulled if it has none; the annotation becomes the time
 * at which it is to go.
 *
 * @input  0  packets, pulled
 * @output 0  the same packets, pushed later
 * @see DelayShaper, LinkUnqueue, Unqueue
 */
@element("1/1", "l/h")
export class DelayUnqueue extends Delaying {
  /** How long packets are held. */
  @arg("DELAY timestamp positional required") @handler("rw", "delay", "interval") delay: i64 = 0;

  @listens("input 0") signal: Signal = changetype<Signal>(0);
  task: Task = new Task(this);
  timer: Timer = new Timer(this);

  initialize(): void {
    this.task.reschedule();
  }

  runTask(): bool {
    let worked = false;
    while (this.awaitPacket(this.delay)) {
      const p = changetype<Packet>(this.waiting);
      const time = <i64>now();
      if (p.timestamp > time) {
        if (timerTakes(this.timer, p.timestamp, time)) return false;
        this.task.reschedule();
        return worked;
      }
      this.waiting = 0;
      this.emit(0, p);
      worked = true;
      if (kernel.yieldRequested) {
        this.task.reschedule();
        return true;
      }
    }
    if (!this.signal.active) return false;
    this.task.reschedule();
    return worked;
  }

  onTimer(timer: Timer): void {
    this.task.reschedule();
  }

  takeState(old: DelayUnqueue): void {
    this.takeWaiting(old);
  }
}
