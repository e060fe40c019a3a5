import { Packet } from "../kernel/packet";
import { Rated } from "./rated";
import { BYTE_THRESHOLD } from "./tokenBucket";

/**
 * Lets packets through up to a given rate of bytes, and sends the others to output 1.
 *
 * A token bucket allows bursts, by default of as many bytes as the rate makes in 20 ms, beyond the length of one packet.
 *
 * @input  0  packets
 * @output 0  packets within the rate
 * @output 1  packets beyond it; dropped where nothing is connected
 * @see RatedSplitter, BandwidthRatedUnqueue
 */
@element("1/1-2", "h/h", "x/x", "BURST_BYTES u32: bytes that the bucket holds, instead of BURST_DURATION")
@reads("RATE BURST_DURATION BURST_BYTES")
export class BandwidthRatedSplitter extends Rated {
  /** Bytes a second. */
  @arg("RATE bandwidth positional required") configuredRate: u32 = 0;

  route(p: Packet): i32 {
    this.bucket.refill();
    if (!this.bucket.contains(BYTE_THRESHOLD)) return 1;
    this.bucket.remove(p.length);
    return 0;
  }
}
