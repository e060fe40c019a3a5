/** Random numbers that are the same for the same seed, on any machine. */

/** xorshift128 (Marsaglia, "Xorshift RNGs", 2003), started by splitmix32 so that near seeds give unlike sequences. */
export class Random {
  readonly #state = new Uint32Array(4);

  /** @param seed  an integer; its low 32 bits count */
  constructor(seed: number) {
    let mixed = seed | 0;
    for (let index = 0; index < this.#state.length; index++) {
      mixed = (mixed + 0x9e3779b9) | 0;
      let bits = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
      bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
      this.#state[index] = bits ^ (bits >>> 15);
    }
    // A state of zeros would stay one.
    this.#state[0] = (this.#state[0] ?? 0) | 1;
  }

  /** A uniform 32-bit number. */
  word(): number {
    const state = this.#state;
    const first = state[0] ?? 0;
    const last = state[3] ?? 0;
    const bits = first ^ (first << 11);
    const next = (last ^ (last >>> 19) ^ bits ^ (bits >>> 8)) >>> 0;
    state.copyWithin(0, 1);
    state[3] = next;
    return next;
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.word() / 2 ** 32) * limit);
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.word() < probability * 2 ** 32;
  }

  /** One of several things, none of them missing. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  /** An exponentially distributed number, as gaps between independent events are. */
  exponential(mean: number): number {
    return -Math.log(1 - this.word() / 2 ** 32) * mean;
  }

  bytes(length: number): Uint8Array {
    const words = Uint32Array.from({ length: Math.ceil(length / 4) }, () => this.word());
    return new Uint8Array(words.buffer, 0, length);
  }
}
