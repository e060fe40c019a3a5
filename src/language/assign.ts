/** Matches the arguments of a compound element to its formals. */
import { joinArguments, splitKeyword } from "./argumentText.ts";

/**
 * Assigns arguments to formals: first the positional ones, then keywords in any order, and what is left to `__REST__`.
 *
 * @param keywords  the keyword of each formal, "" for a positional one; positional ones come first
 * @returns the value of each formal, or undefined if the arguments do not fit
 */
export function assignArguments(args: readonly string[], keywords: readonly string[]): readonly string[] | undefined {
  if ((keywords.at(-1) ?? "") === "") return args.length === keywords.length ? args : undefined;
  const takesRest = keywords.at(-1) === "__REST__";
  const count = takesRest ? keywords.length - 1 : keywords.length;
  const named = keywords.findIndex((keyword) => keyword !== "");
  const positionals = Math.min(named, count);

  const values: (string | undefined)[] = args.slice(0, positionals);
  const rest: string[] = [];
  for (const argument of args.slice(positionals)) {
    const split = splitKeyword(argument);
    const formal = split ? keywords.indexOf(split.keyword, positionals) : -1;
    if (split && formal >= 0 && formal < count) values[formal] = split.rest;
    else rest.push(argument);
  }
  for (let formal = 0; formal < count; formal++) if (values[formal] === undefined) return undefined;
  if (!takesRest) return rest.length === 0 ? asStrings(values) : undefined;
  return [...asStrings(values), joinArguments(rest)];
}

/** All values are known to be there. */
function asStrings(values: readonly (string | undefined)[]): string[] {
  return values.map((value) => value ?? "");
}
