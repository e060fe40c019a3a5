/**
 * The expression language of IPClassifier and IPFilter.
 *
 *     expression = or [ "?" expression ":" or ]...
 *     or         = and { ("or" | "||") and }
 *     and        = factor { [ "and" | "&&" ] factor }
 *     factor     = ("not" | "!") factor | "(" expression ")" | test
 */
import type { Names } from "../library/arguments/names.ts";
import { type Condition, ConditionBuilder } from "./condition.ts";
import { field, fieldProtocol, isField, Kind, NO_PROTOCOL } from "./ipSubject.ts";
import { IpTest, type Mask, type Reporter } from "./ipTest.ts";
import { lookUp } from "./ipWords.ts";
import { etherAddress, ipAddress, ipPrefix, signedInteger, unsignedInteger } from "./literals.ts";

/** Parentheses and `not` may nest this deep; patterns written by people need less than ten. */
const MAX_DEPTH = 200;

const EVERYTHING = new Set(["-", "any", "all"]);

/**
 * Parses the expression in `words`, starting at word `first`.
 *
 * @returns its condition; undefined if it tests nothing at all
 */
export function parseIpExpression(
  words: readonly string[],
  first: number,
  names: Names,
  report: Reporter,
): Condition | undefined {
  const rest = words.length - first;
  const parser = new ExpressionParser(words, names, report);
  if (rest === 0 || (rest === 1 && EVERYTHING.has(words[first]!))) return parser.everything();
  return parser.parse(first);
}

class ExpressionParser {
  private readonly words: readonly string[];
  private readonly names: Names;
  private readonly report: Reporter;
  private readonly builder = new ConditionBuilder();
  /** The test before the current one, from which it may inherit. */
  private before = new IpTest();
  private at = 0;
  private depth = 0;

  constructor(words: readonly string[], names: Names, report: Reporter) {
    this.words = words;
    this.names = names;
    this.report = report;
  }

  everything(): Condition | undefined {
    this.builder.compare(0, 0, 0);
    return this.builder.finish();
  }

  parse(first: number): Condition | undefined {
    this.at = first;
    this.expression();
    if (this.at < this.words.length) this.report.error(`garbage after expression at '${this.words[this.at]}'`);
    return this.builder.finish();
  }

  private next(...any: readonly string[]): boolean {
    const word = this.words[this.at];
    return word !== undefined && any.includes(word);
  }

  private expression(): void {
    this.builder.open();
    this.or();
    while (this.next("?")) {
      const start = ++this.at;
      this.nested(() => this.expression());
      if (this.at === start || !this.next(":")) {
        this.report.error("missing ':' in ternary expression");
        break;
      }
      this.at++;
      this.or();
    }
    this.builder.close("choose");
  }

  private or(): void {
    this.builder.open();
    this.and();
    while (this.next("or", "||")) {
      this.at++;
      this.and();
    }
    this.builder.close("or");
  }

  private and(): void {
    this.builder.open();
    let required = true;
    for (;;) {
      const start = this.at;
      this.factor("as written");
      if (this.at === start) {
        if (required) this.report.error("missing expression");
        break;
      }
      required = this.next("and", "&&");
      if (required) this.at++;
    }
    this.builder.close("and");
  }

  private factor(sense: "as written" | "negated"): void {
    if (this.next("not", "!")) {
      const start = ++this.at;
      this.nested(() => this.factor(sense === "negated" ? "as written" : "negated"));
      if (this.at === start) this.report.error(`missing expression after '${this.words[start - 1]}'`);
    } else if (this.next("(")) {
      const start = ++this.at;
      this.nested(() => this.expression());
      if (this.at === start) this.report.error("missing expression after '('");
      if (this.next(")")) this.at++;
      else if (this.at !== start) this.report.error("missing ')'");
      if (sense === "negated") this.builder.negateLast("flip");
    } else this.test(sense === "negated");
  }

  private nested(parse: () => void): void {
    if (this.depth === MAX_DEPTH) {
      this.report.error("expression nested too deeply");
      this.at = this.words.length;
      return;
    }
    this.depth++;
    parse();
    this.depth--;
  }

  private test(negatedBefore: boolean): void {
    if (this.at >= this.words.length || this.next(")", "||", "or", "?", ":")) return;
    if (this.next("true", "false")) {
      this.builder.compare(0, 0, 0);
      if (this.next("true") === negatedBefore) this.builder.negateLast("flip");
      this.at++;
      return;
    }

    const first = this.at;
    const test = new IpTest();
    const qualifiers = this.qualifiers(test);
    const negated = negatedBefore !== qualifiers.negated;
    let layer = qualifiers.layer;
    if (this.at !== first) this.before = new IpTest();
    if (this.before.valueKind === Kind.ETHER) layer = "ether";

    let word = this.wordBeforeLast();
    if (word === "[" && this.at > first && test.kind === Kind.NONE) {
      this.brackets(test);
      word = this.wordBeforeLast();
    }
    const mask = word === "&" ? this.mask(layer) : undefined;
    if (word === "&") word = this.wordBeforeLast();
    if (this.relation(test, word)) this.at++;
    if (this.at < this.words.length) {
      word = this.words[this.at]!;
      this.value(test, layer);
    }
    if (this.at === first) {
      this.report.error(`empty term near '${word}'`);
      return;
    }
    if (!test.check(this.before, layer, mask, this.report)) return;
    test.addTo(this.builder);
    if (negated) this.builder.negateLast("flip");
    this.before = test;
  }

  /** The current word, unless it is the last: then it can only be a value. */
  private wordBeforeLast(): string {
    return this.at >= this.words.length - 1 ? "" : this.words[this.at]!;
  }

  private qualifiers(test: IpTest): { negated: boolean; layer: "ip" | "ether" | undefined } {
    let negated = false;
    let layer: "ip" | "ether" | undefined;
    for (; this.at < this.words.length; this.at++) {
      const word = this.words[this.at]!;
      const meaning = lookUp(word, Kind.NONE, NO_PROTOCOL, this.names);
      if (meaning === "unclear") break;
      if (meaning?.kind === Kind.SUBJECT) {
        test.setKind(meaning.value, this.report);
        if (isField(meaning.value) && fieldProtocol(meaning.value) !== 0)
          test.setProtocol(fieldProtocol(meaning.value), this.report);
      } else if (meaning?.kind === Kind.PROTOCOL) test.setProtocol(meaning.value, this.report);
      else if (meaning !== undefined) break;
      else if (word === "src") this.source(test);
      else if (word === "dst" || word === "dest") test.setDirection("dst", this.report);
      else if ((word === "ip" || word === "ether") && layer === undefined) layer = word;
      else if (word === "not" || word === "!") negated = !negated;
      else break;
    }
    return { negated, layer };
  }

  /** `src`, `src and dst` or `src or dst`. */
  private source(test: IpTest): void {
    const joint = this.words[this.at + 1];
    const other = this.words[this.at + 2];
    const both = other === "dst" || other === "dest";
    if (both && (joint === "and" || joint === "&&")) {
      test.setDirection("src and dst", this.report);
      this.at += 2;
    } else if (both && (joint === "or" || joint === "||")) {
      test.setDirection("src or dst", this.report);
      this.at += 2;
    } else test.setDirection("src", this.report);
  }

  /** `[POS]`, `[POS:LEN]` or `[FIRST,LAST]`, in bytes. */
  private brackets(test: IpTest): void {
    const first = this.at + 1;
    const close = this.words.indexOf("]", first);
    if (close < 0) {
      this.report.error("missing ']'");
      this.at = first;
      return;
    }
    this.at = close + 1;
    const range = byteRange(this.words.slice(first, close).join(""));
    if (range === undefined) {
      this.report.error("syntax error after '[', expected '[POS]' or '[POS:LEN]'");
      return;
    }
    const position = Math.imul(range.position, 8);
    const length = Math.imul(range.length, 8);
    if (length < 1 || length > 32) this.report.error("LEN in '[POS:LEN]' out of range, should be between 1 and 4");
    else if ((position & ~31) !== ((position + length - 1) & ~31))
      this.report.error(`field [${Math.trunc(position / 8)}:${length / 8}] does not fit in a single word`);
    else {
      const protocol = test.protocol === NO_PROTOCOL ? 0 : test.protocol;
      test.setKind(field(protocol, position, length), this.report);
    }
  }

  private mask(layer: "ip" | "ether" | undefined): Mask | undefined {
    const word = this.words[this.at + 1]!;
    const number = unsignedInteger(word);
    const address = number === undefined && layer !== "ether" ? ipAddress(word, this.names) : undefined;
    const bits = number ?? address;
    if (bits !== undefined) {
      this.at += 2;
      if (bits !== 0) return { kind: number === undefined ? Kind.HOST : Kind.NUMBER, bits, bytes: [] };
      this.report.error("zero mask ignored");
      return undefined;
    }
    const bytes = layer !== "ip" ? etherAddress(word, this.names) : undefined;
    if (bytes === undefined) return undefined;
    this.at += 2;
    return { kind: Kind.ETHER, bits: 0, bytes };
  }

  private relation(test: IpTest, word: string): boolean {
    const relation = RELATIONS.get(word);
    if (relation === undefined) return false;
    test.operator = relation.operator;
    test.negated = relation.negated;
    return true;
  }

  private value(test: IpTest, layer: "ip" | "ether" | undefined): void {
    const word = this.words[this.at++]!;
    const meaning = lookUp(word, test.kind, test.protocol, this.names, (text) => this.report.error(text));
    if (meaning === "unclear") {
      test.kind = Kind.WRONG;
      return;
    }
    if (meaning !== undefined && meaning.kind !== Kind.SUBJECT) {
      test.valueKind = meaning.kind;
      test.value = meaning.value;
      return;
    }
    const number = signedInteger(word);
    if (number !== undefined) {
      test.valueKind = Kind.NUMBER;
      test.value = number;
      return;
    }
    if (layer !== "ether" && this.ipValue(test, word)) return;
    const bytes = layer !== "ip" ? etherAddress(word, this.names) : undefined;
    if (bytes !== undefined) {
      test.valueKind = Kind.ETHER;
      test.bytes = bytes;
      return;
    }
    if (test.operator !== "=" || test.negated) this.report.error(`dangling operator near '${word}'`);
    this.at--;
  }

  private ipValue(test: IpTest, word: string): boolean {
    const address = ipAddress(word, this.names);
    const prefix = address === undefined || test.kind === Kind.NET ? ipPrefix(word, this.names) : undefined;
    if (address !== undefined) {
      test.value = address;
      const maskWord = this.words[this.at] === "mask" ? this.words[this.at + 1] : undefined;
      const mask = maskWord === undefined ? undefined : ipAddress(maskWord, this.names);
      if (mask !== undefined) {
        this.at += 2;
        test.mask = mask;
        test.valueKind = Kind.NET;
        return true;
      }
    }
    if (prefix !== undefined) {
      test.value = prefix.address;
      test.mask = prefix.mask;
      test.valueKind = Kind.NET;
      return true;
    }
    test.valueKind = address === undefined ? test.valueKind : Kind.HOST;
    return address !== undefined;
  }
}

const RELATIONS: ReadonlyMap<string, { operator: "=" | ">" | "<"; negated: boolean }> = new Map([
  ["=", { operator: "=", negated: false }],
  ["==", { operator: "=", negated: false }],
  ["!=", { operator: "=", negated: true }],
  [">", { operator: ">", negated: false }],
  ["<", { operator: "<", negated: false }],
  [">=", { operator: "<", negated: true }],
  ["<=", { operator: ">", negated: true }],
]);

function byteRange(text: string): { position: number; length: number } | undefined {
  const separator = text.includes(":") && text.indexOf(":") < text.length - 1 ? ":" : ",";
  const at = text.indexOf(separator);
  if (at < 0 || at === text.length - 1) {
    const position = signedInteger(text);
    return position === undefined ? undefined : { position, length: 1 };
  }
  const position = signedInteger(text.slice(0, at));
  const second = signedInteger(text.slice(at + 1));
  if (position === undefined || second === undefined) return undefined;
  return { position, length: separator === ":" ? second : (second - position + 1) | 0 };
}
