import { RatedPuller } from "./ratedPuller";
import { BYTE_THRESHOLD } from "./tokenBucket";

/**
 * Pulls packets at a given rate of bytes, and pushes them on.
 *
 * A token bucket allows bursts, by default of as many bytes as the rate makes in 20 ms, beyond the length of one packet. While the bucket
 * is empty, or nothing upstream has packets, it sleeps.
 *
 * @input  0  packets, pulled
 * @output 0  the same packets, pushed
 * @see RatedUnqueue, BandwidthShaper, LinkUnqueue, BandwidthRatedSplitter
 */
@element("1/1", "l/h", "x/x", "BURST_BYTES u32: bytes that the bucket holds, instead of BURST_DURATION")
@reads("RATE BURST_DURATION BURST_BYTES")
export class BandwidthRatedUnqueue extends RatedPuller {
  /** Bytes a second. */
  @arg("RATE bandwidth positional required") configuredRate: u32 = 0;

  runTask(): bool {
    if (!this.ready(BYTE_THRESHOLD)) return false;
    const p = this.fetch(0);
    if (p) this.bucket.remove(p.length);
    return this.passOn(p);
  }
}
