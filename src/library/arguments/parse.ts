/** Reads an element's configuration string: which argument goes to which parameter, and what is wrong with it. */

import { splitArguments } from "../../language/argumentText.ts";
import type { Diagnostics } from "../../language/diagnostics.ts";
import type { ArgumentContext, ArgumentValue } from "./argumentType.ts";
import { argumentType } from "./types.ts";

/** One parameter of an element. */
export interface ArgumentSpecification {
  /** Name in messages, and the keyword that may introduce the argument. */
  readonly keyword: string;
  /** Type as text, such as `u32`, `seconds(3)`, `anno(1)`, `Element(ARPTable)`, `IPPrefix...`. */
  readonly type: string;
  /** Whether the argument may be given without its keyword. */
  readonly positional: boolean;
  readonly required: boolean;
  /**
   * Takes all arguments that no other parameter took, as an array; the last parameter. How many it needs is for the element
   * to say, in its own words.
   */
  readonly rest?: boolean;
  /** Still accepted, with a warning. */
  readonly deprecated?: boolean;
  /** It is served after the parameters of lower stages (absent = 0), and not at all when one of those has a fault. */
  readonly stage?: number;
}

/** Values by keyword; a parameter that was not given, or given empty, is absent. A rest parameter has an array, perhaps empty. */
export type ArgumentValues = ReadonlyMap<string, ArgumentValue>;

/** Where messages go; in a block "While configuring ..." they need no landmark. */
export type MessageSink = Pick<Diagnostics, "error" | "message">;

/**
 * Assigns the arguments of a configuration string to parameters and reads their values.
 *
 * Parameters are served in order. A keyword is the first word of an argument that has more words; given twice, the last one
 * counts. A positional parameter takes the next argument without a keyword, as long as no keyword stands before it; but a
 * required one takes an argument even with a word in front that looks like a keyword, rather than nothing.
 *
 * @param configuration  the text between the parentheses, variables replaced
 * @returns the values, or `undefined` when an error was reported
 */
export function parseArguments(
  specifications: readonly ArgumentSpecification[],
  configuration: string,
  context: ArgumentContext,
  diagnostics: MessageSink,
): ArgumentValues | undefined {
  const values = new Map<string, ArgumentValue>();
  const lastStage = Math.max(0, ...specifications.map(({ stage = 0 }) => stage));
  let left = splitArguments(configuration);
  for (let stage = 0; stage <= lastStage; stage++) {
    const served = specifications.filter((specification) => (specification.stage ?? 0) === stage);
    const assignment = new Assignment(left);
    let sound = serve(served, assignment, values, context, diagnostics);
    if (stage === lastStage) {
      for (const text of assignment.refusals()) {
        sound = false;
        diagnostics.error("", text);
      }
    }
    if (!sound) return undefined;
    left = assignment.takeRest();
  }
  return values;
}

/** Serves the parameters of one stage. @returns whether there was no fault */
function serve(
  specifications: readonly ArgumentSpecification[],
  assignment: Assignment,
  values: Map<string, ArgumentValue>,
  context: ArgumentContext,
  diagnostics: MessageSink,
): boolean {
  let sound = true;
  const fail = (text: string): void => {
    sound = false;
    diagnostics.error("", text);
  };
  const read = (specification: ArgumentSpecification, text: string): ArgumentValue | undefined => {
    const parsed = argumentType(specification.type).parse(text, context);
    if (parsed.ok) return parsed.value;
    for (const line of parsed.error.split("\n")) fail(`${specification.keyword}: ${line}`);
    return undefined;
  };
  for (const specification of specifications) {
    if (specification.rest) {
      const taken = assignment.takeRest();
      values.set(
        specification.keyword,
        taken.map((text) => read(specification, text)).filter((value) => value !== undefined),
      );
      continue;
    }
    const text = assignment.take(specification);
    if (text === undefined) {
      if (specification.required) fail(`${specification.keyword}: required argument missing`);
      continue;
    }
    if (specification.deprecated) diagnostics.message("", `${specification.keyword}: warning: argument deprecated`);
    const value = text === "" ? undefined : read(specification, text);
    if (value !== undefined) values.set(specification.keyword, value);
  }
  return sound;
}

/** An argument looks like `KEYWORD VALUE`. */
const KEYWORD_AND_VALUE = /^([A-Za-z_][A-Za-z0-9_:.?!]*)[ \t\n\v\f\r]+(?=[^ \t\n\v\f\r])/;

type ArgumentState = "free" | "taken by position" | "taken by keyword";

interface Argument {
  readonly text: string;
  /** The word that may be a keyword, `""` if there is none. */
  readonly keyword: string;
  /** The text behind that word. */
  readonly rest: string;
  state: ArgumentState;
}

/** The arguments of one configuration string while parameters take them. */
class Assignment {
  readonly #arguments: readonly Argument[];

  constructor(texts: readonly string[]) {
    this.#arguments = texts.map((text) => {
      const match = KEYWORD_AND_VALUE.exec(text);
      return { text, keyword: match?.[1] ?? "", rest: text.slice(match?.[0].length ?? 0), state: "free" };
    });
  }

  /** The text of a parameter's argument, without its keyword. */
  take({ keyword, positional, required }: ArgumentSpecification): string | undefined {
    // The first argument not taken by position is the next positional one; if it went to a keyword, there are no more.
    const nextIndex = this.#arguments.findIndex(({ state }) => state !== "taken by position");
    const next = this.#arguments[nextIndex];
    const nextIsFree = next?.state === "free";

    let takenIndex = -1;
    for (const [index, argument] of this.#arguments.entries()) {
      if (argument.state !== "free" || argument.keyword !== keyword) continue;
      argument.state = "taken by keyword";
      takenIndex = index;
    }
    const found = this.#arguments[takenIndex];
    if (
      positional &&
      nextIsFree &&
      next.state === "free" &&
      (next.keyword === "" || (required && found === undefined))
    ) {
      next.state = "taken by position";
      if (nextIndex > takenIndex) return next.text;
    }
    return found?.rest;
  }

  /** All arguments that are left, as they were written. */
  takeRest(): string[] {
    const left = this.#arguments.filter(({ state }) => state === "free");
    for (const argument of left) argument.state = "taken by position";
    return left.map(({ text }) => text);
  }

  /** What is to be said about arguments that nobody took. */
  refusals(): string[] {
    const left = this.#arguments.filter(({ state }) => state === "free");
    const unknown = left.filter(({ keyword }) => keyword !== "").map(({ keyword }) => `${keyword}: unknown argument`);
    return unknown.length < left.length ? [...unknown, "too many arguments"] : unknown;
  }
}
