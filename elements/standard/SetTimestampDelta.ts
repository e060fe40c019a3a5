import { now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { FIRST_TIMESTAMP_ANNO, Packet } from "../kernel/packet";
import { Text } from "../kernel/text";

/** What the difference is taken to. */
const RANGE: u32 = 0;
const NOW: u32 = 1;

/**
 * Turns timestamps into differences.
 *
 * With type `RANGE`, the first packet's timestamp is subtracted from all; with `FIRST`, each packet's first timestamp annotation is; with
 * `NOW`, the timestamp is subtracted from the current time. Packets without a timestamp stay as they are.
 *
 * @input  0  packets
 * @output 0  the same packets
 * @see SetTimestamp, Print
 */
@element("1/1", "a/a", "x/x", "TYPE word: `RANGE`, `NOW` or `FIRST`")
export class SetTimestampDelta extends Element {
  /** RANGE, NOW or FIRST; set by the host half. */
  kind: u32 = RANGE;
  /** Timestamp of the first packet; 0 = none yet. */
  private first: i64 = 0;

  route(p: Packet): i32 {
    if (p.timestamp == 0) return 0;
    if (this.kind == NOW) p.timestamp = <i64>now() - p.timestamp;
    else if (this.kind == RANGE) p.timestamp -= this.firstOf(p);
    else p.timestamp -= p.anno64(FIRST_TIMESTAMP_ANNO);
    return 0;
  }

  private firstOf(p: Packet): i64 {
    if (this.first == 0) this.first = p.timestamp;
    return this.first;
  }

  /** The timestamp that is subtracted. */
  @read("first")
  readFirst(out: Text): void {
    out.timestamp(this.first).newline();
  }

  /** Takes the next packet as the first. */
  @write("reset", "", "b")
  reset(): void {
    this.first = 0;
  }
}
