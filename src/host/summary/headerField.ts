/** What the fields of fixed headers have in common: where they lie, and how a plain number there is read and written. */

import { type BinaryForm, BYTE, HALF, parseByte, parseHalf, parseWord, WORD } from "./field.ts";
import type { PacketDraft } from "./packetDraft.ts";
import type { PacketView } from "./packetView.ts";

/** A field at a fixed place in a header. Headers are named by where they start in the packet. */
export interface HeaderField {
  readonly name: string;
  readonly binary: BinaryForm<number>;
  /** Bytes of the header that must be there, so that the field can be read. */
  readonly needed: number;
  get(view: PacketView, header: number): number;
  format?(value: number): string;
  parse(text: string, draft: PacketDraft): number | undefined;
  set(draft: PacketDraft, header: number, value: number): void;
  readonly order?: number;
}

type PlainNumber = Pick<HeaderField, "binary" | "needed" | "get" | "parse" | "set">;

/** The number of one byte at `offset` of the header. */
export const byteAt = (offset: number): PlainNumber => ({
  binary: BYTE,
  needed: offset + 1,
  get: (view, header) => view.byte(header + offset),
  parse: parseByte,
  set: (draft, header, value) => draft.setByte(header + offset, value),
});

/** The number of two bytes at `offset` of the header. */
export const halfAt = (offset: number): PlainNumber => ({
  binary: HALF,
  needed: offset + 2,
  get: (view, header) => view.half(header + offset),
  parse: parseHalf,
  set: (draft, header, value) => draft.setHalf(header + offset, value),
});

/** The number of four bytes at `offset` of the header. */
export const wordAt = (offset: number): PlainNumber => ({
  binary: WORD,
  needed: offset + 4,
  get: (view, header) => view.word(header + offset),
  parse: parseWord,
  set: (draft, header, value) => draft.setWord(header + offset, value),
});
