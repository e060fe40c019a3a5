/** A capture of what passes an interface, both ways, as pieces of a pcap file. */
import type { VifCaptureRequest } from "../domain/toolstack.ts";
import type { Port } from "../fabric/port.ts";
import { formatTapped, Tap } from "../fabric/tap.ts";
import { captureLimits } from "../router/observe.ts";
import type { Source } from "./feed.ts";

/** Bytes of room between two polls, a power of two: what 6 Gb/s bring in the 10 ms of a loop's round. Pages that are never used cost nothing. */
const ROOM = 1 << 23;
/** Frames of a piece. */
const PIECE = 64;

export class VifCapture implements Source<Uint8Array> {
  readonly #tap: Tap;
  /** Frames that are still wanted. */
  #left: number;
  /** What was not yet polled; a capture without a frame is a file all the same. */
  #output: Uint8Array[];
  #isOver = false;

  /** @throws ObservationError when the request asks for what cannot be; Error when the port has a tap already */
  constructor(port: Port, request: VifCaptureRequest) {
    const { count, snapLength } = captureLimits(request);
    this.#left = count;
    this.#tap = new Tap(port, { snapLength, room: ROOM });
    this.#output = [this.#tap.fileHeader];
  }

  get isOver(): boolean {
    return this.#isOver || this.#left === 0;
  }

  poll(): Uint8Array[] {
    this.#read();
    const output = this.#output;
    this.#output = [];
    return output;
  }

  stop(): void {
    if (this.#isOver) return;
    this.#read();
    this.#isOver = true;
    this.#tap.close();
  }

  #read(): void {
    const frames = this.#tap.read().slice(0, this.#left);
    this.#left -= frames.length;
    for (let at = 0; at < frames.length; at += PIECE) this.#output.push(formatTapped(frames.slice(at, at + PIECE)));
  }
}
