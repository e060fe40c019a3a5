/** What a field of a summary dump is: how it is taken from a packet and put into one, as text and as bytes. */

import type { Parsed } from "../../library/arguments/argumentType.ts";
import { parseInteger } from "../../library/arguments/numbers.ts";
import type { PacketDraft } from "./packetDraft.ts";
import type { PacketView } from "./packetView.ts";
import { viewOf } from "./record.ts";

/** How a value is stored in a binary record. */
export interface BinaryForm<V> {
  /** @param value  undefined when the packet does not have it */
  encode(value: V | undefined): Uint8Array;
  /** Length of the value that starts at `at`, or undefined when the record ends before it does. */
  span(record: Uint8Array, at: number): number | undefined;
  decode(bytes: Uint8Array): V;
}

/** Fields put into a packet in this order: what is below comes first, and lengths after what they measure. */
export const ORDER = { annotation: 100, link: 200, network: 300, transport: 400, payload: 500 } as const;

/** The description of a field whose values are of type V. */
export interface FieldSpecification<V> {
  readonly name: string;
  /** Whether the IP headers must have been found. */
  readonly needsHeaders: boolean;
  /** Absent for fields that have no binary form. */
  readonly binary?: BinaryForm<V>;
  /** @returns undefined when the packet does not have it */
  extract(view: PacketView): V | undefined;
  format(value: V, view: PacketView): string;
  /** How the field is read; absent for fields that are only written. */
  readonly input?: {
    readonly order: number;
    /** @returns undefined when the text is not a value */
    parse(text: string, draft: PacketDraft): V | undefined;
    inject(draft: PacketDraft, value: V): void;
  };
}

/** A field without its value's type, as tables hold it. */
export interface Field {
  readonly name: string;
  readonly needsHeaders: boolean;
  readonly hasBinaryForm: boolean;
  readonly input: FieldInput | undefined;
  /** The text, `-` for what the packet does not have. */
  format(view: PacketView): string;
  encode(view: PacketView): Uint8Array;
  /** Length of the binary value, or undefined when the record is too short or the field has no binary form. */
  span(record: Uint8Array, at: number): number | undefined;
}

export interface FieldInput {
  readonly order: number;
  /** Sets the field. @returns whether the text was a value */
  read(text: string, draft: PacketDraft): boolean;
  readBinary(bytes: Uint8Array, draft: PacketDraft): void;
}

/** The sign of a field that the packet does not have. */
export const MISSING = "-";

const NO_BYTES = new Uint8Array(0);

export function defineField<V>(specification: FieldSpecification<V>): Field {
  const { name, needsHeaders, binary } = specification;
  return {
    name,
    needsHeaders,
    hasBinaryForm: binary !== undefined,
    input: defineInput(specification),
    format(view) {
      const value = specification.extract(view);
      return value === undefined ? MISSING : specification.format(value, view);
    },
    encode: (view) => binary?.encode(specification.extract(view)) ?? NO_BYTES,
    span: (record, at) => binary?.span(record, at),
  };
}

function defineInput<V>({ input, binary }: FieldSpecification<V>): FieldInput | undefined {
  if (input === undefined) return undefined;
  return {
    order: input.order,
    read(text, draft) {
      const value = input.parse(text, draft);
      if (value === undefined) return false;
      input.inject(draft, value);
      return true;
    },
    readBinary(bytes, draft) {
      if (binary !== undefined) input.inject(draft, binary.decode(bytes));
    },
  };
}

/** A value of a fixed number of bytes. */
function fixedForm<V>(
  size: number,
  write: (view: DataView, value: V) => void,
  decode: (view: DataView) => V,
): BinaryForm<V> {
  return {
    encode(value) {
      const bytes = new Uint8Array(size);
      if (value !== undefined) write(viewOf(bytes), value);
      return bytes;
    },
    span: (record, at) => (at + size <= record.length ? size : undefined),
    decode: (bytes) => decode(viewOf(bytes)),
  };
}

/** Unsigned numbers of one, two and four bytes, in network order; larger ones lose their high bits. */
export const BYTE = fixedForm<number>(
  1,
  (view, value) => view.setUint8(0, value),
  (view) => view.getUint8(0),
);
export const HALF = fixedForm<number>(
  2,
  (view, value) => view.setUint16(0, value),
  (view) => view.getUint16(0),
);
export const WORD = fixedForm<number>(
  4,
  (view, value) => view.setUint32(0, value),
  (view) => view.getUint32(0),
);

/** An unsigned number of eight bytes, in network order. */
export const LONG = fixedForm<bigint>(
  8,
  (view, value) => view.setBigUint64(0, value),
  (view) => view.getBigUint64(0),
);

/** An Ethernet address. */
export const SIX_BYTES = fixedForm<number>(
  6,
  (view, value) => {
    view.setUint16(0, Math.floor(value / 2 ** 32));
    view.setUint32(2, value % 2 ** 32);
  },
  (view) => view.getUint16(0) * 2 ** 32 + view.getUint32(2),
);

const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** The whole seconds of a time, modulo 2^32: times before 1970 count down from 2^32. */
export function secondsOf(time: bigint): number {
  return Number(BigInt.asUintN(32, (time - nanosecondsOf(time)) / NANOSECONDS_PER_SECOND));
}

/** What a time has beyond its whole seconds: 0 to 999999999, also before 1970. */
export function nanosecondsOf(time: bigint): bigint {
  const rest = time % NANOSECONDS_PER_SECOND;
  return rest < 0n ? rest + NANOSECONDS_PER_SECOND : rest;
}

/** A time as seconds and microseconds. */
export const MICROSECOND_TIME = fixedForm<bigint>(
  8,
  (view, value) => {
    view.setUint32(0, secondsOf(value));
    view.setUint32(4, Number(nanosecondsOf(value) / 1000n));
  },
  (view) => BigInt(view.getUint32(0)) * NANOSECONDS_PER_SECOND + BigInt(view.getUint32(4)) * 1000n,
);

/** A time as nanoseconds and seconds, in this order. */
export const NANOSECOND_TIME = fixedForm<bigint>(
  8,
  (view, value) => {
    view.setUint32(0, Number(nanosecondsOf(value)));
    view.setUint32(4, secondsOf(value));
  },
  (view) => BigInt(view.getUint32(4)) * NANOSECONDS_PER_SECOND + BigInt(view.getUint32(0)),
);

/** Bytes after a byte with their number. */
export const COUNTED_BYTES: BinaryForm<Uint8Array> = {
  encode: (value) => Uint8Array.of(value?.length ?? 0, ...(value ?? [])),
  span(record, at) {
    const count = record[at];
    return count !== undefined && at + 1 + count <= record.length ? 1 + count : undefined;
  },
  decode: (bytes) => bytes.subarray(1),
};

function unsignedParser(maximum: number): (text: string) => number | undefined {
  const limits = { minimum: 0n, maximum: BigInt(maximum) };
  return (text) => numberOf(parseInteger(text, limits));
}

function numberOf(parsed: Parsed<bigint>): number | undefined {
  return parsed.ok ? Number(parsed.value) : undefined;
}

/** Numbers as they are written in lines: decimal, hexadecimal, octal or binary, within their field's size. */
export const parseByte = unsignedParser(0xff);
export const parseHalf = unsignedParser(0xffff);
export const parseWord = unsignedParser(0xffff_ffff);

const INTEGER_START = /0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*/y;

/** Reads the number that starts at `at`, as far as it goes; numbers beyond 32 bits count as the largest. */
export function scanInteger(text: string, at: number): { readonly value: number; readonly end: number } | undefined {
  INTEGER_START.lastIndex = at;
  const digits = INTEGER_START.exec(text)?.[0];
  if (digits === undefined) return undefined;
  const value = /^0[0-7]/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return { value: Math.min(value, 0xffff_ffff), end: at + digits.length };
}
