/** Frames that a device could not send, by reason. */
import { EAGAIN, EINVAL, EIO, EMSGSIZE, ENETDOWN, ENOBUFS, ENODEV, ENXIO } from "./linux/headers.ts";

const REASONS: Readonly<Record<number, string>> = {
  [EAGAIN]: "queue full",
  [ENOBUFS]: "queue full",
  [EMSGSIZE]: "too long",
  [EINVAL]: "malformed",
  [EIO]: "link down",
  [ENETDOWN]: "link down",
  [ENODEV]: "link down",
  [ENXIO]: "link down",
};

export class Losses {
  readonly #counts = new Map<string, number>();

  /** @param reason  in words, or the errno of the call that failed */
  count(reason: string | number, frames: number): void {
    if (frames === 0) return;
    const text = typeof reason === "string" ? reason : (REASONS[reason] ?? `error ${reason}`);
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + frames);
  }

  byReason(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
