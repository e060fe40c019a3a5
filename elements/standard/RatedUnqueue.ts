import { RatedPuller } from "./ratedPuller";

/**
 * Pulls packets at a given rate, and pushes them on.
 *
 * A token bucket allows bursts, by default of as many packets as the rate makes in 20 ms. While the bucket is empty, or nothing upstream
 * has packets, it sleeps.
 *
 * @input  0  packets, pulled
 * @output 0  the same packets, pushed
 * @see Unqueue, BandwidthRatedUnqueue, Shaper, RatedSplitter
 */
@element("1/1", "l/h", "x/x", "BURST_SIZE u32: packets that the bucket holds, instead of BURST_DURATION")
@reads("RATE BURST_DURATION BURST_SIZE")
export class RatedUnqueue extends RatedPuller {
  /** Packets a second. */
  @arg("RATE u32 positional required") configuredRate: u32 = 0;

  runTask(): bool {
    if (!this.ready(1)) return false;
    const p = this.fetch(0);
    if (p) this.bucket.remove(1);
    return this.passOn(p);
  }
}
