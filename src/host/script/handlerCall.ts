/** `HANDLER PARAMETER` in a script: finding the handler, calling it, and reporting what goes wrong. */

import { parseString, shiftWord, unquote } from "../../language/argumentText.ts";
import type { Diagnostics } from "../../language/diagnostics.ts";
import type { Access, ScriptEnvironment, ScriptHandler } from "./environment.ts";
import type { Quotes } from "./instructions.ts";

/** A handler with the text to pass to it. */
export interface HandlerCall {
  readonly handler: ScriptHandler;
  readonly parameter: string;
}

/**
 * Finds the handler that a text calls.
 *
 * @param text  after substitution
 * @returns undefined after an error, which is reported
 */
export function findCall(
  text: string,
  access: Access,
  quotes: Quotes,
  environment: ScriptEnvironment,
  diagnostics: Diagnostics,
): HandlerCall | undefined {
  const { word, rest } = shiftWord(text);
  const parameter = quotes === "removed" ? unquote(rest) : rest;
  const name = parseString(word);
  const found = name ? environment.findHandler(name, access) : ({ ok: false, message: "syntax error" } as const);
  if (!found.ok) {
    diagnostics.error("", found.message);
    return undefined;
  }
  const handler = found.value;
  if (access === "read" && parameter !== "" && !handler.takesParameter) {
    diagnostics.error("", `read handler '${handler.name}' does not take parameters`);
    return undefined;
  }
  return { handler, parameter };
}

/** A place for the messages of a call, under a heading that names it. */
export function whileCalling({ handler, parameter }: HandlerCall, diagnostics: Diagnostics): Diagnostics {
  const call = parameter === "" ? handler.name : `${handler.name} ${parameter}`;
  return diagnostics.within("", `While calling '${call}':`);
}
