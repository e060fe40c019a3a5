import { now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { FIRST_TIMESTAMP_ANNO, Packet } from "../kernel/packet";

/**
 * Sets the timestamp annotation of packets to a given time, or to the current one.
 *
 * @input  0  packets
 * @output 0  the same packets
 * @see Print
 */
@element("1/1", "a/a", "x/x", "DELTA bool: no longer understood")
@reads("TIMESTAMP FIRST DELTA")
export class SetTimestamp extends Element {
  /** The time to set; the current time when it is not given. */
  @arg("TIMESTAMP timestamp positional") time: i64 = -1;
  /** Whether to set the first timestamp annotation instead. */
  @arg("FIRST bool") first: bool = false;

  route(p: Packet): i32 {
    const time = this.time < 0 ? <i64>now() : this.time;
    if (this.first) p.setAnno64(FIRST_TIMESTAMP_ANNO, time);
    else p.timestamp = time;
    return 0;
  }
}
