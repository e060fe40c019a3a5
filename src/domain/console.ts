/** What a guest says: the newest 64 KiB are kept. */
import { Followers } from "./followers.ts";

const KEPT = 65536;

/** One character a byte. */
export class Console {
  readonly #followers = new Followers<string>();
  #pieces: string[] = [];
  #length = 0;

  write(text: string): void {
    this.#pieces.push(text);
    this.#length += text.length;
    // Cut down when twice as much has come together, so that small pieces are not copied each time.
    if (this.#length > 2 * KEPT) this.#keep(this.text());
    this.#followers.publish(text);
  }

  text(): string {
    return this.#pieces.join("").slice(-KEPT);
  }

  follow(signal: AbortSignal): AsyncIterable<string> {
    return this.#followers.follow(signal);
  }

  /** Nothing more will come. */
  end(): void {
    this.#followers.end();
  }

  #keep(text: string): void {
    this.#pieces = [text];
    this.#length = text.length;
  }
}
