/** Brings to a guest's stream what comes from a pipe or a terminal, whenever it comes: nothing waits for it. */
import type { Readable } from "node:stream";
import type { CaptureInput } from "../../src/host/capture/captureInput.ts";
import type { HostedElement, HostServices, HostStream } from "../../src/library/hostHalf.ts";

/** Several of the longest records. */
const STREAM = 1 << 18;

export class LiveFeed {
  readonly #source: Readable;
  readonly #stream: HostStream;
  /** What came and did not fit yet. */
  #waiting: Buffer[] = [];
  #ended = false;

  constructor(element: HostedElement, services: HostServices, input: CaptureInput) {
    this.#stream = services.makeStream("stream", STREAM);
    this.#source = input.stream();
    element.set("live", true);
    const deliver = (): void => {
      this.service();
      element.call("resume");
      services.noteActivity();
    };
    this.#source.on("data", (bytes: Buffer) => {
      this.#waiting.push(bytes);
      this.#source.pause();
      deliver();
    });
    const end = (): void => {
      this.#ended = true;
      deliver();
    };
    this.#source.on("end", end);
    this.#source.on("error", end);
  }

  /** @returns whether anything was moved */
  service(): boolean {
    let moved = false;
    for (let bytes = this.#waiting.shift(); bytes; bytes = this.#waiting.shift()) {
      const taken = this.#stream.write(bytes);
      moved ||= taken > 0;
      if (taken === bytes.length) continue;
      this.#waiting.unshift(bytes.subarray(taken));
      return moved;
    }
    if (this.#ended) this.#stream.close();
    else this.#source.resume();
    return moved;
  }

  close(): void {
    this.#source.removeAllListeners();
    this.#source.destroy();
  }
}
