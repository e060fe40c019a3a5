/** The `sprintf` function of scripts: C's, for integers and strings, with arguments that are words. */

import { parseString } from "../../language/argumentText.ts";
import { MAXIMUM_TEXT_LENGTH } from "./expand.ts";
import { readInt, readSigned, readUnsigned } from "./numbers.ts";

/** One conversion: flags, width, precision, size, type; a `*` takes a word. */
const CONVERSION = /%([-0#+ ]*)(\*|[0-9]*)(?:(\.)(\*|[0-9]*))?([hlLq]*)([diouxXs%])/y;

/** Click formats numbers in a buffer of this size, and narrows wider fields to it. */
const NUMBER_BUFFER_SIZE = 128;

interface Conversion {
  readonly flags: string;
  readonly width: number;
  /** Undefined when none is given. */
  readonly precision: number | undefined;
  readonly bits: 16 | 64;
  readonly type: string;
}

/** Takes the next argument; undefined when there is none. */
type TakeWord = () => string | undefined;

/**
 * @param format  without quotes
 * @param words  the arguments, quotes and all
 * @returns undefined when format and arguments do not fit each other
 */
export function sprintf(format: string, words: readonly string[]): string | undefined {
  let taken = 0;
  const takeWord: TakeWord = () => words[taken++];
  const output = convertAll(format, takeWord);
  return taken === words.length ? output : undefined;
}

function convertAll(format: string, takeWord: TakeWord): string | undefined {
  let output = "";
  let at = 0;
  while (at < format.length) {
    const percent = format.indexOf("%", at);
    if (percent < 0) break;
    output += format.slice(at, percent);
    CONVERSION.lastIndex = percent;
    const match = CONVERSION.exec(format);
    if (match === null) return undefined;
    const conversion = readConversion(match, takeWord);
    const converted = conversion && convert(conversion, takeWord);
    if (converted === undefined) return undefined;
    output += converted;
    if (output.length > MAXIMUM_TEXT_LENGTH) return undefined;
    at = CONVERSION.lastIndex;
  }
  return output + format.slice(at);
}

function readConversion(match: RegExpExecArray, takeWord: TakeWord): Conversion | undefined {
  const [, writtenFlags = "", widthText = "", point, precisionText = "", size = "", type = ""] = match;
  const width = widthText === "*" ? readInt(takeWord() ?? "") : Number(widthText);
  if (width === undefined || Math.abs(width) > MAXIMUM_TEXT_LENGTH) return undefined;
  const precision =
    point === undefined ? undefined : precisionText === "*" ? readInt(takeWord() ?? "") : Number(precisionText);
  if (point !== undefined && (precision === undefined || precision < 0)) return undefined;
  const flags = width < 0 ? `${writtenFlags}-` : writtenFlags;
  return { flags, width: Math.abs(width), precision, bits: size.endsWith("h") ? 16 : 64, type };
}

function convert(conversion: Conversion, takeWord: TakeWord): string | undefined {
  switch (conversion.type) {
    case "%":
      return padded("%", conversion);
    case "s": {
      const text = parseString(takeWord() ?? "");
      return text === undefined ? undefined : padded(text.slice(0, conversion.precision), conversion);
    }
    case "d":
    case "i": {
      const value = readSigned(takeWord() ?? "");
      return value === undefined ? undefined : number(BigInt.asIntN(conversion.bits, value), conversion);
    }
    default: {
      const value = readUnsigned(takeWord() ?? "");
      return value === undefined ? undefined : number(BigInt.asUintN(conversion.bits, value), conversion);
    }
  }
}

const RADIX: Readonly<Record<string, number>> = { o: 8, x: 16, X: 16 };

function number(value: bigint, conversion: Conversion): string {
  const { flags, type } = conversion;
  const isSigned = type === "d" || type === "i";
  const width = Math.min(conversion.width, NUMBER_BUFFER_SIZE);
  const sign = value < 0n ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const magnitude = isSigned && value < 0n ? -value : value;
  let digits = magnitude.toString(RADIX[type] ?? 10);
  if (type === "X") digits = digits.toUpperCase();
  const prefix = flags.includes("#") && (type === "x" || type === "X") && magnitude !== 0n ? `0${type}` : "";
  const zeros =
    conversion.precision !== undefined
      ? Math.min(conversion.precision, NUMBER_BUFFER_SIZE - 4)
      : flags.includes("0")
        ? width - prefix.length - sign.length
        : 0;
  digits = digits.padStart(zeros, "0");
  if (flags.includes("#") && type === "o" && digits[1] !== "0") digits = `0${digits}`;
  return padded(sign + prefix + digits, { ...conversion, width });
}

function padded(text: string, { flags, width }: Conversion): string {
  if (flags.includes("-")) return text.padEnd(width);
  return text.padStart(width, flags.includes("0") ? "0" : " ");
}
