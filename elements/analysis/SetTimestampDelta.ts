import { now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { FIRST_TIMESTAMP_ANNO, Packet } from "../kernel/packet";

/** What a timestamp becomes relative to (SetTimestampDelta.host.ts). */
const FROM_FIRST_PACKET: u32 = 0;
const TO_NOW: u32 = 1;

/**
 * Turns the timestamps of packets into time that has passed.
 *
 * With TYPE RANGE it is the time since the first packet, with NOW the packet's age, with FIRST the time since the packet's first timestamp
 * annotation. Packets without a timestamp stay without one.
 *
 * @input  0  any packets
 * @output 0  the same packets
 * @see SetTimestamp, AdjustTimestamp
 */
@element("1/1", "a/a", "x/x", "TYPE word: RANGE (the default), NOW or FIRST")
export class SetTimestampDelta extends Element {
  @constant kind: u32 = FROM_FIRST_PACKET;
  /** Time of the first packet; 0 = none yet. */
  @handler("r", "first", "timestamp(signed)") firstTime: i64 = 0;

  route(p: Packet): i32 {
    const time = p.timestamp;
    if (time == 0) return 0;
    if (this.kind == FROM_FIRST_PACKET) {
      if (this.firstTime == 0) this.firstTime = time;
      p.timestamp = time - this.firstTime;
    } else if (this.kind == TO_NOW) {
      p.timestamp = <i64>now() - time;
    } else {
      p.timestamp = time - <i64>p.anno64(FIRST_TIMESTAMP_ANNO);
    }
    return 0;
  }

  /** The next packet is the first again. */
  @write("reset", "", "b")
  reset(): void {
    this.firstTime = 0;
  }
}
