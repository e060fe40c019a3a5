/** The pattern language of Classifier: `OFFSET/VALUE%MASK` clauses, `!` before a clause, `-` for everything. */
import type { Diagnostics } from "../language/diagnostics.ts";
import { type Condition, ConditionBuilder } from "./condition.ts";

const SPACE = /[ \t\n\v\f\r]*/y;
const CLAUSE = /(\d+)(?:(\/)([0-9a-fA-F?]*)(?:(%)([0-9a-fA-F?]*))?)?/y;

/**
 * Parses the pattern with number `index`.
 *
 * @param alignOffset  bytes that a packet's data starts after a word boundary; added to all offsets
 * @returns the condition; what follows a fault in a pattern is not looked at
 */
export function parseClassifierPattern(
  pattern: string,
  index: number,
  alignOffset: number,
  diagnostics: Diagnostics,
  landmark: string,
): Condition {
  const error = (text: string) => diagnostics.error(landmark, `pattern ${index}: ${text}`);
  const builder = new ConditionBuilder();
  let empty = true;
  let at = pattern === "-" ? 1 : 0;
  const skip = (what: RegExp): RegExpExecArray | null => {
    what.lastIndex = at;
    const match = what.exec(pattern);
    if (match !== null) at = what.lastIndex;
    return match;
  };

  for (;;) {
    skip(SPACE);
    if (at >= pattern.length) break;
    const negated = pattern[at] === "!";
    if (negated) {
      at++;
      skip(SPACE);
    }
    const clause = skip(CLAUSE);
    if (clause === null) {
      error("expected a digit");
      break;
    }
    const [, offset = "", slash, value = "", percent, mask = ""] = clause;
    if (slash === undefined) {
      error("expected '/'");
      break;
    }
    const bytes = clauseBytes(value, percent === undefined ? undefined : mask, error);
    if (bytes.length > 0) empty = false;
    addBytes(builder, wrappedInteger(offset) + alignOffset, bytes);
    if (negated) builder.negateLast("flip");
  }
  if (empty) builder.compare(0, 0, 0);
  return builder.finish() ?? { kind: "compare", offset: 0, mask: 0, value: 0, whenMissing: false };
}

/** A decimal number as C's int arithmetic gives it. */
function wrappedInteger(digits: string): number {
  let value = 0;
  for (const digit of digits) value = (Math.imul(value, 10) + Number(digit)) | 0;
  return value;
}

interface MaskedByte {
  readonly value: number;
  readonly mask: number;
}

function clauseBytes(value: string, mask: string | undefined, error: (text: string) => void): MaskedByte[] {
  let length = value.length;
  if (length < 2) {
    error("value has less than 2 hex digits");
    length = 0;
    if (mask !== undefined) mask = "";
  }
  if (length % 2 !== 0) {
    error("value has odd number of hex digits");
    length--;
    mask = mask?.slice(0, -1);
  }
  if (mask !== undefined && mask.length !== length) {
    error(`mask has too ${mask.length > length ? "many" : "few"} hex digits`);
    length = Math.min(length, mask.length);
  }
  const bytes: MaskedByte[] = [];
  for (let i = 0; i + 1 < length; i += 2) {
    const byte = hexByte(value, i);
    const masked = mask === undefined ? undefined : hexByte(mask, i);
    const bits = masked === undefined ? byte.mask : byte.mask & masked.value & masked.mask;
    bytes.push({ value: byte.value & bits, mask: bits });
  }
  return bytes;
}

/** Two hexadecimal digits; a `?` leaves its four bits out of the mask. */
function hexByte(text: string, at: number): MaskedByte {
  let value = 0;
  let mask = 0;
  for (const digit of text.slice(at, at + 2)) {
    value = (value << 4) | (digit === "?" ? 0 : Number.parseInt(digit, 16));
    mask = (mask << 4) | (digit === "?" ? 0 : 0xf);
  }
  return { value, mask };
}

/** Compares consecutive bytes: one comparison for each aligned word that they touch. */
function addBytes(builder: ConditionBuilder, offset: number, bytes: readonly MaskedByte[]): void {
  builder.open();
  let value = 0;
  let mask = 0;
  bytes.forEach((byte, i) => {
    const at = offset + i;
    const shift = 24 - 8 * (at & 3);
    value |= byte.value << shift;
    mask |= byte.mask << shift;
    if ((at & 3) === 3 || i === bytes.length - 1) {
      builder.compare(at & ~3, mask, value);
      value = 0;
      mask = 0;
    }
  });
  builder.close("and");
}
