/** Brings the bytes of a file to a guest's stream, well before they are needed: where chunks end does not show in the guest. */
import type { CaptureInput } from "../../src/host/capture/captureInput.ts";
import type { HostedElement, HostServices, HostStream } from "../../src/library/hostHalf.ts";
import { systemErrorText } from "../../src/library/systemError.ts";

/** Each visit costs some 20 µs: a megabyte makes that little for each packet, and still fits the second-level cache. */
const LARGEST_STREAM = 1 << 20;
const SMALLEST_STREAM = 1 << 12;
/** The guest asks for more when there is less than this: twice the longest record. */
const LOW_WATER = 1 << 17;

export class FileFeed {
  readonly #element: HostedElement;
  readonly #input: CaptureInput;
  readonly #name: string;
  readonly #stream: HostStream;
  readonly #size: number;
  #ended = false;

  /** Makes the element's stream; the driver's first visit fills it. */
  constructor(element: HostedElement, services: HostServices, input: CaptureInput, name: string) {
    this.#element = element;
    this.#input = input;
    this.#name = name;
    this.#size = streamSize(input.size);
    this.#stream = services.makeStream("stream", this.#size);
    element.set("lowWater", LOW_WATER);
  }

  service(): boolean {
    if (this.#ended || this.#stream.room < this.#size >> 2) return false;
    this.#fill();
    return true;
  }

  /** The input is at another place, and the guest's stream empty. */
  restart(): void {
    this.#ended = false;
    this.#fill();
  }

  close(): void {
    this.#ended = true;
  }

  #fill(): void {
    const wanted = this.#stream.room;
    const given = this.#stream.fill((into) => this.#read(into));
    this.#ended = given < wanted || this.#input.position === this.#input.size;
    if (this.#ended) this.#stream.close();
  }

  /** A file that cannot be read on ends there, with a message. */
  #read(into: Uint8Array): number {
    try {
      return this.#input.read(into);
    } catch (error) {
      this.#element.error(systemErrorText(error), this.#name);
      return 0;
    }
  }
}

/** A power of two that holds the whole file, if it is not too large. */
function streamSize(fileSize: number | undefined): number {
  if (fileSize === undefined || fileSize > LARGEST_STREAM) return LARGEST_STREAM;
  return Math.max(2 ** Math.ceil(Math.log2(Math.max(fileSize, 1))), SMALLEST_STREAM);
}
