/** Taps: copies of the frames that pass a port, in the order in which they pass, for a capture. */
import { ETHERNET } from "../host/capture/linkTypes.ts";
import { formatFileHeader, formatRecordHeader, MAXIMUM_CAPTURE } from "../host/capture/pcap.ts";
import type { Port, PortTap } from "./port.ts";

/** A frame that passed. */
export interface TappedFrame {
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  /** `in`: it came into the switch; `out`: it left. */
  readonly direction: "in" | "out";
  /** Number of the port. */
  readonly port: number;
  /** Bytes that it had. */
  readonly length: number;
  /** Those that were copied. */
  readonly data: Uint8Array;
}

export interface TapOptions {
  /** Bytes of each frame to copy, at most. Default: all. */
  readonly snapLength?: number;
  /** Bytes of room between two reads, a power of two. */
  readonly room?: number;
}

const ROOM = 1 << 20;

/** Fields of the plane's structure (plane/tap.ts). */
const TAP_PRODUCED = 8;
const TAP_CONSUMED = 12;
const TAP_LOST = 20;
/** A record: time u64, length u32, bytes that follow u32, direction u32 (0 = in), port u32; padded to 8 bytes. */
const RECORD_BYTES = 24;
const RECORD_LENGTH = 8;
const RECORD_CAPTURED = 12;
const RECORD_DIRECTION = 16;
const RECORD_PORT = 20;
const ALIGNMENT = 8;

export class Tap implements PortTap {
  readonly #port: Port;
  readonly address: number;
  #isClosed = false;
  readonly #buffer: number;
  readonly #room: number;
  readonly #snapLength: number;

  /** @throws Error when the port has a tap already, RangeError when a frame would never find room */
  constructor(port: Port, { snapLength = MAXIMUM_CAPTURE, room = ROOM }: TapOptions = {}) {
    if (port.isTapped) throw new Error("the port has a tap already");
    const isPowerOfTwo = room > 0 && (room & (room - 1)) === 0;
    if (!isPowerOfTwo || room < RECORD_BYTES + snapLength + ALIGNMENT)
      throw new RangeError(
        `a tap needs a power of two of bytes, and more than a frame of ${snapLength}; ${room} is not`,
      );
    const { fabric } = port;
    this.#port = port;
    this.#room = room;
    this.#snapLength = snapLength;
    this.address = fabric.allocate(fabric.plane.tapBytes());
    this.#buffer = fabric.allocate(room);
    fabric.plane.makeTap(this.address, this.#buffer, room, snapLength);
    port.setTap(this);
  }

  /** Frames that found no room, so far; 0 once it is closed. */
  get lost(): number {
    if (this.#isClosed) return 0;
    return this.#port.fabric.view.getUint32(this.address + TAP_LOST, true);
  }

  /** Takes out what has passed since the last time; nothing once it is closed. */
  read(): TappedFrame[] {
    if (this.#isClosed) return [];
    const { view } = this.#port.fabric;
    const end = view.getUint32(this.address + TAP_PRODUCED, true);
    const frames: TappedFrame[] = [];
    let at = view.getUint32(this.address + TAP_CONSUMED, true);
    while (at !== end) {
      const frame = this.#frame(at);
      frames.push(frame);
      at = (at + roundUp(RECORD_BYTES + frame.data.length)) >>> 0;
    }
    view.setUint32(this.address + TAP_CONSUMED, end, true);
    return frames;
  }

  #frame(at: number): TappedFrame {
    const { view } = this.#port.fabric;
    // A number never lies across the end of the room: records are as aligned as it is large.
    const place = (offset: number): number => this.#buffer + ((at + offset) & (this.#room - 1));
    const word = (offset: number): number => view.getUint32(place(offset), true);
    return {
      time: view.getBigUint64(place(0), true),
      direction: word(RECORD_DIRECTION) === 0 ? "in" : "out",
      port: word(RECORD_PORT),
      length: word(RECORD_LENGTH),
      data: this.#bytes(at + RECORD_BYTES, word(RECORD_CAPTURED)),
    };
  }

  #bytes(at: number, length: number): Uint8Array {
    const { buffer } = this.#port.fabric.view;
    const start = at & (this.#room - 1);
    const first = Math.min(length, this.#room - start);
    const data = new Uint8Array(length);
    data.set(new Uint8Array(buffer, this.#buffer + start, first));
    data.set(new Uint8Array(buffer, this.#buffer, length - first), first);
    return data;
  }

  /** The start of a capture file for `formatTapped`. */
  get fileHeader(): Uint8Array {
    return formatFileHeader({ nanoseconds: true, snapLength: this.#snapLength, linkType: ETHERNET });
  }

  /** Nobody looks at the port any more; what was not read is gone. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { fabric } = this.#port;
    this.#port.setTap(undefined);
    fabric.release(this.#buffer, this.#room);
    fabric.release(this.address, fabric.plane.tapBytes());
  }
}

/** Frames as records of a capture file (pcap, nanoseconds). */
export function formatTapped(frames: readonly TappedFrame[]): Uint8Array {
  return Buffer.concat(
    frames.flatMap(({ time, length, data }) => [formatRecordHeader(time, { captured: data.length, length }), data]),
  );
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
