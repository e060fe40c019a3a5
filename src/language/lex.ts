/**
 * Click source to tokens, one at a time. Configuration strings, which are not tokens, are read on request, as only the parser
 * knows where one starts.
 */
import { unquote } from "./argumentText.ts";

/**
 * A token. `kind` is "identifier", "variable", "end", a reserved word, or the symbol itself; the text of a variable is
 * without its `$`.
 */
export interface Token {
  readonly kind: string;
  readonly text: string;
}

/** Where the reader stands, to come back to. */
export interface Position {
  readonly at: number;
  readonly file: string;
  readonly line: number;
}

const SPACE = 1;
const WORD = 2;
const VARIABLE = 4;
const CHARACTER_KINDS = characterKinds();

function characterKinds(): Uint8Array {
  const kinds = new Uint8Array(256);
  for (const space of " \f\n\r\t\v") kinds[space.charCodeAt(0)] = SPACE;
  const letters = "abcdefghijklmnopqrstuvwxyz";
  for (const letter of `0123456789_${letters}${letters.toUpperCase()}`) kinds[letter.charCodeAt(0)] = WORD | VARIABLE;
  kinds["@".charCodeAt(0)] = WORD;
  return kinds;
}

const RESERVED = new Set(["elementclass", "require", "provide", "define"]);
const LONG_SYMBOLS = new Set(["->", "=>", "::", "||"]);
/** The token behind the last one. */
export const END: Token = { kind: "end", text: "" };

/** Reads one file from front to back. */
export class Lexer {
  readonly #text: string;
  readonly #originalFile: string;
  readonly #report: (text: string) => void;
  #at = 0;
  #file: string;
  #line = 1;
  #landmark = "";

  /**
   * @param text  one byte in each character
   * @param file  the name for landmarks
   * @param report  called with the text of an error, which belongs to the current landmark
   */
  constructor(text: string, file: string, report: (text: string) => void) {
    this.#text = text;
    this.#file = file;
    this.#originalFile = file;
    this.#report = report;
  }

  /** The file that the text is said to come from, `# LINE "FILE"` directives considered. */
  get file(): string {
    return this.#file;
  }

  /** Where the reader stands: the line on which the last token ended. */
  get landmark(): string {
    if (this.#landmark === "") this.#landmark = formatLandmark(this.#file, this.#line);
    return this.#landmark;
  }

  get position(): Position {
    return { at: this.#at, file: this.#file, line: this.#line };
  }

  set position(position: Position) {
    this.#at = position.at;
    this.#file = position.file;
    this.#setLine(position.line);
  }

  /** Reads the next token, white space, comments and line directives before it skipped. */
  next(): Token {
    this.#skipSpace();
    if (this.#at >= this.#text.length) return END;
    if (this.#is(this.#at, WORD)) return this.#readIdentifier();
    if (this.#text[this.#at] === "$") return this.#readVariable();
    const symbol = this.#symbol();
    this.#at += symbol.length;
    return { kind: symbol, text: symbol };
  }

  /**
   * Reads what stands before the parenthesis that closes a configuration string, or before the end of the file. Line
   * directives are taken out.
   */
  configuration(): string {
    const text = this.#text;
    let result = "";
    let start = this.#at;
    for (let depth = 1; this.#at < text.length; ) {
      const character = text[this.#at];
      if (character === "(") depth++;
      else if (character === ")" && --depth === 0) break;
      if (character === "#" && this.#startsLine()) {
        result += text.slice(start, this.#at);
        this.#lineDirective();
        start = this.#at;
      } else this.#skipConfigurationPiece();
    }
    return result + text.slice(start, this.#at);
  }

  #is(index: number, kind: number): boolean {
    return (CHARACTER_KINDS[this.#text.charCodeAt(index)]! & kind) !== 0;
  }

  #readIdentifier(): Token {
    const start = this.#at;
    do {
      this.#at++;
      while (this.#is(this.#at, WORD)) this.#at++;
    } while (this.#text[this.#at] === "/" && this.#is(this.#at + 1, WORD));
    const text = this.#text.slice(start, this.#at);
    return { kind: RESERVED.has(text) ? text : "identifier", text };
  }

  #readVariable(): Token {
    const start = ++this.#at;
    while (this.#is(this.#at, VARIABLE)) this.#at++;
    return { kind: "variable", text: this.#text.slice(start, this.#at) };
  }

  #symbol(): string {
    const two = this.#text.slice(this.#at, this.#at + 2);
    if (LONG_SYMBOLS.has(two)) return two;
    return this.#text.startsWith("...", this.#at) ? "..." : two.charAt(0);
  }

  #startsLine(): boolean {
    const before = this.#text[this.#at - 1];
    return before === undefined || before === "\n" || before === "\r";
  }

  #skipSpace(): void {
    while (this.#at < this.#text.length) {
      if (this.#is(this.#at, SPACE)) this.#skipCharacter();
      else if (this.#text.startsWith("//", this.#at)) this.#skipLine();
      else if (this.#text.startsWith("/*", this.#at)) this.#skipBlockComment();
      else if (this.#text[this.#at] === "#" && this.#startsLine()) this.#lineDirective();
      else return;
    }
  }

  /** Lines are 32 bits wide, as in Click; a directive may make them wrap. */
  #setLine(line: number): void {
    this.#line = line >>> 0;
    this.#landmark = "";
  }

  /** Skips one character, or one end of line, and counts lines. */
  #skipCharacter(): void {
    const character = this.#text[this.#at++];
    if (character === "\r" && this.#text[this.#at] === "\n") this.#at++;
    if (character === "\n" || character === "\r") this.#setLine(this.#line + 1);
  }

  /** Skips to just past the end of the line. */
  #skipLine(): void {
    while (!this.#atLineEnd()) this.#at++;
    if (this.#at < this.#text.length) this.#skipCharacter();
  }

  #skipBlockComment(): void {
    this.#at += 2;
    while (this.#at < this.#text.length && !this.#text.startsWith("*/", this.#at)) this.#skipCharacter();
    this.#at = Math.min(this.#at + 2, this.#text.length);
  }

  #skipConfigurationPiece(): void {
    const text = this.#text;
    switch (text[this.#at]) {
      case "'":
        this.#skipSingleQuoted();
        break;
      case '"':
        this.#skipDoubleQuoted();
        break;
      case "\\":
        if (text[this.#at + 1] === "<") this.#skipData();
        else this.#at++;
        break;
      case "/":
        if (text[this.#at + 1] === "/") this.#skipLine();
        else if (text[this.#at + 1] === "*") this.#skipBlockComment();
        else this.#at++;
        break;
      default:
        this.#skipCharacter();
    }
  }

  #skipSingleQuoted(): void {
    this.#at++;
    while (this.#at < this.#text.length && this.#text[this.#at] !== "'") this.#skipCharacter();
    this.#at = Math.min(this.#at + 1, this.#text.length);
  }

  #skipDoubleQuoted(): void {
    this.#at++;
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"') {
      if (this.#text.startsWith("\\<", this.#at)) this.#skipData();
      else {
        if (this.#text[this.#at] === "\\" && this.#at + 1 < this.#text.length) this.#at++;
        this.#skipCharacter();
      }
    }
    this.#at = Math.min(this.#at + 1, this.#text.length);
  }

  /** Skips `\<...>`, in which comments may stand. */
  #skipData(): void {
    this.#at += 2;
    while (this.#at < this.#text.length && this.#text[this.#at] !== ">") {
      if (this.#text.startsWith("//", this.#at)) this.#skipLine();
      else if (this.#text.startsWith("/*", this.#at)) this.#skipBlockComment();
      else this.#skipCharacter();
    }
    this.#at = Math.min(this.#at + 1, this.#text.length);
  }

  /** Obeys `# LINE "FILE"` or `#line LINE "FILE"`, and stops at the end of that line, which then leads to LINE. */
  #lineDirective(): void {
    this.#at++;
    this.#skipBlanks();
    if (/^line[ \t]$/.test(this.#text.slice(this.#at, this.#at + 5))) {
      this.#at += 5;
      this.#skipBlanks();
    }
    const start = this.#at;
    let line = 0;
    for (let digit = this.#digit(); digit >= 0; digit = this.#digit()) {
      line = Math.imul(line, 10) + digit;
      this.#at++;
    }
    if (this.#at === start) {
      this.#report("unknown preprocessor directive");
      this.#skipLine();
      return;
    }
    this.#skipBlanks();
    if (this.#text[this.#at] === '"') this.#file = this.#directiveFile() || this.#originalFile;
    while (!this.#atLineEnd()) this.#at++;
    this.#setLine(line - 1);
  }

  /** The quoted file name of a line directive. */
  #directiveFile(): string {
    const start = this.#at++;
    while (!this.#atLineEnd() && this.#text[this.#at] !== '"') {
      if (this.#text[this.#at] === "\\") this.#at++;
      if (!this.#atLineEnd()) this.#at++;
    }
    return unquote(`${this.#text.slice(start, this.#at)}"`);
  }

  #skipBlanks(): void {
    while (this.#text[this.#at] === " " || this.#text[this.#at] === "\t") this.#at++;
  }

  #digit(): number {
    const code = this.#text.charCodeAt(this.#at);
    return code >= 48 && code <= 57 ? code - 48 : -1;
  }

  #atLineEnd(): boolean {
    const character = this.#text[this.#at];
    return character === undefined || character === "\n" || character === "\r";
  }
}

/** `FILE:LINE`; just FILE for line 0; and no second colon or space where FILE brings its own. */
function formatLandmark(file: string, line: number): string {
  if (line === 0) return file;
  return /[:\s]$/.test(file) ? `${file}${line}` : `${file}:${line}`;
}
