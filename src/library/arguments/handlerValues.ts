/** Fields of elements as handlers read and write them. */

import { type ArgumentContext, type ArgumentValue, accept, type Parsed, reject } from "./argumentType.ts";
import { argumentType } from "./types.ts";

/** What a handler says when the text written to it does not fit its type. */
const EXPECTATIONS: Readonly<Record<string, string>> = {
  bool: "expected boolean",
  u8: "expected uint8_t",
  u16: "expected uint16_t",
  port: "expected uint16_t",
  i8: "expected integer",
  i16: "expected integer",
  int: "expected integer",
  i32: "expected integer",
  i64: "expected integer",
  unsigned: "expected integer",
  u32: "expected integer",
  u64: "expected integer",
  double: "expected real number",
  IPAddress: "expected IP address",
  EtherAddress: "expected Ethernet address",
  timestamp: "expected timestamp",
  interval: "expected time in seconds",
};

/** For types that have no such handler in Click. */
const OTHER_EXPECTATION = "syntax error";

/**
 * How a write handler words its refusal. Click has three manners: a field by itself says what it `expected`; a handler that sets
 * an argument anew says what the argument would (`RATE: parse error`); and some elements have a text of their own
 * (`delay must be a timestamp`).
 */
export type HandlerRefusal = "expected" | { readonly argument: string } | { readonly text: string };

/**
 * Reads the text written to a handler. A field of type `string` takes the text as it is, quotes and all; an argument does not.
 *
 * @param typeName  as for {@link argumentType}
 */
export function parseHandlerValue(
  typeName: string,
  text: string,
  context: ArgumentContext,
  refusal: HandlerRefusal = "expected",
): Parsed<ArgumentValue> {
  if (typeName === "string" && refusal === "expected") return accept(text);
  const parsed = argumentType(typeName).parse(text, context);
  if (parsed.ok) return parsed;
  if (refusal === "expected") return reject(expectation(typeName));
  if ("text" in refusal) return reject(refusal.text);
  return reject(parsed.error.replace(/^/gm, `${refusal.argument}: `));
}

function expectation(typeName: string): string {
  const base = /^[\w-]+/.exec(typeName)?.[0] ?? "";
  return Object.hasOwn(EXPECTATIONS, base) ? (EXPECTATIONS[base] ?? OTHER_EXPECTATION) : OTHER_EXPECTATION;
}

/** The text that a read handler gives for the value of a field. */
export function formatHandlerValue(typeName: string, value: ArgumentValue): string {
  return argumentType(typeName).format(value);
}
