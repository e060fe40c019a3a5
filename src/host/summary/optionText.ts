/** The text of header options in dumps: a scanner for its pieces, and what options of IP and TCP have in common. */

import { scanInteger } from "./field.ts";

/** One-byte options, the same in IP (RFC 791 §3.1) and TCP (RFC 9293 §3.1). */
export const END_OF_OPTIONS = 0;
export const NO_OPERATION = 1;

/** Options fill at most 40 bytes of either header. */
const MAXIMUM_OPTIONS_LENGTH = 40;

/** What is written in place of options that make no sense, and of no options. */
export const MALFORMED_OPTIONS = "?";
export const NO_OPTIONS = ".";

/** Ends the parsing of a text that is not options. */
export class BadOption extends Error {}

/** Goes through a text from left to right. */
export class OptionScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Passes over `word` if it comes next. */
  take(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  demand(word: string): void {
    if (!this.take(word)) throw new BadOption();
  }

  get isAtDigit(): boolean {
    return /[0-9]/.test(this.#text.charAt(this.#at));
  }

  /** Whether `prefix` and then a digit come next. */
  isBeforeNumber(prefix: string): boolean {
    return this.#text.startsWith(prefix, this.#at) && /[0-9]/.test(this.#text.charAt(this.#at + prefix.length));
  }

  isBefore(word: string): boolean {
    return this.#text.startsWith(word, this.#at);
  }

  /** Whether a number and then a dot come next. */
  get isBeforeAddress(): boolean {
    const scanned = scanInteger(this.#text, this.#at);
    return scanned !== undefined && this.#text[scanned.end] === ".";
  }

  number(maximum: number): number {
    const scanned = scanInteger(this.#text, this.#at);
    if (scanned === undefined || scanned.value > maximum) throw new BadOption();
    this.#at = scanned.end;
    return scanned.value;
  }

  /** A decimal number, even with leading zeros. */
  decimal(maximum: number): number {
    const digits = /^[0-9]{1,10}/.exec(this.#text.slice(this.#at, this.#at + 11))?.[0];
    if (digits === undefined || Number(digits) > maximum) throw new BadOption();
    this.#at += digits.length;
    return Number(digits);
  }

  /** `a.b.c.d` */
  address(): readonly number[] {
    const bytes = [this.decimal(255)];
    for (let index = 1; index < 4; index++) {
      this.demand(".");
      bytes.push(this.decimal(255));
    }
    return bytes;
  }
}

/** `KIND` or `KIND=BYTE:BYTE...` */
export function parseUnknownOption(scanner: OptionScanner): readonly number[] {
  const kind = scanner.number(255);
  if (!scanner.isBeforeNumber("=")) return [kind];
  const body: number[] = [];
  for (let separator = "="; scanner.isBeforeNumber(separator); separator = ":") {
    scanner.demand(separator);
    body.push(scanner.number(255));
  }
  return withLength(kind, body);
}

/** An option's kind, its length byte, and its body. */
export function withLength(kind: number, body: readonly number[]): readonly number[] {
  if (body.length + 2 > 255) throw new BadOption();
  return [kind, body.length + 2, ...body];
}

/** Four bytes in network order. */
export function wordBytes(value: number): readonly number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/**
 * Parses options separated by `,` or `;`.
 *
 * @param parseOption  parses one option; gets the bytes before it
 * @returns undefined when the text is not options, or more than a header holds
 */
export function parseOptions(
  text: string,
  parseOption: (scanner: OptionScanner, before: readonly number[]) => readonly number[],
): Uint8Array | undefined {
  if (text === "" || text === NO_OPTIONS) return new Uint8Array(0);
  try {
    const scanner = new OptionScanner(text);
    let bytes = [...parseOption(scanner, [])];
    while (!scanner.isAtEnd) {
      if (!scanner.take(",") && !scanner.take(";")) return undefined;
      bytes = [...bytes, ...parseOption(scanner, bytes)];
      if (bytes.length > 8 * MAXIMUM_OPTIONS_LENGTH) return undefined;
    }
    // Padding in front gives way to options that need its place.
    while (bytes.length > MAXIMUM_OPTIONS_LENGTH && bytes[0] === NO_OPERATION) bytes.shift();
    return bytes.length > MAXIMUM_OPTIONS_LENGTH ? undefined : Uint8Array.from(bytes);
  } catch (error) {
    if (error instanceof BadOption) return undefined;
    throw error;
  }
}

/** Options of a header, without padding, up to the end-of-options mark. */
export interface OptionList {
  readonly options: readonly Uint8Array[];
  /** False when a length made no sense; then the options are those before it. */
  readonly isSound: boolean;
}

export function splitOptions(bytes: Uint8Array): OptionList {
  const options: Uint8Array[] = [];
  for (let at = 0; at < bytes.length && bytes[at] !== END_OF_OPTIONS; ) {
    if (bytes[at] === NO_OPERATION) {
      at++;
      continue;
    }
    const length = bytes[at + 1] ?? 0;
    if (length < 2 || at + length > bytes.length) return { options, isSound: false };
    options.push(bytes.subarray(at, at + length));
    at += length;
  }
  return { options, isSound: true };
}

/** `KIND=BYTE:BYTE...` */
export function formatUnknownOption(option: Uint8Array): string {
  const body = [...option.subarray(2)].join(":");
  return body === "" ? String(option[0]) : `${option[0]}=${body}`;
}

/** Joins formatted options; one that made no sense, undefined, spoils them all. */
export function joinOptions(options: readonly (string | undefined)[]): string {
  if (options.includes(undefined)) return MALFORMED_OPTIONS;
  return options.length === 0 ? NO_OPTIONS : options.join(";");
}
