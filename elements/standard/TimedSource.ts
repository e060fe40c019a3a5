import { Bytes } from "../kernel/bytes";
import { now, recentNow } from "../kernel/clock";
import { Element } from "../kernel/element";
import { maximumLength } from "../kernel/packet";
import { stopDriver } from "../kernel/state";
import { Timer } from "../kernel/timer";
import { Template } from "./template";

/**
 * Makes one packet in each interval, all with the same bytes.
 *
 * @output 0  the packets
 * @see InfiniteSource, RatedSource
 */
@element("0/1", "h/h")
export class TimedSource extends Element {
  /** Time between two packets. */
  @arg("INTERVAL timestamp positional") @handler("r.", "interval", "interval") interval: u64 = 500_000_000;
  /** Bytes of each packet. */
  @arg("DATA string positional") @handler("r%.") data: Bytes = changetype<Bytes>(0);
  /** Packets to make; negative = no end. */
  @arg("LIMIT i32") @handler("rw.") limit: i32 = -1;
  /** Whether to make packets. */
  @arg("ACTIVE bool") @handler("r.c") active: bool = true;
  /** Whether to stop the driver an interval after the last packet. */
  @arg("STOP bool") stop: bool = false;
  /** Bytes of room in front of each packet's data. */
  @arg("HEADROOM u32") @handler("r.") headroom: u32 = 28;

  /** Packets made since the last reset. */
  @handler("r") count: i32 = 0;

  timer: Timer = new Timer(this);
  @constant private template: Template = new Template();

  initialize(): void {
    this.template.assign(this.data, -1);
    if (this.active) this.timer.scheduleAfter(this.interval);
  }

  onTimer(timer: Timer): void {
    if (!this.active) return;
    if (this.limit < 0 || this.count < this.limit) {
      const p = this.template.makeWithHeadroom(this.headroom);
      if (p) {
        p.timestamp = now();
        this.emit(0, p);
        this.count++;
      }
      timer.rescheduleAfter(this.interval);
    } else if (this.stop) stopDriver();
  }

  private resume(): void {
    if (this.active && !this.timer.scheduled) this.timer.scheduleAt(recentNow());
  }

  @write("active", "bool", "c", "bad active")
  setActive(active: bool): void {
    this.active = active;
    this.resume();
  }

  @write("headroom", "u32", "", "bad headroom")
  setHeadroom(headroom: u32): void {
    this.headroom = headroom;
  }

  /** Counts from zero again. */
  @write("reset", "", "b")
  reset(): void {
    this.count = 0;
    this.resume();
  }

  @method
  setInterval(interval: u64): void {
    this.interval = interval;
  }

  /** Makes packets from changed data. */
  @method
  changeData(): void {
    this.template.assign(this.data, -1);
  }

  /** Length of the longest packet that fits a buffer. */
  @method
  longestPossible(): u32 {
    return maximumLength();
  }

  takeState(old: TimedSource): void {
    this.count = old.count;
  }
}
