import { TimedPuller } from "./timedPuller";

/**
 * Pulls eight packets in each interval, and pushes them on: a TimedUnqueue for bursts.
 *
 * @input  0  packets, pulled
 * @output 0  the same packets, pushed
 * @see TimedUnqueue, Unqueue
 */
@element("1/1", "l/h")
export class Burster extends TimedPuller {
  /** Packets to pull each time. */
  @arg("BURST i32 positional") burst: i32 = 8;

  runTask(): bool {
    return this.pullBurst(this.burst);
  }
}
