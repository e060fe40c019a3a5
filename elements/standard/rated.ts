/** What elements with a token bucket share: the bucket, and how the host sets it. */
import { Element } from "../kernel/element";
import { TokenBucket } from "./tokenBucket";

export abstract class Rated extends Element {
  /** Time over which the bucket fills. */
  @arg("BURST_DURATION seconds(3)") burstDuration: u32 = 20;

  @constant protected bucket: TokenBucket = new TokenBucket();

  /** Sets the rate and the size of the bucket. */
  @method
  assignBucket(rate: u32, capacity: u32): void {
    this.bucket.assign(rate, capacity);
  }

  /** The rate, as the bucket has it. */
  @method
  currentRate(): u32 {
    return this.bucket.rate;
  }
}
