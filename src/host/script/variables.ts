/** The variables of one script: those it assigns, and those that tell it how it was called. */

import { splitWords } from "../../language/argumentText.ts";
import type { Program } from "./instructions.ts";
import { readInt } from "./numbers.ts";

/** The variable that holds what `return` returns. */
export const RETURN_VALUE = "_";

/** Variables as functions and the `set` handler see them. */
export interface HandlerVariables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

/** The handler that runs the script. */
export interface Run {
  readonly handler: string;
  readonly operation: "read" | "write";
}

export class ScriptVariables {
  readonly #values: Map<string, string>;
  readonly #processId: number;
  /** Undefined while no handler runs the script. */
  run: Run | undefined;
  /** `$args`: they stay when the run is over, for the steps that follow. */
  runArguments = "";
  /** `$?`: the status of the last `write`. */
  writeStatus = 0;

  constructor(program: Program, processId: number) {
    this.#values = assignedBy(program);
    this.#processId = processId;
  }

  /** A variable that the script or a handler has assigned. */
  assigned(name: string): string | undefined {
    return this.#values.get(name);
  }

  assign(name: string, value: string): void {
    this.#values.set(name, value);
  }

  /** The value that replaces a `$NAME` in the script. */
  lookUp(name: string): string | undefined {
    return this.#values.get(name) ?? this.#builtIn(name);
  }

  /** For handlers `args` is always the arguments, even when the script assigns a variable of that name. */
  readonly forHandlers: HandlerVariables = {
    get: (name) => (name === "args" ? this.runArguments : this.#values.get(name)),
    set: (name, value) => {
      if (name === "args") this.runArguments = value;
      else this.#values.set(name, value);
    },
  };

  #builtIn(name: string): string | undefined {
    switch (name) {
      case "?":
        return String(this.writeStatus);
      case "args":
        return this.runArguments;
      case "$":
        return String(this.#processId);
      case "0":
        return this.run?.handler ?? "";
      case "#":
        return String(splitWords(this.runArguments).length);
      case "write":
        return String(this.run?.operation === "write");
      default:
        return this.#argument(name);
    }
  }

  /** `$1` and so on; there may be fewer arguments than that. */
  #argument(name: string): string | undefined {
    const number = /^[1-9]/.test(name) ? readInt(name) : undefined;
    return number === undefined ? undefined : (splitWords(this.runArguments)[number - 1] ?? "");
  }
}

/** Every variable that the script assigns exists from the start, and is empty. */
function assignedBy(program: Program): Map<string, string> {
  const values = new Map<string, string>();
  for (const instruction of program.instructions) {
    if (instruction.kind === "set" || instruction.kind === "init") values.set(instruction.variable, "");
    if (instruction.kind === "return") values.set(RETURN_VALUE, "");
  }
  return values;
}
