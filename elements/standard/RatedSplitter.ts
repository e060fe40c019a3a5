import { Packet } from "../kernel/packet";
import { Rated } from "./rated";

/**
 * Lets packets through up to a given rate, and sends the others to output 1.
 *
 * A token bucket allows bursts, by default of as many packets as the rate makes in 20 ms.
 *
 * @input  0  packets
 * @output 0  packets within the rate
 * @output 1  packets beyond it; dropped where nothing is connected
 * @see BandwidthRatedSplitter, RatedUnqueue
 */
@element("1/1-2", "h/h", "x/x", "BURST_SIZE u32: packets that the bucket holds, instead of BURST_DURATION")
@reads("RATE BURST_DURATION BURST_SIZE")
export class RatedSplitter extends Rated {
  /** Packets a second. */
  @arg("RATE u32 positional required") configuredRate: u32 = 0;

  route(p: Packet): i32 {
    this.bucket.refill();
    return this.bucket.removeIf(1) ? 0 : 1;
  }
}
