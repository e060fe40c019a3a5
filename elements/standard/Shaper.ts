import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { GapRate } from "./gapRate";

/**
 * Lets at most a given rate of packets be pulled through it.
 *
 * @input  0  packets, pulled
 * @output 0  packets while the rate allows one
 * @output 1  packets while it does not
 * @see BandwidthShaper, RatedUnqueue, RatedSplitter
 */
@element("1/1-2", "l/l")
export class Shaper extends Element {
  /** Packets a second. */
  @arg("RATE u32 positional required") configuredRate: u32 = 0;

  @constant private rate: GapRate = new GapRate();

  pull(port: i32): Packet | null {
    const due = this.rate.isDue();
    if (due != (port == 0)) return null;
    const p = this.fetch(0);
    if (p && due) this.rate.count(1);
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

  /** Forgets how many packets were pulled so far. */
  @write("reset")
  reset(): void {
    this.rate.reset();
  }
}
