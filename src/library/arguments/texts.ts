/** Argument types that are text: strings, words, keywords and file names. */

import { readFileSync } from "node:fs";
import { splitWords, unquote } from "../../language/argumentText.ts";
import { type ArgumentType, accept, type Parsed, reject } from "./argumentType.ts";

/** The text as it is written. */
export const rawType: ArgumentType<string> = { name: "raw", parse: accept, format: (value) => value };

/** One string: unquoted spaces are not allowed in it, and it is not empty unless quoted. */
export function parseString(text: string): Parsed<string> {
  const words = splitWords(text);
  return words.length === 1 && words[0] === text ? accept(unquote(text)) : reject();
}

export const stringType: ArgumentType<string> = { name: "string", parse: parseString, format: (value) => value };

/** Printable ASCII without quotes, backslash and comma. */
const WORD = /^[!#-&(-+\--[\]-~]+$/;

export const wordType: ArgumentType<string> = {
  name: "word",
  parse(text) {
    const parsed = parseString(text);
    return parsed.ok && WORD.test(parsed.value) ? parsed : reject();
  },
  format: (value) => value,
};

const KEYWORD = /^[A-Za-z0-9_.:?!]+$/;

export const keywordType: ArgumentType<string> = {
  name: "keyword",
  parse: (text) => (KEYWORD.test(text) ? accept(text) : reject()),
  format: (value) => value,
};

/** A string with `~` and `~USER` replaced by home directories, and repeated slashes by one. */
export const filenameType: ArgumentType<string> = {
  name: "filename",
  parse(text) {
    const parsed = parseString(text);
    if (!parsed.ok || parsed.value === "") return reject();
    return accept(expandTilde(parsed.value).replace(/\/+/g, "/"));
  },
  format: (value) => value,
};

function expandTilde(path: string): string {
  if (!path.startsWith("~")) return path;
  const slash = path.indexOf("/");
  const user = slash < 0 ? path.slice(1) : path.slice(1, slash);
  const home = user === "" ? process.env["HOME"] : homeOf(user);
  return home === undefined ? path : home + path.slice(user.length + 1);
}

/** The home directory of a user, from the system's user list (passwd(5)). */
function homeOf(user: string): string | undefined {
  let list: string;
  try {
    list = readFileSync("/etc/passwd", "latin1");
  } catch {
    return undefined; // a system without a user list has no homes to expand
  }
  const entry = list.split("\n").find((line) => line.startsWith(`${user}:`));
  return entry?.split(":")[5];
}
