/**
 * Substitution in script text: `$VAR`, `${VAR}`, `$(HANDLER ARGS)`, and the single characters `$?`, `$#`, `$$`.
 *
 * Nothing is replaced inside single quotes or comments, nor after a backslash in double quotes. Names that mean nothing
 * stay as they are written.
 */

import { quote, skipCommentSpace } from "../../language/argumentText.ts";

/** Gives the text that replaces a name, or undefined when the name means nothing. */
export interface Substitutions {
  variable(name: string): string | undefined;
  /** @param call  a handler name and its parameter */
  handler(call: string): string | undefined;
}

/** Where text stands that is not in quotes: `quoted` wraps it, so that a later removal of quotes gives the value back. */
export type BareSubstitution = "raw" | "quoted";

/** References inside references, such as `$($x)`, are followed this deep. */
const MAXIMUM_DEPTH = 10;

/** Longest text a script may build: a loop that doubles a variable must not fill the memory. */
export const MAXIMUM_TEXT_LENGTH = 1 << 24;

/** A reference found in the text. */
interface Reference {
  readonly kind: "variable" | "handler";
  /** What is between the brackets, or the name. */
  readonly name: string;
  /** Offset after the reference. */
  readonly end: number;
  /** Whether the name holds references itself. */
  readonly nested: boolean;
}

/**
 * Replaces the references in `text`.
 *
 * @returns the expanded text, or undefined when it is longer than a script may hold
 */
export function expand(text: string, substitutions: Substitutions, bare: BareSubstitution = "raw"): string | undefined {
  try {
    return expandAt(text, substitutions, bare, 0);
  } catch (error) {
    if (error instanceof TextTooLong) return undefined;
    throw error;
  }
}

/** Ends an expansion at whatever depth. */
class TextTooLong extends Error {}

function expandAt(text: string, substitutions: Substitutions, bare: BareSubstitution, depth: number): string {
  let output = "";
  let copied = 0;
  let quotation = "";
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === "\\" && quotation === '"') {
      at += 2;
    } else if (character === '"' || character === "'") {
      if (quotation === "") quotation = character;
      else if (quotation === character) quotation = "";
      at++;
    } else if (character === "/" && quotation === "" && isCommentAt(text, at)) {
      at = skipCommentSpace(text, at);
    } else if (character === "$" && quotation !== "'" && depth <= MAXIMUM_DEPTH) {
      const reference = referenceAt(text, at);
      if (reference === "unterminated") break;
      if (reference === undefined) {
        at++;
        continue;
      }
      const replacement = replace(text, at, reference, substitutions, quotation, bare, depth);
      output += text.slice(copied, at) + replacement;
      copied = at = reference.end;
      if (output.length > MAXIMUM_TEXT_LENGTH) throw new TextTooLong();
    } else {
      at++;
    }
  }
  return output + text.slice(copied);
}

function isCommentAt(text: string, at: number): boolean {
  return text[at] === "/" && (text[at + 1] === "/" || text[at + 1] === "*");
}

const NAME = /[A-Za-z0-9_]+/y;

/** @returns the reference at a `$`; undefined when the `$` is only a character, `unterminated` when its bracket is not closed */
function referenceAt(text: string, dollar: number): Reference | "unterminated" | undefined {
  const next = text[dollar + 1];
  if (next === "{") return bracedReference(text, dollar + 2);
  if (next === "(") return handlerReference(text, dollar + 2);
  if (next === "?" || next === "#" || next === "$") {
    return { kind: "variable", name: next, end: dollar + 2, nested: false };
  }
  NAME.lastIndex = dollar + 1;
  const name = NAME.exec(text)?.[0];
  return name === undefined ? undefined : { kind: "variable", name, end: dollar + 1 + name.length, nested: false };
}

function bracedReference(text: string, start: number): Reference | "unterminated" {
  const close = text.indexOf("}", start);
  if (close < 0) return "unterminated";
  const name = text.slice(start, close);
  return { kind: "variable", name, end: close + 1, nested: name.includes("$") };
}

function handlerReference(text: string, start: number): Reference | "unterminated" {
  let level = 1;
  let quotation = "";
  let nested = false;
  let at = start;
  for (; at < text.length && level > 0; at++) {
    const character = text.charAt(at);
    if (character === "(" && quotation === "") level++;
    else if (character === ")" && quotation === "") level--;
    else if (character === '"' || character === "'") {
      if (quotation === "") quotation = character;
      else if (quotation === character) quotation = "";
    } else if (character === "\\" && quotation !== "'" && at + 1 < text.length) at++;
    else if (character === "$" && quotation !== "'") nested = true;
  }
  if (at === start || text[at - 1] !== ")") return "unterminated";
  return { kind: "handler", name: text.slice(start, at - 1), end: at, nested };
}

function replace(
  text: string,
  dollar: number,
  reference: Reference,
  substitutions: Substitutions,
  quotation: string,
  bare: BareSubstitution,
  depth: number,
): string {
  const name = reference.nested ? expandAt(reference.name, substitutions, "raw", depth + 1) : reference.name;
  const value = reference.kind === "handler" ? substitutions.handler(name) : substitutions.variable(name);
  if (value === undefined) {
    if (!reference.nested) return text.slice(dollar, reference.end);
    return text.slice(dollar, dollar + 2) + name + text.charAt(reference.end - 1);
  }
  if (quotation === '"') return quote(value).slice(1, -1);
  return bare === "quoted" ? quote(value) : value;
}
