import { TimedPuller } from "./timedPuller";

/**
 * Pulls a number of packets in each interval, and pushes them on.
 *
 * @input  0  packets, pulled
 * @output 0  the same packets, pushed
 * @see Burster, Unqueue, RatedUnqueue, TimedSink
 */
@element("1/1", "l/h")
export class TimedUnqueue extends TimedPuller {
  /** Packets to pull each time. */
  @arg("BURST i32 positional") burst: i32 = 1;

  runTask(): bool {
    return this.pullBurst(this.burst);
  }
}
