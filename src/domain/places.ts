/** Finds on which line of a TOML or JSON text each key stands. */
import type { Path } from "./fault.ts";

/** Descriptions are not nested deeper; hostile text may be. */
const MOST_LEVELS = 64;
/** RFC 8259 §6, §7. */
const JSON_STRING = /"[^"\\\p{Cc}]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\p{Cc}]*)*"/uy;
const JSON_SCALAR = new RegExp(
  `${JSON_STRING.source}|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|true|false|null`,
  "uy",
);
const JSON_SPACE = /[ \t\r\n]*/y;
/** TOML 1.0, loosely: the text has been parsed before. */
const TOML_STRING =
  /"""[^"\\]*(?:(?:\\[\s\S]|""?(?!"))[^"\\]*)*"{3,5}|'''[^']*(?:''?(?!')[^']*)*'{3,5}|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\n]*'/y;
const TOML_KEY = /[A-Za-z0-9_-]+/y;
const TOML_SCALAR = /[^,[\]{}#\n]+/y;
const TOML_SPACE = /(?:[ \t\r\n]|#[^\n]*)*/y;

/** Where keys stand in a text that has been parsed. */
export class Places {
  readonly #lines = new Map<string, number>();

  set(path: Path, line: number): void {
    this.#lines.set(keyOf(path), line);
  }

  /** @returns the line of the innermost known key of `path`, from 1 on */
  lineOf(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const line = this.#lines.get(keyOf(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return 1;
  }
}

/** `[[vif]]` and `vifs` are the same list. */
function keyOf(path: Path): string {
  return JSON.stringify(path.map((step) => (typeof step === "string" ? step.replace(/s$/, "") : step)));
}

/** Thrown where the text does not go on as it should. */
class Misplaced extends Error {}

/** Keys of a JSON text that has been parsed. */
export function jsonPlaces(text: string): Places {
  const scanner = new Scanner(text, "json");
  scanner.finish(() => scanner.value([]));
  return scanner.places;
}

/** @returns the line on which a text that is not JSON stops being it */
export function jsonFaultLine(text: string): number {
  const scanner = new Scanner(text, "json");
  scanner.finish(() => {
    scanner.value([]);
    scanner.end();
  });
  return scanner.line;
}

/** Keys of a TOML text that has been parsed. */
export function tomlPlaces(text: string): Places {
  const scanner = new Scanner(text, "toml");
  scanner.finish(() => scanner.document());
  return scanner.places;
}

class Scanner {
  readonly places = new Places();
  readonly #text: string;
  readonly #syntax: "json" | "toml";
  #at = 0;
  /** Newlines before `#counted`, so that lines are counted once. */
  #newlines = 0;
  #counted = 0;

  constructor(text: string, syntax: "json" | "toml") {
    this.#text = text;
    this.#syntax = syntax;
  }

  get line(): number {
    for (; this.#counted < this.#at; this.#counted++) if (this.#text[this.#counted] === "\n") this.#newlines++;
    return this.#newlines + 1;
  }

  /** Scans as far as it goes. */
  finish(scan: () => void): void {
    try {
      scan();
    } catch (error) {
      if (!(error instanceof Misplaced)) throw error;
    }
  }

  value(path: Path): void {
    if (path.length > MOST_LEVELS) throw new Misplaced();
    this.#skipSpace();
    if (this.#take("{")) this.#members("}", () => this.#pair(path));
    else if (this.#take("[")) this.#array(path);
    else this.#scalar();
  }

  #array(path: Path): void {
    let index = 0;
    this.#members("]", () => {
      const element = [...path, index++];
      this.#skipSpace();
      this.places.set(element, this.line);
      this.value(element);
    });
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw new Misplaced();
  }

  /** TOML: tables and pairs. */
  document(): void {
    /** How many tables each `[[list]]` has. */
    const lengths = new Map<string, number>();
    let table: Path = [];
    for (this.#skipSpace(); this.#at < this.#text.length; this.#skipSpace()) {
      if (!this.#take("[")) {
        this.#pair(table);
        continue;
      }
      const element = this.#take("[");
      const line = this.line;
      table = enter(this.#keys(), element, lengths);
      this.places.set(table, line);
      this.#expect("]");
      if (element) this.#expect("]");
    }
  }

  #pair(table: Path): void {
    this.#skipSpace();
    const line = this.line;
    const path = [...table, ...this.#keys()];
    this.places.set(path, line);
    this.#expect(this.#syntax === "json" ? ":" : "=");
    this.value(path);
  }

  #members(close: string, member: () => void): void {
    this.#skipSpace();
    if (this.#take(close)) return;
    for (;;) {
      member();
      this.#skipSpace();
      if (this.#take(close)) return;
      this.#expect(",");
      this.#skipSpace();
      // TOML lets a list end with a comma.
      if (this.#syntax === "toml" && this.#take(close)) return;
    }
  }

  #keys(): readonly string[] {
    const keys = [this.#key()];
    while (this.#syntax === "toml" && this.#take(".")) keys.push(this.#key());
    return keys;
  }

  #key(): string {
    this.#skipSpace();
    const quoted = this.#match(this.#syntax === "json" ? JSON_STRING : TOML_STRING);
    const key = quoted?.slice(1, -1) ?? (this.#syntax === "toml" ? this.#match(TOML_KEY) : undefined);
    if (key === undefined) throw new Misplaced();
    this.#skipSpace();
    return key;
  }

  #scalar(): void {
    const found =
      this.#syntax === "json" ? this.#match(JSON_SCALAR) : (this.#match(TOML_STRING) ?? this.#match(TOML_SCALAR));
    if (found === undefined) throw new Misplaced();
  }

  #skipSpace(): void {
    this.#match(this.#syntax === "json" ? JSON_SPACE : TOML_SPACE);
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    this.#skipSpace();
    if (!this.#take(character)) throw new Misplaced();
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }
}

/** Where a table header leads: a list that it passes through is entered at its last table, one that it adds to at a new one. */
function enter(keys: readonly string[], element: boolean, lengths: Map<string, number>): Path {
  const path: (string | number)[] = [];
  for (const [index, key] of keys.entries()) {
    path.push(key);
    const list = keyOf(path);
    const adds = element && index === keys.length - 1;
    if (adds) lengths.set(list, (lengths.get(list) ?? 0) + 1);
    const length = lengths.get(list);
    if (length !== undefined) path.push(length - 1);
  }
  return path;
}
