/** Argument types that are text: strings, words, keywords and file names. A character of their values is one byte. */

import { readFileSync } from "node:fs";
import { parseString, parseWord } from "../../language/argumentText.ts";
import { type ArgumentType, accept, acceptDefined, reject } from "./argumentType.ts";

/** The text as it is written. */
export const rawType: ArgumentType<string> = { name: "raw", parse: accept, format: (value) => value };

/** One string: unquoted spaces are not allowed in it, and it is not empty unless quoted. */
export const stringType: ArgumentType<string> = {
  name: "string",
  parse: (text) => acceptDefined(parseString(text)),
  format: (value) => value,
};

export const wordType: ArgumentType<string> = {
  name: "word",
  parse: (text) => acceptDefined(parseWord(text)),
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
    const path = parseString(text);
    return path ? accept(expandTilde(path).replace(/\/+/g, "/")) : reject();
  },
  format: (value) => value,
};

function expandTilde(path: string): string {
  if (!path.startsWith("~")) return path;
  const slash = path.indexOf("/");
  const user = slash < 0 ? path.slice(1) : path.slice(1, slash);
  const home = user === "" ? bytesOf(process.env.HOME) : homeOf(user);
  return home === undefined ? path : home + path.slice(user.length + 1);
}

/** A text of the environment as configurations hold theirs: one byte in each character. */
function bytesOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, "utf8").toString("latin1");
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
