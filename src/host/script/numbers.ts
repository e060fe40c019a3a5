/** Numbers and truth values in script functions. They have the syntax of element arguments; only absence matters, not why. */

import type { ArgumentContext } from "../../library/arguments/argumentType.ts";
import { boolType, doubleType, formatSignificant, parseInteger } from "../../library/arguments/numbers.ts";

const SIGNED_64 = { minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n };
const UNSIGNED_64 = { minimum: 0n, maximum: 2n ** 64n - 1n };

/** @returns a signed 64-bit integer, or undefined when the text is none */
export function readSigned(text: string): bigint | undefined {
  const parsed = parseInteger(text, SIGNED_64);
  return parsed.ok ? parsed.value : undefined;
}

/** @returns an unsigned 64-bit integer, or undefined when the text is none */
export function readUnsigned(text: string): bigint | undefined {
  const parsed = parseInteger(text, UNSIGNED_64);
  return parsed.ok ? parsed.value : undefined;
}

/** @returns a signed 32-bit integer, or undefined when the text is none */
export function readInt(text: string): number | undefined {
  const value = readSigned(text);
  return value !== undefined && BigInt.asIntN(32, value) === value ? Number(value) : undefined;
}

export function readDouble(text: string, context: ArgumentContext): number | undefined {
  const parsed = doubleType.parse(text, context);
  return parsed.ok ? parsed.value : undefined;
}

export function readBoolean(text: string, context: ArgumentContext): boolean | undefined {
  const parsed = boolType.parse(text, context);
  return parsed.ok ? parsed.value : undefined;
}

/** Prints 12 significant digits. Not-a-number carries the minus sign that x86 gives it in arithmetic. */
export function formatDouble(value: number): string {
  return Number.isNaN(value) ? "-nan" : formatSignificant(value, 12);
}
