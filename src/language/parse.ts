/**
 * Click source to a syntax tree. Parsing never stops at a fault: it notes it and goes on where Click would.
 */
import { parseString, parseWord, shiftWord, splitArguments, splitWords } from "./argumentText.ts";
import { byteText } from "./bytes.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { Token } from "./lex.ts";
import { TokenReader } from "./tokenReader.ts";
import type {
  Chain,
  ClassAlias,
  ClassDefinition,
  Compound,
  CompoundBody,
  Extension,
  Formal,
  Head,
  Item,
  PortList,
  PortRange,
  Requirement,
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
  for (const fault of tree.faults) diagnostics.error(fault.landmark, fault.text);
  return { ...tree, faults: [] };
}

/** What statements stand in: it decides what ends them, and whether chain ends may be left out. */
interface Surroundings {
  readonly kind: "file" | "compound" | "group";
  /** How many compounds and groups are around. */
  readonly depth: number;
}

class Parser {
  readonly #reader: TokenReader;

  constructor(text: string, file: string) {
    this.#reader = new TokenReader(text, file);
  }

  parseFile(): SyntaxTree {
    const { statements } = this.#statements({ kind: "file", depth: 0 });
    return { statements, faults: this.#reader.faults, end: this.#reader.landmark };
  }

  /** Parses statements up to what closes their surroundings, and says what that was. */
  #statements(surroundings: Surroundings): { statements: Statement[]; closing: string } {
    const statements: Statement[] = [];
    for (;;) {
      const token = this.#reader.next();
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
        this.#reader.putBack(token);
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
        this.#reader.syntaxError(token);
    }
  }

  /** Whether a token ends the statements; where it does so wrongly, the fault is noted. */
  #closes(token: Token, surroundings: Surroundings): boolean {
    const { kind } = surroundings;
    switch (token.kind) {
      case "}":
      case "||":
        if (kind === "group") {
          this.#reader.syntaxError(token);
          this.#reader.putBack(token);
        }
        return kind !== "file";
      case ")":
        return kind === "group";
      case "end":
        if (kind === "group") this.#reader.error("expected ')'");
        else if (kind === "compound") this.#reader.error("expected '}'");
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
      const following = this.#reader.peek();
      const continues = isArrow(following);
      if (continues && arrow !== "" && items.some((item) => item.head.kind === "implicit")) {
        this.#reader.error("implicit ports used in the middle of a chain");
      }
      steps.push({ arrow, items, continues, place: this.#reader.place() });
      const next = this.#connector();
      if (next === "") break;
      arrow = next;
    }
    return { kind: "chain", steps, end: this.#reader.place() };
  }

  /** Reads the arrow after a step; "" when the chain ends there. */
  #connector(): Step["arrow"] {
    for (;;) {
      const token = this.#reader.next();
      switch (token.kind) {
        case "->":
        case "=>":
          return token.kind;
        case "::":
        case ",":
          this.#reader.syntaxError(token);
          break;
        case ";":
        case "end":
          // The end of the file is met again by the statements around.
          return "";
        default:
          if (!ENDS_CHAIN.has(token.kind)) this.#reader.syntaxError(token);
          if (ENDS_CHAIN.has(token.kind) || token.kind.length > 1) this.#reader.putBack(token);
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
    } while (this.#reader.follows(","));
    return { items, complete: true };
  }

  #item(surroundings: Surroundings, first: boolean, alone: boolean): Item | "none" {
    const written = this.#ports();
    const inputs = written?.ranges.length ? written : undefined;
    const token = this.#reader.next();
    if (token.kind === "identifier") return this.#itemAfter({ kind: "name", name: token.text }, inputs, surroundings);
    if (token.kind === "{") {
      const compound = this.#compound(surroundings);
      return this.#itemAfter({ kind: "compound", compound }, inputs, surroundings);
    }
    if (token.kind === "(") return this.#itemAfter(this.#group(surroundings), inputs, surroundings);
    if (surroundings.depth > 0 && mayStandForImplicit(token, first, inputs !== undefined, alone)) {
      return this.#implicitItem(token, first, inputs);
    }
    if (inputs) this.#reader.error("stranded port ignored");
    if (alone) {
      if (surroundings.depth > 0 && first) this.#reader.putBack(token);
      else this.#reader.syntaxError(token);
    }
    return "none";
  }

  /** An end of a chain that is left out. Ports in front of the arrow are outputs of `input`. */
  #implicitItem(token: Token, first: boolean, ports: PortList | undefined): Item {
    this.#reader.putBack(token);
    const bareArrow = first && !ports && isArrow(token) ? token.kind : undefined;
    const head: Head = { kind: "implicit", name: first ? "input" : "output", ...(bareArrow && { bareArrow }) };
    const side = first ? "outputs" : "inputs";
    return { head, ...(ports && { [side]: ports }), place: this.#reader.place() };
  }

  /** What may follow the head of an item: type, configuration, output ports. */
  #itemAfter(head: Head, inputs: PortList | undefined, surroundings: Surroundings): Item {
    const place = this.#reader.place();
    const type = this.#type(surroundings);
    const configuration = this.#configuration();
    const outputs = this.#reader.peek().kind === "[" ? this.#ports() : undefined;
    return {
      head,
      ...(type && { type }),
      ...(configuration && { configuration }),
      ...(inputs && { inputs }),
      ...(outputs && { outputs }),
      place,
    };
  }

  #type(surroundings: Surroundings): TypeReference | undefined {
    if (!this.#reader.follows("::")) return undefined;
    const token = this.#reader.next();
    if (token.kind === "identifier") return { kind: "class", name: token.text, place: this.#reader.place() };
    if (token.kind === "{") return { kind: "compound", compound: this.#compound(surroundings) };
    this.#reader.error("missing element type in declaration");
    this.#reader.putBack(token);
    return { kind: "missing", place: this.#reader.place() };
  }

  #configuration(): Item["configuration"] {
    if (!this.#reader.follows("(")) return undefined;
    const place = this.#reader.place();
    const text = this.#reader.configuration();
    return { text, place };
  }

  /** Reads `[...]`, if it is there. */
  #ports(): PortList | undefined {
    if (!this.#reader.accept("[")) return undefined;
    const ranges: PortRange[] = [];
    let dash = false;
    for (;;) {
      const token = this.#reader.next();
      if (token.kind === "]") return { ranges: ranges.length > 0 ? ranges : [{ first: 0, last: 0 }], expandable: true };
      if (token.kind !== "identifier") {
        this.#reader.error("syntax error: expected port number");
        this.#reader.putBack(token);
        break;
      }
      const port = this.#portNumber(token.text);
      ranges.push({ first: dash ? ranges.at(-1)!.last + 1 : port, last: port });

      const separator = this.#reader.next();
      if (separator.kind === "]") break;
      if (separator.kind === "," || (separator.kind === "-" && !dash)) dash = separator.kind === "-";
      else {
        this.#reader.error("syntax error: expected ','");
        this.#reader.putBack(separator);
      }
    }
    return { ranges, expandable: false };
  }

  #portNumber(text: string): number {
    const port = parseInteger(text);
    if (port === undefined) this.#reader.error("syntax error: port number should be integer");
    else if (port > MAXIMUM_PORT) this.#reader.error(`port number ${port} too large, maximum ${MAXIMUM_PORT}`);
    else return port;
    return 0;
  }

  #group(surroundings: Surroundings): Head {
    const depth = surroundings.depth + 1;
    const start = this.#reader.place();
    let statements: Statement[] = [];
    if (depth >= MAXIMUM_DEPTH) this.#reader.error("maximum element group nesting depth exceeded");
    else statements = this.#statements({ kind: "group", depth }).statements;
    return { kind: "group", statements, start, end: this.#reader.place() };
  }

  /** Reads a compound from behind its opening brace. */
  #compound(surroundings: Surroundings): Compound {
    const parts: (CompoundBody | Extension)[] = [];
    for (;;) {
      const token = this.#reader.next();
      if (token.kind === "...") {
        const place = this.#reader.place();
        const follower = this.#reader.next();
        if (!parts.some((part) => part.kind === "body") || follower.kind !== "}") {
          this.#reader.error("'...' should occur last, after one or more compounds");
        }
        this.#reader.putBack(follower);
        parts.push({ kind: "extension", place });
        continue;
      }
      this.#reader.putBack(token);
      const { body, closing } = this.#body(surroundings.depth + 1);
      parts.push(body);
      if (closing !== "||") return { parts };
    }
  }

  #body(depth: number): { body: CompoundBody; closing: string } {
    const { landmark } = this.#reader;
    const formals = this.#formals();
    if (depth >= MAXIMUM_DEPTH) {
      this.#reader.error("maximum compound element nesting depth exceeded");
      return { body: { kind: "body", formals, statements: [], landmark, end: this.#reader.place() }, closing: "end" };
    }
    const { statements, closing } = this.#statements({ kind: "compound", depth });
    return { body: { kind: "body", formals, statements, landmark, end: this.#reader.place() }, closing };
  }

  #formals(): Formal[] {
    const formals: Formal[] = [];
    for (;;) {
      const first = this.#reader.next();
      if (first.kind === "|") return formals;
      const second = first.kind === "identifier" ? this.#reader.next() : first;
      if (second.kind !== "variable") {
        if (formals.length > 0) this.#reader.error("expected variable");
        if (second !== first) this.#reader.putBack(second);
        this.#reader.putBack(first);
        return formals;
      }
      formals.push({ keyword: second === first ? "" : first.text, name: second.text, place: this.#reader.place() });

      const separator = this.#reader.next();
      if (separator.kind === "|") return formals;
      if (separator.kind !== ",") {
        this.#reader.error("expected ',' or '|'");
        this.#reader.putBack(separator);
        return formals;
      }
    }
  }

  #classDefinition(surroundings: Surroundings): ClassDefinition | ClassAlias {
    const token = this.#reader.next();
    const name = token.kind === "identifier" ? token.text : "";
    if (token.kind !== "identifier") {
      this.#reader.putBack(token);
      this.#reader.error("expected element type name");
    }
    const target = this.#reader.next();
    if (target.kind === "{") return { kind: "class", name, compound: this.#compound(surroundings) };
    if (target.kind === "identifier") return { kind: "alias", name, target: target.text, place: this.#reader.place() };
    this.#reader.syntaxError(target);
    return { kind: "alias", name, place: this.#reader.place() };
  }

  #requirements(into: Statement[]): void {
    if (!this.#reader.expect("(")) return;
    const configuration = this.#reader.configuration();
    this.#reader.accept(";");
    for (const argument of splitArguments(configuration)) {
      const words = splitWords(argument);
      if (words.length === 0) continue;
      const requirement = parseRequirement(words);
      if (!requirement) this.#reader.error("syntax error at requirement");
      else into.push({ kind: "require", ...requirement, file: this.#reader.file, place: this.#reader.place() });
    }
  }

  #definitions(into: Statement[]): void {
    if (!this.#reader.expect("(")) return;
    const configuration = this.#reader.configuration();
    for (const argument of splitArguments(configuration)) {
      if (argument === "") continue;
      const { word, rest } = shiftWord(argument);
      if (!/^\$[A-Za-z0-9_]+$/.test(word)) this.#reader.error("bad 'define' declaration: not a variable");
      else into.push({ kind: "define", name: word.slice(1), value: rest, place: this.#reader.place() });
    }
  }
}

/** The tokens that may stand after a complete chain because they can begin what follows, or close what is around. */
const ENDS_CHAIN = new Set(["identifier", "{", "}", "[", ")", "||", "elementclass", "require", "provide", "define"]);

function isArrow(token: Token): token is Token & { kind: "->" | "=>" } {
  return token.kind === "->" || token.kind === "=>";
}

/**
 * Whether a token in place of an element's name means that `input` or `output` is left out.
 *
 * @param first  whether this is the chain's first step
 * @param ports  whether ports were written
 * @param alone  whether it is the step's first element
 */
function mayStandForImplicit(token: Token, first: boolean, ports: boolean, alone: boolean): boolean {
  if (isArrow(token)) return first && (ports || alone);
  if (token.kind === ",") return ports;
  return token.kind !== "::" && !first && (ports || alone);
}

const INTEGER = /^(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/;

/** A number as Click writes them: decimal, `0x`, `0b`, leading `0` for octal, `_` between digits; up to 2^31 - 1. */
function parseInteger(text: string): number | undefined {
  const digits = text.replace(/(?<=[0-9a-fA-F])_(?=[0-9a-fA-F])/g, "");
  if (!INTEGER.test(digits)) return undefined;
  const value = Number(/^0[0-7]/.test(digits) ? `0o${digits}` : digits);
  return value < 2 ** 31 ? value : undefined;
}

/** The words of one requirement: `package P`, `library FILE`, `compact_config`, or `P` alone for a package. */
function parseRequirement(words: readonly string[]): Pick<Requirement, "what" | "value"> | undefined {
  const what = parseWord(words[0]!);
  if (words.length === 1) {
    if (what === "compact_config") return { what, value: "" };
    return what === undefined || what === "package" || what === "library"
      ? undefined
      : { what: "package", value: what };
  }
  const value = words.length === 2 ? parseString(words[1]!) : undefined;
  return value !== undefined && (what === "package" || what === "library") ? { what, value } : undefined;
}
