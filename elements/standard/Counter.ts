import { callHandler } from "../kernel/calls";
import { MILLISECOND, now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { HELD, kill, Packet } from "../kernel/packet";
import { kernel } from "../kernel/state";
import { averaged, epochOf } from "./rate";

/** Bits of fraction of the two averages: Click's figures, which show in the digits that the handlers print. */
const RATE_SCALE: u64 = 10;
const BYTE_RATE_SCALE: u64 = 4;
const NEVER: u64 = u64.MAX_VALUE;

/**
 * Passes packets on, counts them and their bytes, and measures their rate.
 *
 * Rates are exponentially weighted moving averages of the packets (bytes, bits) in each millisecond, per second. Resetting the counts
 * leaves the rates alone.
 *
 * @input  0  packets
 * @output 0  the same packets
 * @note   Differs from Click: when a packet is pulled through it, a handler call is made after the task that pulled, not before the
 *   packet goes on; rates above 4 million packets a second are right, where Click's overflow.
 * @see AverageCounter
 */
@element(
  "1/1",
  "a/a",
  "x/x",
  "COUNT_CALL any: `N HANDLER [VALUE]`: calls the write handler when the packet count reaches N",
  "BYTE_COUNT_CALL any: `N HANDLER [VALUE]`: calls the write handler when the byte count reaches or passes N",
)
export class Counter extends Element {
  /** Packets since the last reset. */
  @handler("r") count: u64 = 0;
  /** Bytes since the last reset. */
  @handler("r") byteCount: u64 = 0;

  /** When to call which handlers, and the same while the call is still to come, else NEVER. */
  countTrigger: u64 = NEVER;
  countCall: u32 = 0;
  byteTrigger: u64 = NEVER;
  byteCall: u32 = 0;
  private nextCountCall: u64 = NEVER;
  private nextByteCall: u64 = NEVER;
  /** The call of the handler `forward`, and the packets that wait for it: first and last; 0 = none. */
  forwardCall: u32 = 0;
  private firstHeld: usize = 0;
  private lastHeld: usize = 0;

  /** Averages up to the start of the current millisecond, its number and end, and the counts at its start. */
  rate: u64 = 0;
  byteRate: u64 = 0;
  private epoch: u64 = 0;
  private epochEnd: u64 = 0;
  private epochCount: u64 = 0;
  private epochBytes: u64 = 0;

  initialize(): void {
    advanceSimulatedTime();
    this.startEpoch();
  }

  route(p: Packet): i32 {
    advanceSimulatedTime();
    if (kernel.now >= this.epochEnd) this.turnEpoch();
    const count = ++this.count;
    const bytes = this.byteCount + p.length;
    this.byteCount = bytes;
    if (count == this.nextCountCall || bytes >= this.nextByteCall) return this.reach(p, count, bytes);
    return 0;
  }

  /** Has the handlers called whose time has come. The host calls them after this task, and then lets a pushed packet go on. */
  private reach(p: Packet, count: u64, bytes: u64): i32 {
    if (count == this.nextCountCall) {
      this.nextCountCall = NEVER;
      callHandler(this.countCall);
    }
    if (bytes >= this.nextByteCall) {
      this.nextByteCall = NEVER;
      callHandler(this.byteCall);
    }
    if (this.pullOutputs & 1) return 0;
    this.hold(p);
    callHandler(this.forwardCall);
    return HELD;
  }

  private hold(p: Packet): void {
    p.next = null;
    if (this.lastHeld) changetype<Packet>(this.lastHeld).next = p;
    else this.firstHeld = changetype<usize>(p);
    this.lastHeld = changetype<usize>(p);
  }

  /** Lets the first packet that waits go on. The host writes it. */
  @write("forward", "", "h")
  forward(): void {
    const held = this.firstHeld;
    if (held == 0) return;
    const p = changetype<Packet>(held);
    this.firstHeld = changetype<usize>(p.next);
    if (this.firstHeld == 0) this.lastHeld = 0;
    this.emit(0, p);
  }

  /** Takes the packets of the millisecond that is over into the averages. */
  private turnEpoch(): void {
    const idle = epochOf(kernel.now) - this.epoch - 1;
    this.rate = averaged(this.rate, (this.count - this.epochCount) << RATE_SCALE, idle);
    this.byteRate = averaged(this.byteRate, (this.byteCount - this.epochBytes) << BYTE_RATE_SCALE, idle);
    this.startEpoch();
  }

  private startEpoch(): void {
    this.epoch = epochOf(kernel.now);
    this.epochEnd = (this.epoch + 1) * MILLISECOND;
    this.epochCount = this.count;
    this.epochBytes = this.byteCount;
  }

  /** Brings the averages up to date, so that they drop after an idle time. */
  @method
  updateRates(): void {
    if (now() >= this.epochEnd) this.turnEpoch();
  }

  /** Sets the trigger for the packet count. */
  @method
  setCountCall(trigger: u64, call: u32): void {
    this.countTrigger = trigger;
    this.countCall = call;
    this.nextCountCall = trigger;
  }

  /** Sets the trigger for the byte count. */
  @method
  setByteCall(trigger: u64, call: u32): void {
    this.byteTrigger = trigger;
    this.byteCall = call;
    this.nextByteCall = trigger;
  }

  /** Sets the counts to zero, and makes ready for the handler calls again. */
  @write("reset", "", "b")
  @write("reset_counts", "", "Ub")
  reset(): void {
    this.epochCount -= this.count;
    this.epochBytes -= this.byteCount;
    this.count = 0;
    this.byteCount = 0;
    this.nextCountCall = this.countTrigger;
    this.nextByteCall = this.byteTrigger;
  }

  takeState(old: Counter): void {
    this.count = old.count;
    this.byteCount = old.byteCount;
    this.rate = old.rate;
    this.byteRate = old.byteRate;
    this.startEpoch();
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
  }
}

/** Click reads the clock once for each of the two rates: this keeps simulated time in step with it. */
@inline
function advanceSimulatedTime(): void {
  if (kernel.simulated) kernel.now += 2;
}
