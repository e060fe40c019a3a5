/** Real time, at its own speed or faster or slower, or without waiting (the `timewarp` handler). */

/** Nanoseconds since 1970, as fine as the monotonic clock. */
export function epochTime(): bigint {
  return EPOCH_OFFSET + process.hrtime.bigint();
}

const EPOCH_OFFSET = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

export class RealTime {
  /** The warped time, and the real time to which it belongs. */
  #warpedOrigin = 0n;
  #realOrigin = 0n;
  #speed: number | "nowait" = 1;

  get speed(): number | "nowait" {
    return this.#speed;
  }

  /** Time goes on from where it is, at another speed. */
  set speed(speed: number | "nowait") {
    this.#warpedOrigin = this.now();
    this.#realOrigin = epochTime();
    this.#speed = speed;
  }

  now(): bigint {
    const elapsed = epochTime() - this.#realOrigin;
    if (this.#speed === 1 || this.#speed === "nowait") return this.#warpedOrigin + elapsed;
    return this.#warpedOrigin + BigInt(Math.round(Number(elapsed) * this.#speed));
  }

  /**
   * What is left to wait until a time.
   * @returns real milliseconds; without waiting, time jumps there and there is nothing left
   */
  wait(until: bigint): number {
    const left = until - this.now();
    if (left <= 0n) return 0;
    if (this.#speed !== "nowait") return Number(left) / 1e6 / this.#speed;
    this.#warpedOrigin += left;
    return 0;
  }
}
