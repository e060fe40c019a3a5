import { Element } from "../kernel/element";
import { kill } from "../kernel/packet";
import { Timer } from "../kernel/timer";

/**
 * Pulls one packet in each interval, and throws it away.
 *
 * @input  0  packets, pulled
 * @see TimedSource, TimedUnqueue, Discard
 */
@element("1/0", "l/l")
export class TimedSink extends Element {
  /** Time between two pulls. */
  @arg("INTERVAL timestamp positional") @handler("r.", "interval", "interval") interval: u64 = 500_000_000;

  timer: Timer = new Timer(this);

  initialize(): void {
    this.timer.scheduleAfter(this.interval);
  }

  onTimer(timer: Timer): void {
    const p = this.fetch(0);
    if (p) kill(p);
    timer.rescheduleAfter(this.interval);
  }

  @method
  setInterval(interval: u64): void {
    this.interval = interval;
  }
}
