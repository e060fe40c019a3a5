/**
 * Decimal numbers with a fraction, and units behind them, exactly. Click's syntax: an underscore may stand between
 * digits, an exponent may follow, `1.` and `.5` are numbers.
 */

/** A non-negative decimal number: `digits` × 10^`exponent`. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
  readonly negative: boolean;
}

const DECIMAL = /^([+-]?)(?:(\d(?:_?\d)*)(?:_|\.(\d(?:_?\d)*_?)?)?|\.(\d(?:_?\d)*_?))(?:[eE]([+-]?\d+))?$/;

/** Beyond this many places a number is zero or out of every range; it bounds the work that a hostile text can cause. */
const MAX_PLACES = 400;

const TOO_LARGE: Decimal = { digits: 1n, exponent: MAX_PLACES, negative: false };

/**
 * Reads a decimal number; the whole text must belong to it.
 *
 * @param sign  whether a leading `-` is allowed (a `+` always is)
 */
export function parseDecimal(text: string, sign: "signed" | "unsigned"): Decimal | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, signText, integerText = "", fractionText = "", bareFractionText = "", exponentText = "0"] = match;
  const negative = signText === "-";
  if (negative && sign === "unsigned") return undefined;
  const integer = integerText.replaceAll("_", "");
  const fraction = (fractionText + bareFractionText).replaceAll("_", "");
  return { ...normalized(integer + fraction, Number(exponentText) - fraction.length), negative };
}

/** Drops leading zeros, and digits that no result can show. */
function normalized(allDigits: string, exponent: number): Decimal {
  const digits = allDigits.replace(/^0+/, "");
  if (digits === "") return { digits: 0n, exponent: 0, negative: false };
  const magnitude = digits.length + exponent;
  if (magnitude > MAX_PLACES) return TOO_LARGE;
  if (magnitude < -MAX_PLACES) return { digits: 0n, exponent: 0, negative: false };
  const kept = digits.slice(0, 2 * MAX_PLACES);
  return { digits: BigInt(kept), exponent: exponent + (digits.length - kept.length), negative: false };
}

/** The number times 10^`places`, rounded half up to an integer; the sign is left out. */
export function scaledByTen(decimal: Decimal, places: number): bigint {
  const exponent = decimal.exponent + places;
  if (exponent >= 0) return decimal.digits * 10n ** BigInt(exponent);
  return dividedHalfUp(decimal.digits, 10n ** BigInt(-exponent));
}

/** The number times 10^`places` times 2^`bits`, rounded half up to an integer; the sign is left out. */
export function scaledByTwo(decimal: Decimal, bits: number, places = 0): bigint {
  const exponent = decimal.exponent + places;
  const numerator = decimal.digits << BigInt(bits);
  if (exponent >= 0) return numerator * 10n ** BigInt(exponent);
  return dividedHalfUp(numerator, 10n ** BigInt(-exponent));
}

function dividedHalfUp(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator);
}

/** A unit that may follow a number: the number counts `factor` × 10^`power`. */
export interface Unit {
  readonly suffix: string;
  readonly power: number;
  readonly factor: number;
}

/** A number text separated from its unit. */
export interface Quantity {
  readonly number: string;
  readonly power: number;
  readonly factor: number;
}

/**
 * Separates a unit, with its SI prefix if there is one, from the number before it.
 *
 * @param prefixes  letters that may stand before the unit, with their powers of ten
 */
export function splitUnit(text: string, units: readonly Unit[], prefixes: Readonly<Record<string, number>>): Quantity {
  const unit = units.find(({ suffix }) => text.endsWith(suffix));
  if (unit === undefined) return { number: text, power: 0, factor: 1 };
  const rest = text.slice(0, text.length - unit.suffix.length);
  const prefixPower = rest === "" ? undefined : prefixes[rest.charAt(rest.length - 1)];
  const number = prefixPower === undefined ? rest : rest.slice(0, -1);
  return { number: withoutTrailingSpace(number), power: unit.power + (prefixPower ?? 0), factor: unit.factor };
}

function withoutTrailingSpace(text: string): string {
  let end = text.length;
  while (end > 0 && " \t\n\v\f\r".includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/**
 * Counts a quantity in whole units of 10^-`places`, as Click does: the fraction is first rounded to 32 bits, then
 * multiplied by the unit's factor.
 *
 * @returns the count, or `undefined` when the text is not an unsigned number
 */
export function countQuantity(quantity: Quantity, places: number): bigint | undefined {
  const decimal = parseDecimal(quantity.number, "unsigned");
  if (decimal === undefined) return undefined;
  const fixed = scaledByTwo(decimal, 32, quantity.power + places);
  return (fixed * BigInt(quantity.factor) + (1n << 31n)) >> 32n;
}

/** Prints `value` × 10^-`places` without trailing zeros. */
export function formatScaledByTen(value: number | bigint, places: number): string {
  if (value < 0) return `-${formatScaledByTen(-value, places)}`;
  const digits = value.toString().padStart(places + 1, "0");
  const integer = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, "");
  return fraction === "" ? integer : `${integer}.${fraction}`;
}
