/** Numeric argument types: booleans, integers, fixed point, double and bandwidth. */

import { type ArgumentType, accept, type IntegerRange, type Parsed, reject } from "./argumentType.ts";
import { countQuantity, formatScaledByTen, parseDecimal, scaledByTwo, splitUnit, type Unit } from "./decimal.ts";

const FALSE_WORDS: readonly string[] = ["0", "n", "f", "no", "false"];
const TRUE_WORDS: readonly string[] = ["1", "y", "t", "yes", "true"];

export const boolType: ArgumentType<boolean> = {
  name: "bool",
  parse(text) {
    if (TRUE_WORDS.includes(text)) return accept(true);
    return FALSE_WORDS.includes(text) ? accept(false) : reject();
  },
  format: String,
};

const INTEGER =
  /^([+-]?)(?:0[xX]([0-9a-fA-F](?:_?[0-9a-fA-F])*)|0[bB]([01](?:_?[01])*)|(0(?:_?[0-7])*)|([1-9](?:_?[0-9])*))$/;
const DECIMAL_INTEGER = /^([+-]?)()()()(\d(?:_?\d)*)$/;

/** More digits than the widest type has in base 2 are out of range in any base. */
const MAX_DIGITS = 64;

/** Limits of an integer type. */
interface IntegerLimits {
  readonly minimum: bigint;
  readonly maximum: bigint;
}

/**
 * Reads an integer: decimal, `0x` hexadecimal, `0b` binary, or octal after a leading `0`.
 *
 * @param base  10 turns the prefixes off: then every digit is decimal
 * @returns the integer or Click's message; a `-` is no number where the type has no negative values
 */
export function parseInteger(text: string, limits: IntegerLimits, base: "any" | 10 = "any"): Parsed<bigint> {
  const match = (base === 10 ? DECIMAL_INTEGER : INTEGER).exec(text);
  if (match === null) return reject("invalid number");
  const [, sign, hexadecimal, binary, octal, decimal] = match;
  if (sign === "-" && limits.minimum >= 0n) return reject("invalid number");
  const [prefix, withUnderscores] = hexadecimal
    ? ["0x", hexadecimal]
    : binary
      ? ["0b", binary]
      : octal
        ? ["0o", octal]
        : ["", decimal ?? ""];
  const digits = withUnderscores.replaceAll("_", "").replace(/^0+(?=.)/, "");
  const bound = sign === "-" ? limits.minimum : limits.maximum;
  if (digits.length > MAX_DIGITS) return outOfRange(bound);
  const magnitude = BigInt(prefix + digits);
  const value = sign === "-" ? -magnitude : magnitude;
  return value < limits.minimum || value > limits.maximum ? outOfRange(bound) : accept(value);
}

function outOfRange(bound: bigint | number | string): Parsed<never> {
  return reject(`out of range, bound ${bound}`);
}

function limitsOf(bits: number, sign: "signed" | "unsigned"): IntegerLimits {
  if (sign === "unsigned") return { minimum: 0n, maximum: (1n << BigInt(bits)) - 1n };
  const half = 1n << BigInt(bits - 1);
  return { minimum: -half, maximum: half - 1n };
}

export const INT32_LIMITS = limitsOf(32, "signed");
export const UINT32_LIMITS = limitsOf(32, "unsigned");

/** Integers of at most 32 bits. */
export function integerType(name: string, bits: 8 | 16 | 32, sign: "signed" | "unsigned"): ArgumentType<number> {
  const limits = limitsOf(bits, sign);
  return { name, parse: (text) => toNumber(parseInteger(text, limits)), format: String };
}

/** 64-bit integers. */
export function wideIntegerType(name: string, sign: "signed" | "unsigned"): ArgumentType<bigint> {
  const limits = limitsOf(64, sign);
  return { name, parse: (text) => parseInteger(text, limits), format: String };
}

/** `int[LOW..HIGH]`: a 32-bit integer within bounds. */
export function boundedIntegerType(name: string, low: number, high: number): ArgumentType<number> {
  return {
    name,
    parse(text) {
      const parsed = toNumber(parseInteger(text, INT32_LIMITS));
      if (!parsed.ok) return parsed;
      if (parsed.value < low) return outOfRange(low);
      return parsed.value > high ? outOfRange(high) : parsed;
    },
    format: String,
  };
}

export function toNumber(parsed: Parsed<bigint>): Parsed<number> {
  return parsed.ok ? accept(Number(parsed.value)) : parsed;
}

/** `LOW-HIGH`, or one number for both ends. */
export const rangeType: ArgumentType<IntegerRange> = {
  name: "range",
  parse(text) {
    const dash = text.indexOf("-");
    const low = parseInteger(dash < 0 ? text : text.slice(0, dash), UINT32_LIMITS);
    const high = dash < 0 ? low : parseInteger(text.slice(dash + 1), UINT32_LIMITS);
    if (!low.ok || !high.ok || low.value > high.value) return reject();
    return accept({ low: Number(low.value), high: Number(high.value) });
  },
  format: ({ low, high }) => (low === high ? `${low}` : `${low}-${high}`),
};

/**
 * `fixed(n)`: an unsigned number with `n` bits of binary fraction, n ≤ 28 as in Click's printer.
 * The value is the number times 2^n, rounded as Click rounds: first to 32 bits, then to n.
 */
export function fixedPointType(name: string, fractionBits: number): ArgumentType<number> {
  return {
    name,
    parse(text) {
      const decimal = parseDecimal(text, "unsigned");
      if (decimal === undefined) return reject();
      const value = (scaledByTwo(decimal, 32) + (1n << BigInt(31 - fractionBits))) >> BigInt(32 - fractionBits);
      if (value > UINT32_LIMITS.maximum) return outOfRange(formatFixedPoint(0xffff_ffff, fractionBits));
      return accept(Number(value));
    },
    format: (value) => formatFixedPoint(value, fractionBits),
  };
}

/**
 * Prints a binary fixed-point number with enough decimal digits that reading it gives the same number again
 * (D. E. Knuth, "A simple program whose proof isn't", 1990). Click counts in 32 bits; with 28 bits of fraction that wraps, and
 * the last digit may be off by one bit. The same is done here, so that handlers print the same.
 */
export function formatFixedPoint(value: number, fractionBits: number): string {
  const one = 2 ** fractionBits;
  const integer = Math.floor(value / one);
  let remainder = value % one;
  if (remainder === 0) return `${integer}`;
  let rounder = 5;
  while (rounder < one >>> 1) rounder *= 10;
  let digits = "";
  let tolerance = 10;
  remainder = 10 * remainder + 5;
  do {
    if (tolerance > one) remainder = (remainder + (one >>> 1) - rounder) >>> 0;
    digits += Math.floor(remainder / one);
    remainder = 10 * (remainder % one);
    tolerance = Math.imul(tolerance, 10) >>> 0;
  } while (remainder > tolerance);
  return `${integer}.${digits}`;
}

const FLOATING = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan(?:\(\w*\))?)$/i;
const HEXADECIMAL_FLOATING = /^([+-]?)0x(?:([0-9a-f]+)(?:\.([0-9a-f]*))?|\.([0-9a-f]+))(?:p([+-]?\d+))?$/i;
const SMALLEST_NORMAL = 2 ** -1022;

export const doubleType: ArgumentType<number> = {
  name: "double",
  parse(text) {
    const value = readDouble(text);
    if (value === undefined) return reject();
    if (/inf|nan/i.test(text)) return accept(value);
    if (!Number.isFinite(value)) return outOfRange(value < 0 ? "-inf" : "inf");
    const mantissa = text.replace(/^([+-]?)0x/i, "$1").replace(/[ep].*$/i, "");
    if (value === 0)
      return /[1-9a-f]/i.test(mantissa)
        ? reject(`underflow, rounded to ${formatSignificant(value, 6)}`)
        : accept(value);
    return Math.abs(value) < SMALLEST_NORMAL ? outOfRange(formatSignificant(value, 6)) : accept(value);
  },
  format: (value) => formatSignificant(value, 12),
};

/** What C's `strtod` reads, when it reads all of the text. */
function readDouble(text: string): number | undefined {
  if (FLOATING.test(text)) {
    if (/nan/i.test(text)) return Number.NaN;
    if (/inf/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
    return Number(text);
  }
  const match = HEXADECIMAL_FLOATING.exec(text);
  if (match === null) return undefined;
  const [, sign, integer = "", fraction = "", bareFraction = "", exponent = "0"] = match;
  const digits = (integer + fraction + bareFraction).replace(/^0+(?=.)/, "");
  const scale = Number(exponent) - 4 * (fraction.length + bareFraction.length);
  const magnitude = Number(`0x${digits}`) * 2 ** scale;
  return sign === "-" ? -magnitude : magnitude;
}

/** Prints a double as C's `%.Ng` does. */
export function formatSignificant(value: number, digits: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa = "", exponentText = "0"] = value.toExponential(digits - 1).split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < digits) return withoutTrailingZeros(value.toFixed(digits - 1 - exponent));
  const exponentDigits = `${Math.abs(exponent)}`.padStart(2, "0");
  return `${withoutTrailingZeros(mantissa)}e${exponent < 0 ? "-" : "+"}${exponentDigits}`;
}

function withoutTrailingZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A bit is an eighth of a byte: 125 × 10^-3. */
const BANDWIDTH_UNITS: readonly Unit[] = [
  { suffix: "baud", power: -3, factor: 125 },
  { suffix: "bps", power: -3, factor: 125 },
  { suffix: "b/s", power: -3, factor: 125 },
  { suffix: "Bps", power: 0, factor: 1 },
  { suffix: "B/s", power: 0, factor: 1 },
];
const BANDWIDTH_PREFIXES = { k: 3, K: 3, M: 6, G: 9 };

/** Bytes per second. */
export const bandwidthType: ArgumentType<number> = {
  name: "bandwidth",
  parse(text) {
    const value = countQuantity(splitUnit(text, BANDWIDTH_UNITS, BANDWIDTH_PREFIXES), 0);
    if (value === undefined) return reject();
    return value > UINT32_LIMITS.maximum ? reject("out of range") : accept(Number(value));
  },
  format(value) {
    if (value >= 0x2000_0000) return `${formatScaledByTen(value, 6)}MBps`;
    if (value >= 125_000_000) return `${formatScaledByTen(value * 8, 9)}Gbps`;
    if (value >= 125_000) return `${formatScaledByTen(value * 8, 6)}Mbps`;
    return `${formatScaledByTen(value * 8, 3)}kbps`;
  },
};
