/**
 * What every argument type offers: text to value, value to text. The types themselves are in `numbers.ts`, `time.ts`,
 * `addresses.ts`, `texts.ts` and `references.ts`; `types.ts` finds one by its name.
 */

import type { Names } from "./names.ts";

/** An element of the configuration, as an argument or a handler name refers to it. */
export interface ElementReference {
  /** Position in the flat configuration. */
  readonly index: number;
  /** Full name, such as `gw/q`. */
  readonly name: string;
  readonly className: string;
}

/** What `ELEMENT.HANDLER [VALUE]` refers to. */
export interface HandlerReference {
  /** `undefined` for a global handler. */
  readonly element: ElementReference | undefined;
  readonly handler: string;
  /** The text after the handler's name, `""` when there is none. */
  readonly value: string;
}

/** What is known about an existing handler. */
export interface HandlerFacts {
  readonly readable: boolean;
  readonly writable: boolean;
  /** Whether a read takes a parameter. */
  readonly takesParameter: boolean;
}

/** An IPv4 prefix; both numbers have the first byte of the address as the most significant one. */
export interface IPPrefix {
  readonly address: number;
  readonly mask: number;
}

/** An IPv6 prefix. */
export interface IP6Prefix {
  /** 128 bits, the first byte most significant. */
  readonly address: bigint;
  /** 0 to 128. */
  readonly length: number;
}

/** A range of integers, both ends included. */
export interface IntegerRange {
  readonly low: number;
  readonly high: number;
}

/**
 * The value of an argument: IPv4 addresses are 32-bit numbers and Ethernet addresses 48-bit numbers, first byte most
 * significant; 64-bit integers, timestamps (nanoseconds) and IPv6 addresses are bigints.
 */
export type ArgumentValue =
  | boolean
  | number
  | bigint
  | string
  | IPPrefix
  | IP6Prefix
  | IntegerRange
  | ElementReference
  | HandlerReference
  | readonly ArgumentValue[];

/** The surroundings in which names within an argument are looked up. */
export interface ArgumentContext {
  /** The element whose argument is parsed. */
  readonly element: ElementReference;
  /** Names of addresses, ports, protocols and annotations visible to the element. */
  readonly names: Names;
  /** The element with exactly this full name. */
  findElement(fullName: string): ElementReference | undefined;
  /** Whether the element may stand where `className` is required. */
  isKindOf(element: ElementReference, className: string): boolean;
  /**
   * The handler of an element, or the global handler for `undefined`. Absent while handlers do not exist yet (the
   * configuration phase): then only the element in a handler's name is checked.
   */
  findHandler?(element: ElementReference | undefined, handler: string): HandlerFacts | undefined;
}

/** A value, or what is wrong with the text: one message a line, without the argument's name. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** One type of argument. */
export interface ArgumentType<T extends ArgumentValue = ArgumentValue> {
  /** The type as it is written in a specification: `u32`, `seconds(3)`, `Element(ARPTable)`, `IPPrefix...`. */
  readonly name: string;
  parse(text: string, context: ArgumentContext): Parsed<T>;
  /** The value as a read handler prints it. */
  format(value: T): string;
}

/** What Click says where a type has no message of its own. */
export const PARSE_ERROR = "parse error";

export function accept<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function reject(error: string = PARSE_ERROR): Parsed<never> {
  return { ok: false, error };
}

/** A value that may be missing, as a parse result. */
export function acceptDefined<T>(value: T | undefined): Parsed<T> {
  return value === undefined ? reject() : accept(value);
}
