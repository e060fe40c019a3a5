/** What a guest that runs an image asks of its host: to print text, and to stop. */
import { ImageError } from "../image/manifest.ts";
import type { ImageGuest } from "../machine/bootImage.ts";
import { GuestStream } from "../machine/stream.ts";

/** Bytes of the largest stream that a guest may have: sixteen times what ours have. */
const LARGEST_STREAM = 1 << 20;

export class ImageRequests {
  readonly #image: ImageGuest;
  readonly #console: GuestStream;
  readonly #calls: GuestStream;
  readonly #stopRequests: number;

  /** @throws ImageError, RangeError when the image's kernel is not where it says */
  constructor(image: ImageGuest) {
    this.#image = image;
    this.#console = openStream(image, "console");
    this.#calls = openStream(image, "calls");
    this.#stopRequests = image.kernelField("stopRequests");
    image.guest.view.getInt32(this.#stopRequests, true);
  }

  /** The guest was put back to another moment: what it had said since is unsaid. */
  resume(): void {
    this.#console.resume("consumed");
    this.#calls.resume("consumed");
  }

  /** Takes what the guest has said. One character a byte. */
  takeText(): string {
    // Handlers that elements want called are the host halves' business, and an image has none.
    this.#calls.drain(() => undefined);
    return Buffer.from(this.#console.read()).toString("latin1");
  }

  /** Whether an element has asked the driver to stop. */
  get wantsStop(): boolean {
    return this.#image.guest.view.getInt32(this.#stopRequests, true) > 0;
  }
}

function openStream(image: ImageGuest, field: string): GuestStream {
  const { guest, manifest } = image;
  const address = guest.view.getUint32(image.kernelField(field), true);
  const word = (offset: number): number => guest.view.getUint32(address + offset, true);
  const [buffer, size] = [word(manifest.stream.buffer), word(manifest.stream.size)];
  for (const offset of Object.values(manifest.stream)) word(offset);
  const isPowerOfTwo = size > 0 && (size & (size - 1)) === 0;
  if (!isPowerOfTwo || size > LARGEST_STREAM || buffer + size > guest.bytes.length)
    throw new ImageError(`the image's ${field} stream cannot have ${size} bytes at ${buffer}`);
  return new GuestStream(guest, manifest.stream, address);
}
