/** Brings to a guest's stream what comes from a pipe or a terminal, whenever it comes: nothing waits for it. */
import type { Readable } from "node:stream";
import type { CaptureInput } from "../../src/host/capture/captureInput.ts";
import type { HostedElement, HostServices, HostStream } from "../../src/library/hostHalf.ts";

/** Several of the longest records. */
const STREAM = 1 << 18;

export class LiveFeed {
  readonly #element: HostedElement;
  readonly #services: HostServices;
  readonly #source: Readable;
  readonly #stream: HostStream;
  /** What came and did not fit yet. */
  #waiting: Buffer = Buffer.alloc(0);
  #state: "open" | "ended" | "told" = "open";

  constructor(element: HostedElement, services: HostServices, input: CaptureInput) {
    this.#element = element;
    this.#services = services;
    this.#stream = services.makeStream("stream", STREAM);
    this.#source = input.stream();
    element.set("live", true);
    this.#source.on("data", (bytes: Buffer) => {
      this.#source.pause();
      this.#waiting = bytes;
      this.#arrived();
    });
    const end = (): void => {
      this.#state = "ended";
      this.#arrived();
    };
    this.#source.on("end", end);
    this.#source.on("error", end);
  }

  /** @returns whether there was anything for the guest */
  service(): boolean {
    const news = this.#move();
    if (news) this.#element.call("resume");
    return news;
  }

  close(): void {
    this.#source.removeAllListeners();
    this.#source.destroy();
  }

  /** The guest may be asleep. */
  #arrived(): void {
    this.service();
    this.#services.noteActivity();
  }

  #move(): boolean {
    const moved = this.#stream.write(this.#waiting);
    this.#waiting = this.#waiting.subarray(moved);
    if (this.#waiting.length > 0) return moved > 0;
    if (this.#state === "open") this.#source.resume();
    if (this.#state !== "ended") return moved > 0;
    this.#state = "told";
    this.#stream.close();
    return true;
  }
}
