/**
 * Tokens with what a parser needs beside them: looking ahead, noting faults, and knowing the place.
 *
 * Where a fault is reported depends on how far the reader has read, as in Click. So there are two ways to ask for a token
 * that may not be there: {@link TokenReader.follows} reads it in any case, {@link TokenReader.accept} only if it is the one.
 */
import { printable } from "./bytes.ts";
import { END, Lexer, type Token } from "./lex.ts";
import { type Fault, MAXIMUM_FAULTS, type Place } from "./tree.ts";

export class TokenReader {
  readonly faults: Fault[] = [];
  readonly #lexer: Lexer;
  /** Tokens read ahead, the next one last. */
  readonly #ahead: Token[] = [];
  #lastPlace: Place = { landmark: "", faultsBefore: 0 };

  /** @param text  one byte in each character */
  constructor(text: string, file: string) {
    this.#lexer = new Lexer(text, file, (message) => this.error(message));
  }

  /** The file that the text is said to come from. */
  get file(): string {
    return this.#lexer.file;
  }

  get landmark(): string {
    return this.#lexer.landmark;
  }

  /** Takes the next token; behind too many faults there is none. */
  next(): Token {
    if (this.faults.length >= MAXIMUM_FAULTS) return END;
    return this.#ahead.pop() ?? this.#lexer.next();
  }

  /** Gives a token back, to be the next one. */
  putBack(token: Token): void {
    this.#ahead.push(token);
  }

  /** Where the reader stands. Neighbours share their place: most lines have several nodes. */
  place(): Place {
    const { landmark } = this.#lexer;
    const faultsBefore = this.faults.length;
    if (this.#lastPlace.landmark !== landmark || this.#lastPlace.faultsBefore !== faultsBefore) {
      this.#lastPlace = { landmark, faultsBefore };
    }
    return this.#lastPlace;
  }

  /** Notes a fault on the current line. */
  error(text: string): void {
    if (this.faults.length >= MAXIMUM_FAULTS) return;
    this.faults.push({ landmark: this.#lexer.landmark, text });
  }

  /** Notes that a token cannot stand here. */
  syntaxError(near: Token): void {
    this.error(`syntax error near '${printable(near.text)}'`);
  }

  /** Takes the next token if it is the one wanted; else leaves the reader where it is, its line included. */
  accept(symbol: string): boolean {
    const ahead = this.#ahead.at(-1);
    if (ahead) {
      if (ahead.kind !== symbol) return false;
      this.#ahead.pop();
      return true;
    }
    const { position } = this.#lexer;
    if (this.#lexer.next().kind === symbol) return true;
    this.#lexer.position = position;
    return false;
  }

  /** Takes the next token if it is the one wanted, else notes that it is missing. */
  expect(symbol: string): boolean {
    if (this.accept(symbol)) return true;
    this.error(`expected '${symbol}'`);
    return false;
  }

  /** Looks at the next token. The reader has read it: faults noted now belong to its line. */
  peek(): Token {
    const token = this.next();
    this.putBack(token);
    return token;
  }

  /** Takes the next token if it is the one wanted. Either way the reader has read it. */
  follows(symbol: string): boolean {
    return this.peek().kind === symbol && this.next() !== undefined;
  }

  /** Reads a configuration string from behind its opening parenthesis, and the closing one. */
  configuration(): string {
    const text = this.#lexer.configuration();
    this.expect(")");
    return text;
  }
}
