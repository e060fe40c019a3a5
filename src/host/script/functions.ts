/**
 * The functions of scripts: arithmetic, comparison, text, files. Each is a read handler of every Script, and takes its
 * arguments as the parameter.
 */

import { parseString, quote, shiftWord, splitWords, unquote } from "../../language/argumentText.ts";
import { parseInteger } from "../../library/arguments/numbers.ts";
import { filenameType } from "../../library/arguments/texts.ts";
import { formatTimestamp } from "../../library/arguments/time.ts";
import type { ScriptEnvironment } from "./environment.ts";
import { formatDouble, readBoolean, readDouble, readInt, readSigned } from "./numbers.ts";
import { parseSignal } from "./signals.ts";
import { sprintf } from "./sprintf.ts";
import type { HandlerVariables } from "./variables.ts";

/** Why a function has no value. */
export class FunctionError extends Error {}

/** What a function may look at. */
export interface FunctionContext {
  readonly environment: ScriptEnvironment;
  readonly variables: HandlerVariables;
}

/** A function of scripts. @throws FunctionError when it has no value */
export interface ScriptFunction {
  readonly takesParameter: boolean;
  /** Not to be called from outside the router. */
  readonly isPrivate: boolean;
  evaluate(text: string, context: FunctionContext): string;
}

type Evaluate = ScriptFunction["evaluate"];

const withParameter = (evaluate: Evaluate): ScriptFunction => ({ takesParameter: true, isPrivate: false, evaluate });
const privately = (evaluate: Evaluate): ScriptFunction => ({ takesParameter: true, isPrivate: true, evaluate });

/** The functions in the order in which Click lists them. */
export const FUNCTIONS: ReadonlyMap<string, ScriptFunction> = new Map<string, ScriptFunction>([
  ["add", withParameter(fold({ empty: 0n, integer: (a, b) => a + b, double: (a, b) => a + b }))],
  ["sub", withParameter(fold({ empty: 0n, integer: (a, b) => a - b, double: (a, b) => a - b }))],
  ["min", withParameter(fold({ empty: 1n, integer: lesser, double: Math.min }))],
  ["max", withParameter(fold({ empty: 1n, integer: greater, double: Math.max }))],
  ["mul", withParameter(fold({ empty: 1n, integer: (a, b) => a * b, double: (a, b) => a * b }))],
  ["div", withParameter((text, context) => formatDouble(quotient(text, context)))],
  ["idiv", withParameter((text, context) => String(truncated(quotient(text, context))))],
  ["mod", withParameter(remainder)],
  ["rem", withParameter(floatingRemainder)],
  ["neg", withParameter((text, context) => changeSign(text, context, "always"))],
  ["abs", withParameter((text, context) => changeSign(text, context, "if negative"))],
  ["eq", withParameter(comparison((order) => order === 0))],
  ["ne", withParameter(comparison((order) => order !== 0))],
  ["gt", withParameter(comparison((order) => order > 0))],
  ["ge", withParameter(comparison((order) => order >= 0))],
  ["lt", withParameter(comparison((order) => order < 0))],
  ["le", withParameter(comparison((order) => order <= 0))],
  ["not", withParameter((text, context) => String(!truth(text, context)))],
  ["sprintf", withParameter(format)],
  ["first", withParameter((text) => shiftWord(text).word)],
  ["random", withParameter(random)],
  ["and", withParameter((text, context) => String(!holdsAny(text, context, false)))],
  ["or", withParameter((text, context) => String(holdsAny(text, context, true)))],
  ["nand", withParameter((text, context) => String(holdsAny(text, context, false)))],
  ["nor", withParameter((text, context) => String(!holdsAny(text, context, true)))],
  ["if", withParameter(choose)],
  ["in", withParameter(isAmong)],
  [
    "now",
    { takesParameter: false, isPrivate: false, evaluate: (_, { environment }) => formatTimestamp(environment.now()) },
  ],
  ["readable", withParameter((text, context) => haveHandlers(text, context, "read"))],
  ["writable", withParameter((text, context) => haveHandlers(text, context, "write"))],
  ["length", withParameter((text) => String(text.length))],
  ["unquote", withParameter((text) => unquote(text))],
  ["htons", withParameter(swapShort)],
  ["htonl", withParameter(swapLong)],
  ["ntohs", withParameter(swapShort)],
  ["ntohl", withParameter(swapLong)],
  ["cat", privately(contents)],
  ["catq", privately((text, context) => quote(contents(text, context)))],
  ["kill", privately(kill)],
  ["get", withParameter((text, { variables }) => existing(soleWord(text, ""), variables).value)],
  ["shift", withParameter(shiftVariable)],
]);

function lesser(a: bigint, b: bigint): bigint {
  if (b < a) return b;
  return a;
}

function greater(a: bigint, b: bigint): bigint {
  if (b > a) return b;
  return a;
}

/** A fold over numbers: with 64-bit integers, which wrap around, up to the first word that is none; from there with doubles. */
interface Fold {
  /** The value for no arguments. */
  readonly empty: bigint;
  integer(a: bigint, b: bigint): bigint;
  double(a: number, b: number): number;
}

function fold({ empty, integer, double }: Fold): Evaluate {
  return (text, context) => {
    let exact: bigint | undefined;
    let floating: number | undefined;
    for (const word of splitWords(text)) {
      const whole = floating === undefined ? readSigned(word) : undefined;
      if (whole !== undefined) {
        exact = exact === undefined ? whole : BigInt.asIntN(64, integer(exact, whole));
      } else {
        const value = listedDouble(word, context);
        const before = floating ?? (exact === undefined ? undefined : Number(exact));
        floating = before === undefined ? value : double(before, value);
      }
    }
    return floating === undefined ? String(exact ?? empty) : formatDouble(floating);
  };
}

function listedDouble(word: string, { environment }: FunctionContext): number {
  const value = readDouble(word, environment.context);
  if (value === undefined) throw new FunctionError("expected list of numbers");
  return value;
}

/** The first number divided by all others; 1 for no numbers. */
function quotient(text: string, context: FunctionContext): number {
  const values = splitWords(text).map((word) => listedDouble(word, context));
  return values.length === 0 ? 1 : values.reduce((a, b) => a / b);
}

const SMALLEST_64 = -(2n ** 63n);

/** What x86 makes of a double: the smallest integer for all that do not fit. */
function truncated(value: number): bigint {
  if (!Number.isFinite(value)) return SMALLEST_64;
  const whole = BigInt(Math.trunc(value));
  return BigInt.asIntN(64, whole) === whole ? whole : SMALLEST_64;
}

function twoWords(text: string): readonly [string, string] {
  const [first, second, ...others] = splitWords(text);
  if (first === undefined || second === undefined || others.length > 0) throw new FunctionError("expected two numbers");
  return [first, second];
}

function remainder(text: string): string {
  const [dividend, divisor] = twoWords(text).map(readSigned);
  if (dividend === undefined || divisor === undefined) throw new FunctionError("expected two numbers");
  // Click dies of it.
  if (divisor === 0n) throw new FunctionError("division by zero");
  return String(dividend % divisor);
}

function floatingRemainder(text: string, { environment }: FunctionContext): string {
  const words = twoWords(text);
  if (words.every((word) => readSigned(word) !== undefined)) return remainder(text);
  const [dividend, divisor] = words.map((word) => readDouble(word, environment.context));
  if (dividend === undefined || divisor === undefined) throw new FunctionError("expected two numbers");
  return formatDouble(dividend % divisor);
}

function changeSign(text: string, { environment }: FunctionContext, when: "always" | "if negative"): string {
  const whole = readSigned(text);
  if (whole !== undefined) return String(BigInt.asIntN(64, when === "always" || whole < 0n ? -whole : whole));
  const value = readDouble(text, environment.context);
  if (value === undefined) throw new FunctionError("expected one number");
  return formatDouble(when === "always" ? -value : Math.abs(value));
}

/** Compares numbers as numbers, and anything else as text without quotes, byte by byte. */
function comparison(holds: (order: number) => boolean): Evaluate {
  return (text, { environment }) => {
    const words = twoWords(text);
    const integers = words.map(readSigned);
    const doubles = words.map((word) => readDouble(word, environment.context));
    const operands = [integers, doubles].find((values) => values.every((value) => value !== undefined));
    return String(holds(order(operands ?? words.map(unquote))));
  };
}

/** Negative, zero or positive. Numbers without an order, such as not-a-number, count as greater. */
function order([a, b]: readonly (bigint | number | string | undefined)[]): number {
  if (a === undefined || b === undefined) return 0;
  if (a < b) return -1;
  return a === b ? 0 : 1;
}

function truth(text: string, { environment }: FunctionContext): boolean {
  const value = readBoolean(text, environment.context);
  if (value === undefined) throw new FunctionError("syntax error");
  return value;
}

/** Whether one of the words is `wanted`; words after the first such one are not looked at. */
function holdsAny(text: string, context: FunctionContext, wanted: boolean): boolean {
  return splitWords(text).some((word) => truth(word, context) === wanted);
}

function choose(text: string, context: FunctionContext): string {
  const [condition = "", then = "", otherwise = ""] = splitWords(text);
  return truth(condition, context) ? then : otherwise;
}

function isAmong(text: string): string {
  const [wanted = "", ...candidates] = splitWords(text).map(unquote);
  return String(wanted !== "" && candidates.includes(wanted));
}

function format(text: string): string {
  const { word, rest } = shiftWord(text);
  const output = sprintf(unquote(word), splitWords(rest));
  if (output === undefined) throw new FunctionError("syntax error");
  return output;
}

const UNSIGNED_32 = { minimum: 0n, maximum: 2n ** 32n - 1n };

function random(text: string, { environment }: FunctionContext): string {
  const words = splitWords(text);
  if (words.length === 0) return String(environment.random());
  if (words.length > 2) throw new FunctionError("too many arguments");
  const [first = 0, second] = words.map((word, index) => {
    const parsed = parseInteger(word, UNSIGNED_32);
    if (!parsed.ok) throw new FunctionError(`N${index + 1}: ${parsed.error}`);
    return Number(parsed.value);
  });
  const [low, high] = second === undefined ? [0, first - 1] : [first, second];
  if (high < low) throw new FunctionError("bad N");
  return String(randomBetween(low, high, environment));
}

/** The random numbers of an environment are below this. */
const RANDOM_LIMIT = 2 ** 31;

/** A uniform integer in a closed range of at most 2^32 values: draws again what would favour the low ones. */
function randomBetween(low: number, high: number, environment: ScriptEnvironment): number {
  const size = high - low + 1;
  if (size > RANDOM_LIMIT) {
    for (;;) {
      const drawn = environment.random() * 2 + (environment.random() % 2);
      if (drawn < size) return low + drawn;
    }
  }
  const share = Math.floor(RANDOM_LIMIT / size);
  for (;;) {
    const drawn = environment.random();
    if (drawn < share * size) return low + Math.floor(drawn / share);
  }
}

function haveHandlers(text: string, { environment }: FunctionContext, access: "read" | "write"): string {
  return String(
    splitWords(text).every((word) => {
      const name = parseString(word);
      return name !== undefined && name !== "" && environment.findHandler(name, access).ok;
    }),
  );
}

/** Reads an integer as a C `int`: values that do not fit become the nearest that do. */
function clampedInt(text: string): number {
  const parsed = parseInteger(text, { minimum: -(2n ** 31n), maximum: 2n ** 31n - 1n });
  if (parsed.ok) return Number(parsed.value);
  if (!parsed.error.startsWith("out of range")) throw new FunctionError("syntax error");
  return text.startsWith("-") ? -0x80000000 : 0x7fffffff;
}

/** Network order is the other one on every machine Click's users have. */
function swapShort(text: string): string {
  const value = clampedInt(text) & 0xffff;
  return String(((value & 0xff) << 8) | (value >> 8));
}

function swapLong(text: string): string {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setInt32(0, clampedInt(text));
  return String(bytes.getUint32(0, true));
}

function contents(text: string, { environment }: FunctionContext): string {
  const path = filenameType.parse(text, environment.context);
  if (!path.ok) throw new FunctionError("bad FILE");
  const file = environment.readFile(path.value);
  if (!file.ok) throw new FunctionError(file.message);
  return file.value;
}

const LARGEST_SIGNAL = 32;

function kill(text: string, { environment }: FunctionContext): string {
  const [signalWord = "", ...processes] = splitWords(text);
  const signal = parseSignal(signalWord);
  if (signal === undefined || signal < 0 || signal > LARGEST_SIGNAL) throw new FunctionError("bad SIGNO");
  for (const word of processes) {
    const processId = readInt(word);
    if (processId === undefined) throw new FunctionError("bad PID");
    const problem = environment.sendSignal(processId, signal);
    if (problem !== undefined) throw new FunctionError(`kill(${processId}, ${signal}): ${problem}`);
  }
  return "";
}

/** The only word of a text that names a variable. */
function soleWord(text: string, fallback: string): string {
  const { word, rest } = shiftWord(text);
  const name = word === "" ? fallback : word;
  if (name === "") throw new FunctionError("no variable");
  if (rest !== "") throw new FunctionError("too many arguments");
  return name;
}

function existing(name: string, variables: HandlerVariables): { readonly name: string; readonly value: string } {
  const value = variables.get(name);
  if (value === undefined) throw new FunctionError(`undefined variable '${name}'`);
  return { name, value };
}

function shiftVariable(text: string, { variables }: FunctionContext): string {
  const { name, value } = existing(soleWord(text, "args"), variables);
  const { word, rest } = shiftWord(value);
  variables.set(name, rest);
  return word;
}
