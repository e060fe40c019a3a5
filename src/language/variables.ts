/**
 * Variables: `$name`, `${name}`, `${name-default}` and `${name[index]}` in configuration strings.
 */
import { quote, shiftWord, skipCommentSpace } from "./argumentText.ts";
import type { Budget } from "./budget.ts";

/** Values refer to values this deep, as in Click; a reference beyond stays as it is, and so cycles end. */
const MAXIMUM_DEPTH = 10;

/** What each character that is searched for variables takes from the {@link Budget}: it is looked at, and maybe copied. */
const SCAN_COST = 4;

/** The values of one scope; names not found here are looked up in the surrounding scope. */
export class Environment {
  readonly #parent: Environment | undefined;
  readonly #values = new Map<string, string>();
  /** How many scopes are around. */
  readonly depth: number;

  constructor(parent?: Environment) {
    this.#parent = parent;
    this.depth = parent ? parent.depth + 1 : 0;
  }

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  get(name: string): string | undefined {
    for (let scope: Environment | undefined = this; scope; scope = scope.#parent) {
      const value = scope.#values.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** The innermost scope, this one included, that has fewer than `depth` scopes around. */
  outside(depth: number): Environment | undefined {
    let scope: Environment | undefined = this;
    while (scope && scope.depth >= depth) scope = scope.#parent;
    return scope;
  }
}

/**
 * Replaces the variables in a configuration string, and those in their values.
 *
 * Unknown names stay, as do names in single quotes, in comments and behind a backslash in double quotes. Inside double
 * quotes a value is escaped, elsewhere it is put in as it is. A text that would become empty stays unchanged (as in Click).
 *
 * @param budget  when it runs out, the rest of the text stays as it is
 */
export function substitute(text: string, environment: Environment, budget: Budget, depth = 0): string {
  if (!text.includes("$")) return text;
  if (!budget.spend(SCAN_COST * text.length)) return text;
  let result = "";
  let start = 0;
  let quoted = "";
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\") {
      if (quoted === '"') at++;
    } else if (character === "'" || character === '"') {
      if (quoted === "") quoted = character;
      else if (quoted === character) quoted = "";
    } else if (character === "/" && quoted === "") {
      if (text[at + 1] === "/" || text[at + 1] === "*") at = skipCommentSpace(text, at) - 1;
    } else if (character === "$" && quoted !== "'" && depth <= MAXIMUM_DEPTH) {
      const reference = readReference(text, at);
      if (reference === "unterminated") break;
      if (reference === "none") continue;
      result += text.slice(start, at);
      start = reference.end;
      const name = reference.nested ? substitute(reference.name, environment, budget, depth + 1) : reference.name;
      const value = lookUp(name, text[at + 1] === "{", environment, budget, depth);
      if (value === undefined) {
        if (reference.nested) result += text.slice(at, at + 2) + name + text.charAt(reference.end - 1);
        else start = at;
      } else result += quoted === '"' ? quote(value).slice(1, -1) : value;
      at = reference.end - 1;
    }
  }
  return result === "" ? text : result + text.slice(start);
}

interface Reference {
  readonly name: string;
  /** Whether the name itself has variables in it. */
  readonly nested: boolean;
  readonly end: number;
}

const PLAIN_NAME = /[A-Za-z0-9_]+|[?#$]/y;

/** Reads the reference whose `$` is at `index`. */
function readReference(text: string, index: number): Reference | "none" | "unterminated" {
  switch (text[index + 1]) {
    case "{": {
      const close = text.indexOf("}", index + 2);
      if (close < 0) return "unterminated";
      const name = text.slice(index + 2, close);
      return { name, nested: name.includes("$"), end: close + 1 };
    }
    case "(":
      return readParenthesized(text, index + 2);
    default: {
      PLAIN_NAME.lastIndex = index + 1;
      const match = PLAIN_NAME.exec(text);
      return match ? { name: match[0], nested: false, end: PLAIN_NAME.lastIndex } : "none";
    }
  }
}

/** Reads `$(...)` from behind its parenthesis: what scripts use for handler calls. */
function readParenthesized(text: string, start: number): Reference | "unterminated" {
  let level = 1;
  let quoted = "";
  let nested = false;
  let at = start;
  for (; at < text.length && level > 0; at++) {
    const character = text.charAt(at);
    if (character === "(" && quoted === "") level++;
    else if (character === ")" && quoted === "") level--;
    else if (character === '"' || character === "'") {
      if (quoted === "") quoted = character;
      else if (quoted === character) quoted = "";
    } else if (character === "\\" && quoted !== "'" && at + 1 < text.length) at++;
    else if (character === "$" && quoted !== "'") nested = true;
  }
  if (at === start || text[at - 1] !== ")") return "unterminated";
  return { name: text.slice(start, at - 1), nested, end: at };
}

/** `name`, `name[index]`, `name-default`, `name[index]-default`, with space allowed around each. */
const BRACED = /^\s*([A-Za-z0-9_]*)\s*(?:\[\s*(0[xX][0-9a-fA-F]+|[0-9]+)\]\s*)?(-)?/;

function lookUp(
  reference: string,
  braced: boolean,
  environment: Environment,
  budget: Budget,
  depth: number,
): string | undefined {
  const match = braced ? BRACED.exec(reference) : null;
  const found = environment.get(match ? match[1]! : reference);
  if (found === undefined) {
    if (match?.[3] === undefined) return undefined;
    return substitute(reference.slice(match[0].length), environment, budget, depth + 1);
  }
  const value = substitute(found, environment, budget, depth + 1);
  const index = match?.[2];
  return index === undefined ? value : wordAt(value, parseIndex(index));
}

function parseIndex(digits: string): number {
  return /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
}

/** The word of a value with the given index, counted from 0; empty beyond the last. */
function wordAt(value: string, index: number): string {
  let { word, rest } = shiftWord(value);
  for (let left = index; left > 0 && (word !== "" || rest !== ""); left--) ({ word, rest } = shiftWord(rest));
  return word;
}
