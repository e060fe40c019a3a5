/**
 * The host's end of a byte stream in guest memory (elements/kernel/stream.ts). The host keeps the index that it owns, and bounds what the
 * guest says before it uses it: a guest can only garble its own bytes.
 */
import { type Catalogue, structureOffset } from "../library/catalogue.ts";
import type { Guest } from "./guest.ts";

/** Offsets of a stream's fields. */
export interface StreamLayout {
  readonly buffer: number;
  readonly size: number;
  readonly produced: number;
  readonly consumed: number;
  readonly closed: number;
  readonly lost: number;
}

/** How streams lie in guests of a library. */
export function streamLayout(catalogue: Catalogue): StreamLayout {
  const offset = (field: string): number => structureOffset(catalogue, "Stream", field);
  return {
    buffer: offset("buffer"),
    size: offset("size"),
    produced: offset("produced"),
    consumed: offset("consumed"),
    closed: offset("closed"),
    lost: offset("lost"),
  };
}

export class GuestStream {
  readonly #guest: Guest;
  readonly #address: number;
  readonly #layout: StreamLayout;
  readonly #buffer: number;
  readonly #size: number;
  /** The index that this end owns: consumed for a reader, produced for a writer. */
  #own = 0;

  /** @param address  of a stream that the guest's `makeStream` made, before the guest ran */
  constructor(guest: Guest, layout: StreamLayout, address: number) {
    this.#guest = guest;
    this.#address = address;
    this.#layout = layout;
    this.#buffer = this.#word("buffer");
    this.#size = this.#word("size");
  }

  /** Takes the index that this end owns from memory: after a snapshot was restored. A reader owns `consumed`, a writer `produced`. */
  resume(index: "consumed" | "produced"): void {
    this.#own = this.#word(index);
  }

  get address(): number {
    return this.#address;
  }

  /** Takes all that the guest wrote. @returns a copy, empty when there was nothing */
  read(): Uint8Array {
    const pieces: Uint8Array[] = [];
    const length = this.drain((bytes) => pieces.push(bytes.slice()));
    return pieces.length === 1 ? (pieces[0] ?? EMPTY) : length === 0 ? EMPTY : Buffer.concat(pieces);
  }

  /** Bytes that a `write` would take now. */
  get room(): number {
    return this.#size - Math.min((this.#own - this.#word("consumed")) >>> 0, this.#size);
  }

  /** Gives the guest as much of `bytes` as there is room for. @returns how many bytes that was */
  write(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.room);
    const place = this.#own & (this.#size - 1);
    const first = Math.min(taken, this.#size - place);
    const memory = this.#guest.bytes;
    memory.set(bytes.subarray(0, first), this.#buffer + place);
    memory.set(bytes.subarray(first, taken), this.#buffer);
    this.#own = (this.#own + taken) >>> 0;
    this.#setWord("produced", this.#own);
    return taken;
  }

  /**
   * Lets `read` fill the free room in place, in at most two pieces; it returns how many bytes it wrote into the piece it got, fewer than its
   * length when there is no more. @returns bytes given to the guest
   */
  fill(read: (into: Uint8Array) => number): number {
    let given = 0;
    for (let piece = 0; piece < 2; piece++) {
      const place = this.#own & (this.#size - 1);
      const length = Math.min(this.room, this.#size - place);
      if (length === 0) break;
      const start = this.#buffer + place;
      const taken = read(this.#guest.bytes.subarray(start, start + length));
      this.#own = (this.#own + taken) >>> 0;
      given += taken;
      if (taken < length) break;
    }
    if (given > 0) this.#setWord("produced", this.#own);
    return given;
  }

  /** Hands what the guest wrote to `take` in place, in at most two pieces. @returns how many bytes that were */
  drain(take: (bytes: Uint8Array) => void): number {
    const available = Math.min((this.#word("produced") - this.#own) >>> 0, this.#size);
    const place = this.#own & (this.#size - 1);
    const first = Math.min(available, this.#size - place);
    const memory = this.#guest.bytes;
    if (first > 0) take(memory.subarray(this.#buffer + place, this.#buffer + place + first));
    if (available > first) take(memory.subarray(this.#buffer, this.#buffer + available - first));
    this.#own = (this.#own + available) >>> 0;
    if (available > 0) this.#setWord("consumed", this.#own);
    return available;
  }

  /** Tells the guest that nothing more will be written. */
  close(): void {
    this.#guest.view.setUint8(this.#address + this.#layout.closed, 1);
  }

  /** Bytes that the guest wanted to write and that found no room. */
  get lost(): number {
    return this.#word("lost");
  }

  #word(field: keyof StreamLayout): number {
    return this.#guest.view.getUint32(this.#address + this.#layout[field], true);
  }

  #setWord(field: keyof StreamLayout, value: number): void {
    this.#guest.view.setUint32(this.#address + this.#layout[field], value, true);
  }
}

const EMPTY = new Uint8Array(0);
