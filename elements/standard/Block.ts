import { AGGREGATE_ANNO, Packet } from "../kernel/packet";
import { Element } from "../kernel/element";

/** The forward rate annotation lies where the aggregate annotation does. */
const FORWARD_RATE_ANNO = AGGREGATE_ANNO;

/**
 * Passes on packets whose forward rate annotation is at most a threshold.
 *
 * @input  0  packets
 * @output 0  packets with a rate up to the threshold; all packets while that is 0
 * @output 1  the others
 * @see Meter, RatedSplitter
 */
@element("1/2", "a/a")
export class Block extends Element {
  /** The highest rate that passes; 0 = any. */
  @arg("THRESH i32 positional required") @handler("r", "thresh") threshold: i32 = 0;

  route(p: Packet): i32 {
    return this.threshold == 0 || <i32>p.anno32(FORWARD_RATE_ANNO) <= this.threshold ? 0 : 1;
  }

  @write("thresh", "i32", "", "not an integer")
  setThreshold(threshold: i32): void {
    this.threshold = threshold;
  }
}
