/** Reads the primitives of WebAssembly's binary format. What it reads may be cut short or garbage: every read is checked. */

/** The bytes are no module, or one that uses what the linker does not know. */
export class WasmFormatError extends Error {}

export class Reader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get atEnd(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined || this.at >= this.end) throw new WasmFormatError("the module ends too early");
    this.at++;
    return value;
  }

  take(length: number): Uint8Array {
    if (length < 0 || length > this.end - this.at) throw new WasmFormatError("the module ends too early");
    const taken = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return taken;
  }

  /** An unsigned number of up to 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new WasmFormatError("a number has too many bytes");
  }

  s32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return shift < 25 && byte & 0x40 ? value | (-1 << (shift + 7)) : value;
    }
    throw new WasmFormatError("a number has too many bytes");
  }

  s64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, byte & 0x40 ? value | (-1n << (shift + 7n)) : value);
    }
    throw new WasmFormatError("a number has too many bytes");
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.u32()));
  }

  /** A counted sequence. */
  list<T>(item: () => T): T[] {
    const count = this.u32();
    if (count > this.end - this.at) throw new WasmFormatError("a list is longer than the module");
    return Array.from({ length: count }, item);
  }

  /** The next `length` bytes as a reader of their own. */
  section(length: number): Reader {
    if (length > this.end - this.at) throw new WasmFormatError("a section is longer than the module");
    const section = new Reader(this.bytes, this.at, this.at + length);
    this.at += length;
    return section;
  }
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Section numbers. */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const;

export interface Section {
  readonly id: number;
  /** Of custom sections. */
  readonly name: string;
  /** Whole, with number and length; and what is inside, behind the name of a custom section. */
  readonly whole: Uint8Array;
  readonly content: Reader;
}

/** The sections of a module, in order. @throws WasmFormatError */
export function readSections(bytes: Uint8Array): Section[] {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) throw new WasmFormatError("not a WebAssembly module");
  const reader = new Reader(bytes, MAGIC.length);
  const sections: Section[] = [];
  while (!reader.atEnd) {
    const start = reader.at;
    const id = reader.byte();
    const content = reader.section(reader.u32());
    const name = id === SECTION.custom ? content.name() : "";
    sections.push({ id, name, whole: bytes.subarray(start, reader.at), content });
  }
  return sections;
}
