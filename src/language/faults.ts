/**
 * Reports the faults of meaning in a file among its faults of syntax, in the order of the text.
 */
import type { Diagnostics } from "./diagnostics.ts";
import { type Fault, type Landmark, MAXIMUM_FAULTS, type Place } from "./tree.ts";

export class FaultReporter {
  readonly #diagnostics: Diagnostics;
  /** The syntax faults of the file being read, and of the files that required it, with how many have been reported. */
  readonly #files: { readonly faults: readonly Fault[]; reported: number }[] = [];
  #errors = 0;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  /** Whether there have been so many errors that the rest is not reported. */
  get tooMany(): boolean {
    return this.#errors >= MAXIMUM_FAULTS;
  }

  /** Enters a file; its faults are reported up to each place that is passed, and the rest when it is left. */
  enter(faults: readonly Fault[]): void {
    this.#files.push({ faults, reported: 0 });
  }

  leave(): void {
    this.pass(Number.POSITIVE_INFINITY);
    this.#files.pop();
  }

  /** Reports the syntax faults up to a place. */
  pass(faultsBefore: number): void {
    const file = this.#files.at(-1);
    if (!file) return;
    const end = Math.min(faultsBefore, file.faults.length);
    while (file.reported < end) this.#report("error", file.faults[file.reported++]!);
  }

  /** Reports an error of meaning at a place; the message shows `landmark` if it is not the place's own. */
  error(place: Place, text: string, landmark: Landmark = place.landmark): void {
    this.pass(place.faultsBefore);
    this.#report("error", { landmark, text });
  }

  warning(place: Place, text: string): void {
    this.pass(place.faultsBefore);
    this.#report("warning", { landmark: place.landmark, text });
  }

  /** Reports an error that belongs to no place in the text. */
  errorAt(landmark: Landmark, text: string): void {
    this.#report("error", { landmark, text });
  }

  /** Reports that an element, or a tunnel of a compound, has a name that is taken. */
  redeclaration(what: string, landmark: Landmark, earlier: Landmark): void {
    this.errorAt(landmark, `redeclaration of ${what}`);
    this.errorAt(earlier, `${what.slice(what.indexOf("'"))} previously declared here`);
  }

  #report(severity: "error" | "warning", { landmark, text }: Fault): void {
    if (this.tooMany) return;
    this.#diagnostics[severity](landmark, text);
    if (++this.#errors === MAXIMUM_FAULTS) this.#diagnostics.error("", "too many errors");
  }
}
