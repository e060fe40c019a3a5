/**
 * The text of element arguments: splitting a configuration string at commas, an argument into words, and taking quotes off
 * or putting them on.
 *
 * Strings here hold one byte in each character (see README): quoting and escapes are about bytes.
 */

/** Whether a character is white space as C understands it. */
function isSpaceCode(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

const SLASH = 47;
const STAR = 42;
const BACKSLASH = 92;
const SINGLE_QUOTE = 39;
const DOUBLE_QUOTE = 34;
const COMMA = 44;
const LESS = 60;
const GREATER = 62;

/** Whether a comment starts at `index`. */
function isComment(text: string, index: number): boolean {
  if (text.charCodeAt(index) !== SLASH) return false;
  const next = text.charCodeAt(index + 1);
  return next === SLASH || next === STAR;
}

/** The index just past the comment at `index`, which includes the end of the line of a `//` comment. */
function skipComment(text: string, index: number): number {
  if (text.charCodeAt(index + 1) === STAR) {
    const close = text.indexOf("*/", index + 2);
    return close < 0 ? text.length : close + 2;
  }
  let at = index + 2;
  while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at++;
  if (text[at] === "\r" && text[at + 1] === "\n") at++;
  return Math.min(at + 1, text.length);
}

/** The index of the first character at or after `index` that is neither white space nor in a comment. */
export function skipCommentSpace(text: string, index: number): number {
  let at = index;
  while (at < text.length) {
    if (isSpaceCode(text.charCodeAt(at))) at++;
    else if (isComment(text, at)) at = skipComment(text, at);
    else break;
  }
  return at;
}

/** The index just past the escape that starts with the backslash at `index`. */
function skipBackslash(text: string, index: number): number {
  const next = text.charCodeAt(index + 1);
  if (next !== LESS) {
    const length = text.startsWith("\r\n", index + 1) ? 3 : 2;
    return Math.min(index + length, text.length);
  }
  let at = index + 2;
  while (at < text.length) {
    if (text.charCodeAt(at) === GREATER) return at + 1;
    at = isComment(text, at) ? skipComment(text, at) : at + 1;
  }
  return at;
}

/** The index just past the double-quoted piece that opens at `index`. */
function skipDoubleQuote(text: string, index: number): number {
  let at = index + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === DOUBLE_QUOTE) return at + 1;
    at = code === BACKSLASH ? skipBackslash(text, at) : at + 1;
  }
  return at;
}

/** The index just past the single-quoted piece that opens at `index`. */
function skipSingleQuote(text: string, index: number): number {
  const close = text.indexOf("'", index + 1);
  return close < 0 ? text.length : close + 1;
}

/** The index just past one character outside quotes, or one quoted piece, or one `\<...>`. */
function skipPiece(text: string, index: number): number {
  switch (text.charCodeAt(index)) {
    case SINGLE_QUOTE:
      return skipSingleQuote(text, index);
    case DOUBLE_QUOTE:
      return skipDoubleQuote(text, index);
    case BACKSLASH:
      return text.charCodeAt(index + 1) === LESS ? skipBackslash(text, index) : index + 1;
    default:
      return index + 1;
  }
}

/**
 * The text from `start` to the next comma (or to the end, if `stopAtComma` is "never"), trimmed, each comment with the space
 * around it turned into one space.
 */
function withoutComments(text: string, start: number, stop: "at comma" | "never"): { text: string; end: number } {
  let at = skipCommentSpace(text, start);
  let result = "";
  let left = at;
  let right = at;
  let afterComment = false;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isSpaceCode(code)) at++;
    else if (isComment(text, at)) {
      at = skipComment(text, at);
      afterComment = true;
    } else if (code === COMMA && stop === "at comma") break;
    else {
      if (afterComment) {
        result += `${text.slice(left, right)} `;
        left = at;
        afterComment = false;
      }
      at = skipPiece(text, at);
      right = at;
    }
  }
  return { text: result + text.slice(left, right), end: at };
}

/** Trims white space at both ends and turns each comment, with the white space around it, into one space. */
export function uncomment(text: string): string {
  return withoutComments(text, 0, "never").text;
}

/**
 * Splits a configuration string into arguments at the commas outside quotes and comments.
 *
 * Each argument is {@link uncomment}ed. An empty last argument is dropped, an empty inner one is kept.
 */
export function splitArguments(configuration: string): string[] {
  const result: string[] = [];
  for (let at = 0; at < configuration.length; at++) {
    const argument = withoutComments(configuration, at, "at comma");
    at = argument.end;
    if (argument.text !== "" || at < configuration.length) result.push(argument.text);
  }
  return result;
}

/** Joins arguments into a configuration string; the inverse of {@link splitArguments} for arguments that it made. */
export function joinArguments(configuration: readonly string[]): string {
  return configuration.join(", ");
}

/** The index just past the word at `index`; white space and comments end a word, quotes protect them. */
function skipWord(text: string, index: number): number {
  let at = index;
  while (at < text.length && !isSpaceCode(text.charCodeAt(at)) && !isComment(text, at)) at = skipPiece(text, at);
  return at;
}

/** Splits an argument into words at white space and comments outside quotes. Quotes stay. */
export function splitWords(text: string): string[] {
  const result: string[] = [];
  let at = skipCommentSpace(text, 0);
  while (at < text.length) {
    const end = skipWord(text, at);
    result.push(text.slice(at, end));
    at = skipCommentSpace(text, end);
  }
  return result;
}

/** The first word of an argument, quotes and all, and what follows it. Both are empty when there is no word. */
export function shiftWord(text: string): { readonly word: string; readonly rest: string } {
  const start = skipCommentSpace(text, 0);
  const end = skipWord(text, start);
  return { word: text.slice(start, end), rest: text.slice(skipCommentSpace(text, end)) };
}

const CONTROL_ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** What the escape that starts with the backslash at `index` stands for, and the index just past it. */
function readEscape(text: string, index: number): { readonly text: string; readonly end: number } {
  if (index + 1 >= text.length) return { text: "\\", end: text.length };
  const next = text.charAt(index + 1);
  if (next === "\r" || next === "\n") return { text: "", end: skipBackslash(text, index) };
  const control = CONTROL_ESCAPES[next];
  if (control !== undefined) return { text: control, end: index + 2 };
  if (next >= "0" && next <= "7") return readOctal(text, index + 1);
  if (next === "x") return readHexadecimal(text, index + 2);
  if (next === "<") return readData(text, index);
  return { text: next, end: index + 2 };
}

function readOctal(text: string, index: number): { readonly text: string; readonly end: number } {
  let end = index;
  let value = 0;
  while (end < index + 3 && text.charAt(end) >= "0" && text.charAt(end) <= "7") value = value * 8 + Number(text[end++]);
  return { text: String.fromCharCode(value & 0xff), end };
}

function readHexadecimal(text: string, index: number): { readonly text: string; readonly end: number } {
  let end = index;
  let value = 0;
  for (let digit = hexadecimalDigit(text, end); digit >= 0; digit = hexadecimalDigit(text, ++end)) {
    value = ((value << 4) | digit) & 0xff;
  }
  return { text: String.fromCharCode(value), end };
}

/** `\<48 65 6c>`: pairs of hexadecimal digits; anything else between them, comments included, is passed over. */
function readData(text: string, index: number): { readonly text: string; readonly end: number } {
  const end = skipBackslash(text, index);
  let result = "";
  let high = -1;
  let at = index + 2;
  while (at < end) {
    if (isComment(text, at)) {
      at = skipComment(text, at);
      continue;
    }
    const digit = hexadecimalDigit(text, at++);
    if (digit < 0) continue;
    if (high >= 0) result += String.fromCharCode((high << 4) | digit);
    high = high >= 0 ? -1 : digit;
  }
  return { text: result, end };
}

/** The value of the hexadecimal digit at `index`, or -1. */
function hexadecimalDigit(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

/**
 * Removes comments and one level of quotes: `"..."` with its escapes, `'...'` as it stands, and `\<...>` data outside
 * quotes. Adjacent pieces join: `a"b"'c'` is `abc`.
 */
export function unquote(argument: string): string {
  const text = uncomment(argument);
  let result = "";
  let start = 0;
  let quote = "";
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    if (character === quote || (quote === "" && (character === '"' || character === "'"))) {
      result += text.slice(start, at);
      quote = quote === "" ? character : "";
      start = ++at;
    } else if (isEscape(text, at, quote)) {
      const escaped = readEscape(text, at);
      result += text.slice(start, at) + escaped.text;
      start = escaped.end;
      at = escaped.end;
    } else at++;
  }
  return result + text.slice(start);
}

/** Whether an escape that counts starts at `index`: any inside double quotes, only `\<` outside quotes. */
function isEscape(text: string, index: number, quote: string): boolean {
  if (text.charCodeAt(index) !== BACKSLASH || index + 1 >= text.length) return false;
  return quote === '"' || (quote === "" && text.charCodeAt(index + 1) === LESS);
}

const NEEDS_ESCAPE = /[\\"$]|[^\x20-\x7e]/g;

/**
 * Wraps a text in double quotes so that {@link unquote} gives it back.
 *
 * @param newlines  "kept" leaves line feeds as they are instead of writing `\n`
 */
export function quote(text: string, newlines: "kept" | "escaped" = "escaped"): string {
  return `"${text.replace(NEEDS_ESCAPE, (character) => writeEscape(character, newlines))}"`;
}

function writeEscape(character: string, newlines: "kept" | "escaped"): string {
  switch (character) {
    case "\\":
    case '"':
    case "$":
      return `\\${character}`;
    case "\t":
      return "\\t";
    case "\r":
      return "\\r";
    case "\n":
      return newlines === "kept" ? "\n" : "\\n";
    default:
      return `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`;
  }
}

/** Printable ASCII, without quotes, backslashes and commas. */
const WORD = /^[!#-&(-+\--[\]-~]+$/;

/** Whether a text is a word: printable ASCII without space, quotes, backslash and comma. */
export function isWord(text: string): boolean {
  return WORD.test(text);
}

/** The value of an argument that is one string, quoted or not, without white space outside quotes; else undefined. */
export function parseString(argument: string): string | undefined {
  let at = 0;
  while (at < argument.length && !isSpaceCode(argument.charCodeAt(at))) at = skipPiece(argument, at);
  return at === 0 || at < argument.length ? undefined : unquote(argument);
}

/** The value of an argument that is one word, quoted or not; else undefined. */
export function parseWord(argument: string): string | undefined {
  const text = parseString(argument);
  return text !== undefined && isWord(text) ? text : undefined;
}

const KEYWORD = /^([A-Za-z0-9_.:?!]+)(?:[ \f\n\r\t\v]+|$)/;

/**
 * An argument seen as `KEYWORD VALUE`: its first word, if that could be a keyword at all, and what follows.
 * Whether the word is a keyword of the element is for the caller to say.
 */
export function splitKeyword(argument: string): { readonly keyword: string; readonly rest: string } | undefined {
  const match = KEYWORD.exec(argument);
  return match ? { keyword: match[1]!, rest: argument.slice(match[0].length) } : undefined;
}
