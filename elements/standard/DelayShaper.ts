import { now } from "../kernel/clock";
import { Notifier, Signal } from "../kernel/notifier";
import { Packet } from "../kernel/packet";
import { Timer } from "../kernel/timer";
import { Delaying, timerTakes } from "./delay";

/**
 * Holds each packet for a time before it can be pulled.
 *
 * The time counts from the packet's timestamp annotation, or from when it was pulled if it has none; the annotation becomes the time at
 * which it goes. Those who pull sleep meanwhile.
 *
 * @input  0  packets, pulled
 * @output 0  the same packets, pulled later
 * @see DelayUnqueue, Shaper
 */
@element("1/1", "l/l")
export class DelayShaper extends Delaying {
  /** How long packets are held. */
  @arg("DELAY timestamp positional required") @handler("r.", "delay", "interval") delay: i64 = 0;

  @notifies("output", "wake") notifier: Notifier = new Notifier();
  @listens("input 0") upstream: Signal = changetype<Signal>(0);
  timer: Timer = new Timer(this);

  pull(port: i32): Packet | null {
    if (!this.awaitPacket(this.delay)) {
      if (!this.upstream.active) this.notifier.sleep();
      return null;
    }
    const p = changetype<Packet>(this.waiting);
    const time = <i64>now();
    if (p.timestamp > time) {
      if (timerTakes(this.timer, p.timestamp, time)) this.notifier.sleep();
      else this.notifier.wake();
      return null;
    }
    this.waiting = 0;
    p.timestamp = time;
    return p;
  }

  onTimer(timer: Timer): void {
    this.notifier.wake();
  }

  @write("delay", "timestamp", "", "delay must be a timestamp")
  setDelay(delay: i64): void {
    this.delay = delay;
  }

  takeState(old: DelayShaper): void {
    this.takeWaiting(old);
  }
}
