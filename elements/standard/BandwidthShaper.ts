import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { GapRate } from "./gapRate";

/**
 * Lets at most a given rate of bytes be pulled through it.
 *
 * @input  0  packets, pulled
 * @output 0  packets while the rate allows one
 * @output 1  the same as output 0
 * @see Shaper, BandwidthRatedUnqueue, BandwidthRatedSplitter
 */
@element("1/1-2", "l/l")
export class BandwidthShaper extends Element {
  /** Bytes a second. */
  @arg("RATE bandwidth positional required") configuredRate: u32 = 0;

  @constant private rate: GapRate = new GapRate();

  pull(port: i32): Packet | null {
    if (!this.rate.isDue()) return null;
    const p = this.fetch(0);
    if (p) this.rate.count(p.length);
    return p;
  }

  /** Takes over the configured rate. */
  @method
  assignRate(): void {
    this.rate.assign(this.configuredRate);
  }

  @method
  currentRate(): u32 {
    return this.rate.rate;
  }

  /** Forgets how many bytes were pulled so far. */
  @write("reset")
  reset(): void {
    this.rate.reset();
  }
}
