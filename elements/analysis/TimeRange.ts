import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { Text } from "../kernel/text";

/**
 * Remembers the earliest and the latest timestamp of the packets that pass.
 *
 * @input  0  any packets
 * @output 0  the same packets
 * @see TimeFilter, SetTimestamp
 */
@element("1/1", "a/a")
export class TimeRange extends Element {
  /** Whether packets come in the order of their times: the first is the earliest, and the last the latest. */
  @arg simple: bool = false;
  /** The earliest time; 0 = none yet. */
  @handler("r", "first", "timestamp(signed)") first: i64 = 0;
  /** The latest time. */
  @handler("r", "last", "timestamp(signed)") last: i64 = 0;

  route(p: Packet): i32 {
    const time = p.timestamp;
    if (this.first == 0) {
      this.first = time;
      this.last = time;
    } else if (this.simple || this.last < time) {
      this.last = time;
    } else if (time < this.first) {
      this.first = time;
    }
    return 0;
  }

  /** The earliest and the latest time. */
  @read("range")
  range(out: Text): void {
    out.timestamp(this.first).byte(0x20).timestamp(this.last);
  }

  /** The time between them. */
  @read("interval")
  interval(out: Text): void {
    out.timestamp(this.last - this.first);
  }

  /** Forgets both times. */
  @write("reset", "", "b")
  reset(): void {
    this.first = 0;
    this.last = 0;
  }

  takeState(old: TimeRange): void {
    this.first = old.first;
    this.last = old.last;
  }
}
