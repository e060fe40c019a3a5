/** Argument types for time: a number of seconds with its unit, as a count of ticks or as nanoseconds. */

import { type ArgumentType, accept, type Parsed, reject } from "./argumentType.ts";
import { countQuantity, formatScaledByTen, parseDecimal, scaledByTen, splitUnit, type Unit } from "./decimal.ts";

const TIME_UNITS: readonly Unit[] = [
  { suffix: "s", power: 0, factor: 1 },
  { suffix: "sec", power: 0, factor: 1 },
  { suffix: "m", power: 1, factor: 6 },
  { suffix: "min", power: 1, factor: 6 },
  { suffix: "h", power: 2, factor: 36 },
  { suffix: "hr", power: 2, factor: 36 },
  { suffix: "d", power: 2, factor: 864 },
  { suffix: "day", power: 2, factor: 864 },
];
const TIME_PREFIXES = { m: -3, u: -6, n: -9 };

const UINT32_MAX = 0xffff_ffffn;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** `seconds(k)`: an unsigned 32-bit count of 10^-k seconds. */
export function secondsType(name: string, decimalPlaces: number): ArgumentType<number> {
  return {
    name,
    parse(text) {
      const value = countQuantity(splitUnit(text, TIME_UNITS, TIME_PREFIXES), decimalPlaces);
      if (value === undefined) return reject();
      return value > UINT32_MAX ? reject("out of range") : accept(Number(value));
    },
    format: (value) => formatTicks(value, decimalPlaces),
  };
}

/** Whole seconds print as a bare number; milliseconds and microseconds below a second keep their unit. */
function formatTicks(value: number, decimalPlaces: number): string {
  if (decimalPlaces === 0) return `${value}`;
  const smallUnit = decimalPlaces === 3 ? "ms" : decimalPlaces === 6 ? "us" : undefined;
  if (smallUnit !== undefined && value > 0 && value < 1000) return `${value}${smallUnit}`;
  return `${formatScaledByTen(value, decimalPlaces)}s`;
}

/**
 * Nanoseconds from a time in seconds, or with a unit. A number of seconds beyond 2^32 counts as the largest one, silently, as
 * in Click. Click loses the fraction's sign in `-1.5` and its high bits in `1.99m`; here both mean what they say.
 */
export function parseTimestamp(text: string, sign: "signed" | "unsigned"): Parsed<bigint> {
  const quantity = splitUnit(text, TIME_UNITS, TIME_PREFIXES);
  const decimal = parseDecimal(quantity.number, sign);
  if (decimal === undefined) return reject();
  const limit = (UINT32_MAX + 1n) * NANOSECONDS_PER_SECOND - 1n;
  const unscaled = scaledByTen(decimal, 9 + quantity.power);
  const nanoseconds = (unscaled > limit ? limit : unscaled) * BigInt(quantity.factor);
  return accept(decimal.negative ? -nanoseconds : nanoseconds);
}

/** Seconds and 6 digits of fraction, or 9 where 6 do not suffice. */
export function formatTimestamp(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return `-${formatTimestamp(-nanoseconds)}`;
  const fraction = (nanoseconds % NANOSECONDS_PER_SECOND).toString().padStart(9, "0");
  const shown = fraction.endsWith("000") ? fraction.slice(0, 6) : fraction;
  return `${nanoseconds / NANOSECONDS_PER_SECOND}.${shown}`;
}

/** Whole `ms`, `us` or `ns` below a second, seconds from there. */
export function formatInterval(nanoseconds: bigint): string {
  if (nanoseconds < 0n || nanoseconds >= NANOSECONDS_PER_SECOND) return `${formatTimestamp(nanoseconds)}s`;
  if (nanoseconds % 1_000_000n === 0n) return `${nanoseconds / 1_000_000n}ms`;
  if (nanoseconds % 1000n === 0n) return `${nanoseconds / 1000n}us`;
  return `${nanoseconds}ns`;
}

/** Points in time, and times that a handler prints as such: nanoseconds. */
export const timestampType: ArgumentType<bigint> = {
  name: "timestamp",
  parse: (text) => parseTimestamp(text, "unsigned"),
  format: formatTimestamp,
};

/** A timestamp that may be negative. */
export const signedTimestampType: ArgumentType<bigint> = {
  name: "timestamp(signed)",
  parse: (text) => parseTimestamp(text, "signed"),
  format: formatTimestamp,
};

/** Nanoseconds, printed as an interval. */
export const intervalType: ArgumentType<bigint> = {
  name: "interval",
  parse: (text) => parseTimestamp(text, "signed"),
  format: formatInterval,
};
