/**
 * Click source to a syntax tree. Parsing never stops at a fault: it notes it and goes on where Click would.
 */
import { splitArguments, splitWords, parseString, parseWord, shiftWord } from "./argumentText.ts";
import { byteText } from "./bytes.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { Lexer, type Token } from "./lex.ts";
import type {
  Chain,
  ClassAlias,
  ClassDefinition,
  Compound,
  CompoundBody,
  Extension,
  Fault,
  Formal,
  Head,
  Item,
  Place,
  PortList,
  Statement,
  Step,
  SyntaxTree,
  TypeReference,
} from "./tree.ts";

/** How deep compounds and groups may nest, as in Click. */
const MAXIMUM_DEPTH = 50;

/** The highest port number that can be written. Click has no such limit, but lists every port that it passes. */
const MAXIMUM_PORT = 0xffff;

/**
 * Parses one file.
 *
 * @param text  Unicode text, or the file's bytes
 * @param file  the name for landmarks: the path, `config` for text from a command line, `<stdin>`
 * @param diagnostics  where syntax faults go at once. Leave it out to have {@link flatten} report them in the order of the
 *   text, among the faults of meaning, as Click does
 */
export function parseConfiguration(text: string | Uint8Array, file: string, diagnostics?: Diagnostics): SyntaxTree {
  const tree = new Parser(byteText(text), file).parseFile();
  if (!diagnostics) return tree;
  for (const fault of tree.faults) diagnostics[fault.severity](fault.landmark, fault.text);
  return { ...tree, faults: [] };
}

/** What statements stand in: it decides what ends them, and whether chain ends may be left out. */
interface Surroundings {
  readonly kind: "file" | "compound" | "group";
  /** How many compounds and groups are around. */
  readonly depth: number;
  /** Whether the last chain ended in `output`; the next one may then start with a bare arrow unremarked. */
  endedInOutput: boolean;
}

class Parser {
  readonly #lexer: Lexer;
  readonly #faults: Fault[] = [];
  /** Tokens read ahead, the next one last. */
  readonly #ahead: Token[] = [];

  constructor(text: string, file: string) {
    this.#lexer = new Lexer(text, file, (message) => this.#error(message));
  }

  parseFile(): SyntaxTree {
    const { statements } = this.#statements({ kind: "file", depth: 0, endedInOutput: true });
    return { statements, faults: this.#faults, end: this.#lexer.landmark };
  }

  #next(): Token {
    return this.#ahead.pop() ?? this.#lexer.next();
  }

  #putBack(token: Token): void {
    this.#ahead.push(token);
  }

  #place(): Place {
    return { landmark: this.#lexer.landmark, faultsBefore: this.#faults.length };
  }

  #error(text: string): void {
    this.#faults.push({ landmark: this.#lexer.landmark, severity: "error", text });
  }

  #syntaxError(near: Token): void {
    this.#error(`syntax error near '${printable(near.text)}'`);
  }

  /** Takes the next token if it is the one wanted. */
  #accept(symbol: string): boolean {
    const token = this.#next();
    if (token.kind === symbol) return true;
    this.#putBack(token);
    return false;
  }

  #expect(symbol: string): boolean {
    if (this.#accept(symbol)) return true;
    this.#error(`expected '${symbol}'`);
    return false;
  }

  /** Parses statements up to what closes their surroundings, and says what that was. */
  #statements(surroundings: Surroundings): { statements: Statement[]; closing: string } {
    const statements: Statement[] = [];
    for (;;) {
      const token = this.#next();
      if (this.#closes(token, surroundings)) return { statements, closing: token.kind };
      this.#statement(token, surroundings, statements);
    }
  }

  #statement(token: Token, surroundings: Surroundings, into: Statement[]): void {
    switch (token.kind) {
      case "identifier":
      case "[":
      case "{":
      case "(":
      case "->":
      case "=>":
        this.#putBack(token);
        into.push(this.#chain(surroundings));
        break;
      case "elementclass":
        into.push(this.#classDefinition(surroundings));
        break;
      case "require":
        this.#requirements(into);
        break;
      case "define":
        this.#definitions(into);
        break;
      case ";":
        break;
      default:
        this.#syntaxError(token);
    }
  }

  /** Whether a token ends the statements; where it does so wrongly, the fault is noted. */
  #closes(token: Token, surroundings: Surroundings): boolean {
    const { kind } = surroundings;
    switch (token.kind) {
      case "}":
      case "||":
        if (kind === "group") {
          this.#syntaxError(token);
          this.#putBack(token);
        }
        return kind !== "file";
      case ")":
        return kind === "group";
      case "end":
        if (kind === "group") this.#error("expected ')'");
        else if (kind === "compound") this.#error("expected '}'");
        return true;
      default:
        return false;
    }
  }

  #chain(surroundings: Surroundings): Chain {
    const steps: Step[] = [];
    let arrow: Step["arrow"] = "";
    for (;;) {
      const { items, complete } = this.#items(surroundings, arrow === "");
      if (!complete) break;
      const following = this.#peek();
      const continues = isArrow(following);
      if (continues && arrow !== "" && items.some((item) => item.head.kind === "implicit")) {
        this.#error("implicit ports used in the middle of a chain");
      }
      steps.push({ arrow, items, continues, place: this.#place() });
      const next = this.#connector();
      if (next === "") break;
      arrow = next;
    }
    surroundings.endedInOutput = endsInOutput(steps.at(-1));
    return { kind: "chain", steps, end: this.#place() };
  }

  #peek(): Token {
    const token = this.#next();
    this.#putBack(token);
    return token;
  }

  /** Reads the arrow after a step; "" when the chain ends there. */
  #connector(): Step["arrow"] {
    for (;;) {
      const token = this.#next();
      switch (token.kind) {
        case "->":
        case "=>":
          return token.kind;
        case "::":
        case ",":
          this.#syntaxError(token);
          break;
        case ";":
        case "end":
          // The end of the file is met again by the statements around.
          return "";
        default:
          if (!ENDS_CHAIN.has(token.kind)) this.#syntaxError(token);
          if (ENDS_CHAIN.has(token.kind) || token.kind.length > 1) this.#putBack(token);
          return "";
      }
    }
  }

  /**
   * Reads the comma-separated elements of one step.
   *
   * @returns  `complete` is false when there was nothing, which ends the chain
   */
  #items(surroundings: Surroundings, first: boolean): { items: Item[]; complete: boolean } {
    const items: Item[] = [];
    do {
      const item = this.#item(surroundings, first, items.length === 0);
      if (item === "none") {
        if (items.length === 0) return { items, complete: false };
      } else items.push(item);
    } while (this.#accept(","));
    return { items, complete: true };
  }

  #item(surroundings: Surroundings, first: boolean, alone: boolean): Item | "none" {
    const inputs = this.#ports();
    const token = this.#next();
    if (token.kind === "identifier") return this.#itemAfter({ kind: "name", name: token.text }, inputs);
    if (token.kind === "{") return this.#itemAfter({ kind: "compound", compound: this.#compound(surroundings) }, inputs);
    if (token.kind === "(") return this.#itemAfter(this.#group(surroundings), inputs);
    if (surroundings.depth > 0 && mayStandForImplicit(token, first, inputs !== undefined, alone)) {
      return this.#implicitItem(token, surroundings, first, inputs);
    }
    if (inputs) this.#error("stranded port ignored");
    if (alone) {
      if (surroundings.depth > 0 && first) this.#putBack(token);
      else this.#syntaxError(token);
    }
    return "none";
  }

  /** An end of a chain that is left out. Ports in front of the arrow are outputs of `input`. */
  #implicitItem(token: Token, surroundings: Surroundings, first: boolean, ports: PortList | undefined): Item {
    if (isArrow(token) && !ports && !surroundings.endedInOutput) {
      const text = `suggest 'input ${token.text}' or '[0] ${token.text}' to start connection`;
      this.#faults.push({ landmark: this.#lexer.landmark, severity: "warning", text });
    }
    this.#putBack(token);
    const place = this.#place();
    const side = first ? "outputs" : "inputs";
    return { head: { kind: "implicit", name: first ? "input" : "output" }, ...(ports && { [side]: ports }), place };
  }

  /** What may follow the head of an item: type, configuration, output ports. */
  #itemAfter(head: Head, inputs: PortList | undefined): Item {
    const place = this.#place();
    const type = this.#type();
    const configuration = this.#configuration();
    const outputs = this.#ports();
    return {
      head,
      ...(type && { type }),
      ...(configuration && { configuration }),
      ...(inputs && { inputs }),
      ...(outputs && { outputs }),
      place,
    };
  }

  #type(): TypeReference | undefined {
    if (!this.#accept("::")) return undefined;
    const token = this.#next();
    if (token.kind === "identifier") return { kind: "class", name: token.text, place: this.#place() };
    if (token.kind === "{") return { kind: "compound", compound: this.#compound(this.#current()) };
    this.#error("missing element type in declaration");
    this.#putBack(token);
    return { kind: "missing", place: this.#place() };
  }
}
