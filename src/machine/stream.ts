/**
 * The host's end of a byte stream in guest memory (elements/kernel/stream.ts). The host keeps the index that it owns, and bounds what the
 * guest says before it uses it: a guest can only garble its own bytes.
 */
import { type Catalogue, structureOffset } from "../library/catalogue.ts";
import type { Guest } from "./guest.ts";

/** Offsets of a stream's fields. */
interface StreamLayout {
  readonly buffer: number;
  readonly size: number;
  readonly produced: number;
  readonly consumed: number;
  readonly closed: number;
  readonly lost: number;
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
  constructor(guest: Guest, catalogue: Catalogue, address: number) {
    const offset = (field: string): number => structureOffset(catalogue, "Stream", field);
    this.#guest = guest;
    this.#address = address;
    this.#layout = {
      buffer: offset("buffer"),
      size: offset("size"),
      produced: offset("produced"),
      consumed: offset("consumed"),
      closed: offset("closed"),
      lost: offset("lost"),
    };
    this.#buffer = this.#word("buffer");
    this.#size = this.#word("size");
  }

  get address(): number {
    return this.#address;
  }

  /** Takes all that the guest wrote. @returns a copy, empty when there was nothing */
  read(): Uint8Array {
    const available = Math.min((this.#word("produced") - this.#own) >>> 0, this.#size);
    if (available === 0) return EMPTY;
    const bytes = new Uint8Array(available);
    const place = this.#own & (this.#size - 1);
    const first = Math.min(available, this.#size - place);
    const memory = this.#guest.bytes;
    bytes.set(memory.subarray(this.#buffer + place, this.#buffer + place + first));
    bytes.set(memory.subarray(this.#buffer, this.#buffer + available - first), first);
    this.#own = (this.#own + available) >>> 0;
    this.#setWord("consumed", this.#own);
    return bytes;
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
