import { MILLISECOND, now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";

/**
 * Passes packets on, counts them and their bytes, and averages their rate over the whole time from the first to the last.
 *
 * @input  0  packets
 * @output 0  the same packets
 * @see Counter
 */
@element("1/1", "a/a")
export class AverageCounter extends Element {
  /** Seconds from the first packet on in which nothing is counted. */
  @arg("IGNORE u32 positional") ignoredSeconds: u32 = 0;

  /** Packets since the last reset. */
  @handler("r") count: u32 = 0;
  /** Bytes since the last reset. */
  @handler("r") byteCount: u32 = 0;
  /** When the first and the last packet came, in milliseconds modulo 2^32; 0 = none yet. */
  first: u32 = 0;
  last: u32 = 0;

  route(p: Packet): i32 {
    const time = <u32>(now() / MILLISECOND);
    if (this.first == 0) this.first = time;
    if (time - this.first >= this.ignoredSeconds * 1000) {
      this.count++;
      this.byteCount += p.length;
    }
    this.last = time;
    return 0;
  }

  /** Starts anew. */
  @write("reset", "", "b")
  reset(): void {
    this.count = 0;
    this.byteCount = 0;
    this.first = 0;
    this.last = 0;
  }

  takeState(old: AverageCounter): void {
    this.count = old.count;
    this.byteCount = old.byteCount;
    this.first = old.first;
    this.last = old.last;
  }
}
