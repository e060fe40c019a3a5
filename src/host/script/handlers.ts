/** The handlers that a Script has. */

import { FUNCTIONS } from "./functions.ts";
import type { Program } from "./instructions.ts";

/** What is known about a handler before it is called. */
export interface ScriptHandlerFacts {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly takesParameter: boolean;
  /** Not to be called from outside the router. */
  readonly isPrivate: boolean;
}

/** Runs the script from its beginning. */
export const RUN: ScriptHandlerFacts = { readable: true, writable: true, takesParameter: true, isPrivate: false };
const WRITE_ONLY: ScriptHandlerFacts = { readable: false, writable: true, takesParameter: false, isPrivate: false };
const VARIABLE: ScriptHandlerFacts = { readable: true, writable: false, takesParameter: false, isPrivate: false };

/** The handlers by name, in Click's order. */
export function handlersOf(program: Program): Map<string, ScriptHandlerFacts> {
  const handlers = new Map([
    ["step", WRITE_ONLY],
    ["goto", WRITE_ONLY],
    ["run", RUN],
  ]);
  for (const [name, { takesParameter, isPrivate }] of FUNCTIONS) {
    if (name === "shift") handlers.set("set", WRITE_ONLY);
    handlers.set(name, { readable: true, writable: false, takesParameter, isPrivate });
  }
  if (program.type === "proxy") handlers.set("*", WRITE_ONLY);
  for (const name of program.exported) handlers.set(name, VARIABLE);
  return handlers;
}
