/**
 * A bound on what a configuration may grow to. A few hundred bytes of nested compounds or variables can stand for more
 * elements than any memory holds; the text of a stranger must not bring down the reader.
 */

/** About the characters of names and strings that a flat configuration may have, each element and connection extra. */
const LIMIT = 1 << 25;

/** What an element takes besides its name and configuration, in characters. */
export const ELEMENT_COST = 64;

/** What a connection takes. */
export const CONNECTION_COST = 64;

/** Counts down while a configuration is expanded. */
export class Budget {
  #left = LIMIT;

  /** Takes `amount` away. @returns false once there is nothing left; the caller then stops growing things. */
  spend(amount: number): boolean {
    this.#left -= amount;
    return this.#left >= 0;
  }

  get exhausted(): boolean {
    return this.#left < 0;
  }
}
