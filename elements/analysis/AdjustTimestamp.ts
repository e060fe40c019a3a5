import { Element } from "../kernel/element";
import { FIRST_TIMESTAMP_ANNO, Packet } from "../kernel/packet";

/**
 * Adds a time, which may be negative, to the timestamps of packets.
 *
 * Packets without a timestamp stay without one, except with ALL.
 *
 * @input  0  any packets
 * @output 0  the same packets
 * @see SetTimestamp, SetTimestampDelta
 */
@element("1/1", "a/a")
export class AdjustTimestamp extends Element {
  /** What to add, in seconds. */
  @arg("TIME timestamp(signed) positional") @handler("rw", "time", "interval") offset: i64 = 0;
  /** Whether to change the first timestamp annotation instead. */
  @arg first: bool = false;
  /** Whether packets without a timestamp get one, counted from 1970. */
  @arg all: bool = false;

  route(p: Packet): i32 {
    if (this.first) {
      const time = p.anno64(FIRST_TIMESTAMP_ANNO);
      if (time || this.all) p.setAnno64(FIRST_TIMESTAMP_ANNO, time + this.offset);
    } else if (p.timestamp || this.all) {
      p.timestamp += this.offset;
    }
    return 0;
  }
}
