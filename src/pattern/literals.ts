/** Numbers and addresses as Click writes them. */
import type { Names } from "./names.ts";

const DIGIT_SETS = new Map([
  [2, /^[01]+(_[01]+)*$/],
  [8, /^[0-7]+(_[0-7]+)*$/],
  [10, /^[0-9]+(_[0-9]+)*$/],
  [16, /^[0-9a-fA-F]+(_[0-9a-fA-F]+)*$/],
]);

/** A decimal, 0x, 0b or octal number with underscores between digits, of any size; undefined if it is not one. */
function integer(text: string, fixedBase?: 10): number | undefined {
  const sign = /^[+-]/.test(text) ? 1 : 0;
  let digits = text.slice(sign);
  let base = fixedBase ?? 10;
  if (fixedBase === undefined && /^0[xX]./.test(digits)) {
    base = 16;
    digits = digits.slice(2);
  } else if (fixedBase === undefined && /^0[bB]./.test(digits)) {
    base = 2;
    digits = digits.slice(2);
  } else if (fixedBase === undefined && digits.startsWith("0")) base = 8;
  if (!DIGIT_SETS.get(base)?.test(digits)) return undefined;
  const magnitude = Number.parseInt(digits.replaceAll("_", ""), base);
  return text.startsWith("-") ? 0 - magnitude : magnitude;
}

export function signedInteger(text: string, base?: 10): number | undefined {
  const value = integer(text, base);
  return value !== undefined && value >= -0x80000000 && value <= 0x7fffffff ? value : undefined;
}

export function unsignedInteger(text: string): number | undefined {
  const value = text.startsWith("-") ? undefined : integer(text);
  return value !== undefined && value <= 0xffffffff ? value : undefined;
}

/** An integer that stops at the ends of the 32-bit range. */
export function saturatingInteger(text: string): number | undefined {
  const value = integer(text);
  return value === undefined ? undefined : Math.max(-0x80000000, Math.min(0x7fffffff, value));
}

/** One to four dotted bytes; undefined for anything else. */
function dottedBytes(text: string): number[] | undefined {
  if (!/^\d+(\.\d+){0,3}$/.test(text)) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

const word = (bytes: readonly number[]): number =>
  (((bytes[0] ?? 0) << 24) | ((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)) >>> 0;

/** An IPv4 address in four dotted bytes, or a name for one. */
export function ipAddress(text: string, names: Names): number | undefined {
  const bytes = dottedBytes(text);
  return bytes?.length === 4 ? word(bytes) : names.address(text);
}

/** `ADDRESS/LENGTH`, `ADDRESS/MASK` (trailing zero bytes of the address may be left out), or a name for a prefix. */
export function ipPrefix(text: string, names: Names): { readonly address: number; readonly mask: number } | undefined {
  const slash = text.lastIndexOf("/");
  if (slash > 0 && slash < text.length - 1) {
    const bytes = dottedBytes(text.slice(0, slash));
    const named = bytes === undefined ? names.address(text.slice(0, slash)) : undefined;
    const mask = prefixMask(text.slice(slash + 1), names);
    const given = bytes === undefined ? 4 : bytes.length;
    const address = bytes === undefined ? named : word(bytes);
    const covered = (mask ?? 0) & lengthMask(given * 8);
    if (address !== undefined && mask !== undefined && covered >>> 0 === mask) return { address, mask };
  }
  return names.prefix(text);
}

function prefixMask(text: string, names: Names): number | undefined {
  const length = signedInteger(text, 10);
  return length !== undefined && length >= 0 && length <= 32 ? lengthMask(length) : ipAddress(text, names);
}

function lengthMask(bits: number): number {
  return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
}

/** Six bytes in hexadecimal, joined by `:` or `-`, or a name for them. */
export function etherAddress(text: string, names: Names): readonly number[] | undefined {
  if (/^[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}$/.test(text) || /^[0-9a-fA-F]{1,2}(-[0-9a-fA-F]{1,2}){5}$/.test(text))
    return text.split(/[:-]/).map((byte) => Number.parseInt(byte, 16));
  return names.etherAddress(text);
}
