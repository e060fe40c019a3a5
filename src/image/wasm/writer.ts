/** Writes the primitives of WebAssembly's binary format. */

const FIRST_SIZE = 256;
const encoder = new TextEncoder();

export class Writer {
  #bytes = new Uint8Array(FIRST_SIZE);
  length = 0;

  byte(value: number): void {
    if (this.length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.length++] = value;
  }

  /** Changes a byte that was written. */
  replace(at: number, value: number): void {
    this.#bytes[at] = value;
  }

  raw(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  u32(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  s32(value: number): void {
    let rest = value | 0;
    while (rest < -0x40 || rest > 0x3f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    while (rest < -0x40n || rest > 0x3fn) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest & 0x7fn));
  }

  name(text: string): void {
    const bytes = encoder.encode(text);
    this.u32(bytes.length);
    this.raw(bytes);
  }

  list<T>(items: readonly T[], write: (item: T) => void): void {
    this.u32(items.length);
    for (const item of items) write(item);
  }

  /** What `write` writes to a writer of its own, with its length in front. */
  sized(write: (inner: Writer) => void): void {
    const inner = new Writer();
    write(inner);
    this.u32(inner.length);
    this.raw(inner.bytes());
  }

  section(id: number, write: (inner: Writer) => void): void {
    this.byte(id);
    this.sized(write);
  }

  /** A view of what was written so far; later writes may invalidate it. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + needed));
    larger.set(this.bytes());
    this.#bytes = larger;
  }
}
