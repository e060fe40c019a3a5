import { callHandler } from "../kernel/calls";
import { now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { kill, Packet } from "../kernel/packet";
import { stopDriver } from "../kernel/state";
import { Text } from "../kernel/text";

/**
 * Lets packets pass whose timestamps lie within a span of time.
 *
 * At the first packet that comes too late it may stop the driver, or call a handler. The handler may move the end (`extend_interval`), and
 * the packet then passes if it lies before the new one; should it still be too late, the handler is called again, as long as it moves the end on.
 *
 * @input  0  packets with timestamps
 * @output 0  those from START up to, but not at, the end
 * @output 1  the others; dropped where nothing is connected
 * @note   As in Click, writing `end` sets the length of the span, as its documentation says of `interval`; START_DELAY and END_DELAY are called
 *   START_AFTER_INIT and END_AFTER_INIT in messages.
 * @note   Differs from Click: when a packet is pulled through it, the handler is called after the task that pulled; it is judged by the end that holds before.
 * @see TimeRange, FromDump
 */
@reads("START END START_DELAY END_DELAY START_AFTER END_AFTER INTERVAL STOP END_CALL")
@element(
  "1/1-2",
  "a/ah",
  "x/x",
  "START timestamp positional: packets from this time on pass; default all",
  "END timestamp positional: packets before this time pass; default all",
  "START_DELAY timestamp: START, so many seconds after the router is initialized",
  "END_DELAY timestamp: END, so many seconds after the router is initialized",
  "START_AFTER timestamp: START, so many seconds after the first packet",
  "END_AFTER timestamp: END, so many seconds after the first packet",
  "INTERVAL timestamp: END, so many seconds after START",
  "END_CALL handler(write): write handler to call at the end; `$t` in VALUE is the packet's time. Excludes STOP",
)
export class TimeFilter extends Element {
  /** Whether to stop the driver at the end. */
  @arg stop: bool = false;

  /** The span, and to what its ends are relative until that is known. */
  @handler("r", "start", "timestamp(signed)") first: i64 = 0;
  /** The end of the span; written, its length. */
  @handler("r", "end", "timestamp(signed)") last: i64 = 0;
  firstFromNow: bool = false;
  lastFromNow: bool = false;
  firstFromPacket: bool = false;
  lastFromPacket: bool = false;
  lastFromFirst: bool = false;
  private timesKnown: bool = false;

  /** The call that has the host make END_CALL's; 0 = there is none. */
  @constant endCall: u32 = 0;
  /** Whether the end has not been told since it was last moved. */
  private endReady: bool = false;
  /** The end that was told last. */
  private toldEnd: i64 = 0;
  /** Packets that wait for the handler: first and last; 0 = none. */
  private firstHeld: usize = 0;
  private lastHeld: usize = 0;

  initialize(): void {
    if (this.firstFromNow || this.lastFromNow) {
      const time = <i64>now();
      if (this.firstFromNow) this.first += time;
      if (this.lastFromNow) this.last += time;
    }
    this.endReady = this.stop || this.endCall != 0;
  }

  push(port: i32, p: Packet): void {
    if (this.firstHeld) {
      this.hold(p);
      return;
    }
    if (this.tellsEnd(p)) this.hold(p);
    else this.emit(this.passes(p) ? 0 : 1, p);
  }

  pull(port: i32): Packet | null {
    const p = this.fetch(0);
    if (!p) return null;
    this.tellsEnd(p);
    if (this.passes(p)) return p;
    this.emit(1, p);
    return null;
  }

  @inline
  private passes(p: Packet): bool {
    return p.timestamp >= this.first && p.timestamp < this.last;
  }

  /** Tells the end if `p` is the first packet behind it. @returns whether a handler is to be called before `p` can be judged */
  @inline
  private tellsEnd(p: Packet): bool {
    if (!this.timesKnown) this.learnTimes(p.timestamp);
    return this.endReady && p.timestamp >= this.last && p.timestamp >= this.first && this.tellEnd();
  }

  private tellEnd(): bool {
    this.endReady = false;
    this.toldEnd = this.last;
    if (this.stop) stopDriver();
    else callHandler(this.endCall);
    return !this.stop;
  }

  private learnTimes(time: i64): void {
    if (this.firstFromPacket) this.first += time;
    if (this.lastFromPacket) this.last += time;
    else if (this.lastFromFirst) this.last += this.first;
    this.timesKnown = true;
  }

  private hold(p: Packet): void {
    p.next = null;
    if (this.lastHeld) changetype<Packet>(this.lastHeld).next = p;
    else this.firstHeld = changetype<usize>(p);
    this.lastHeld = changetype<usize>(p);
  }

  /** Time of the packet that waits; 0 = none does. */
  @method heldTime(): i64 {
    return this.firstHeld ? changetype<Packet>(this.firstHeld).timestamp : 0;
  }

  /** The handler was called: lets the packets go on that waited for it, up to one that has it called again. */
  @method settle(): void {
    let mayTell = this.last > this.toldEnd;
    while (this.firstHeld) {
      const p = changetype<Packet>(this.firstHeld);
      if (mayTell && this.tellsEnd(p)) return;
      mayTell = true;
      this.firstHeld = changetype<usize>(p.next);
      if (this.firstHeld == 0) this.lastHeld = 0;
      this.emit(this.passes(p) ? 0 : 1, p);
    }
  }

  /** The time between start and end. */
  @read("interval")
  interval(out: Text): void {
    out.timestamp(this.last - this.first);
  }

  @write("start", "timestamp", "", "expected time")
  setStart(time: i64): void {
    if (!this.timesKnown) this.learnTimes(time);
    this.first = time;
  }

  @write("end", "timestamp", "", "expected time")
  setSpan(length: i64): void {
    this.moveEnd(this.first + length);
  }

  /** Moves the end on. */
  @write("extend_interval", "timestamp", "", "expected time")
  extend(length: i64): void {
    this.moveEnd(this.last + length);
  }

  private moveEnd(time: i64): void {
    this.last = time;
    this.endReady = this.stop || this.endCall != 0;
  }

  packetsHeld(): u32 {
    return 2;
  }

  cleanup(): void {
    while (this.firstHeld) {
      const p = changetype<Packet>(this.firstHeld);
      this.firstHeld = changetype<usize>(p.next);
      kill(p);
    }
    this.lastHeld = 0;
  }
}
