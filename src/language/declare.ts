/**
 * Syntax tree to scopes: finds out what names mean, numbers the elements, joins their ports, and reads the libraries that
 * the file requires. Compounds are declared here, not expanded.
 */
import { type Budget, CONNECTION_COST } from "./budget.ts";
import { ClassNames } from "./classes.ts";
import { type Endpoint, joinPorts } from "./connect.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { FaultReporter } from "./faults.ts";
import { parseConfiguration } from "./parse.ts";
import {
  type CompoundClass,
  type ElementClass,
  ERROR_CLASS,
  hasDigitsOnlyComponent,
  Scope,
  type Side,
} from "./scope.ts";
import type {
  Chain,
  ClassAlias,
  Compound,
  CompoundBody,
  Formal,
  Head,
  Item,
  Place,
  PortList,
  Requirement,
  Statement,
  Step,
  SyntaxTree,
  TypeReference,
} from "./tree.ts";

/** What a configuration may refer to outside itself. */
export interface Surroundings {
  /** Whether a class exists that the configuration does not define itself. */
  isClass(name: string): boolean;
  /** Whether a name that means nothing else is taken for a class, as Click's tools do; without it that is a fault. */
  readonly takesUnknownClasses?: boolean;
  /**
   * The library that `require(library NAME)` means, looked for next to the file that asks and then on CLICKPATH. `file` is
   * its path; a library is read once however often it is required.
   */
  readLibrary?(
    name: string,
    fromFile: string,
  ): { readonly text: string | Uint8Array; readonly file: string } | undefined;
  /** Whether a package is there; it may report why not. Without this function every package is. */
  requirePackage?(name: string, diagnostics: Diagnostics): boolean;
}

/** How deep libraries may require libraries: more is no library but a trap. */
const MAXIMUM_LIBRARY_DEPTH = 100;

/** An element of a chain while its step is read. */
interface PendingItem {
  readonly item: Item;
  name: string;
  /** What its name means as a class, if anything. */
  readonly headClass: ElementClass | undefined;
  declaredClass: ElementClass | undefined;
  configuration: string;
  readonly inputs: PortList | undefined;
  readonly outputs: PortList | undefined;
}

export class Declarer {
  readonly classes: ClassNames;
  readonly requirements: { kind: string; value: string }[] = [];
  readonly #surroundings: Surroundings;
  readonly #faults: FaultReporter;
  readonly #diagnostics: Diagnostics;
  readonly #budget: Budget;
  readonly #libraries = new Set<string>();
  #libraryDepth = 0;
  #scope: Scope;

  constructor(surroundings: Surroundings, faults: FaultReporter, diagnostics: Diagnostics, budget: Budget) {
    this.#surroundings = surroundings;
    this.#faults = faults;
    this.#diagnostics = diagnostics;
    this.#budget = budget;
    this.classes = new ClassNames((name) => surroundings.isClass(name));
    this.#scope = new Scope(0);
  }

  /** Declares what a file says. @returns the scope of the file */
  declare(tree: SyntaxTree): Scope {
    this.#faults.enter(tree.faults);
    this.#statements(tree.statements);
    this.#faults.leave();
    return this.#scope;
  }

  #statements(statements: readonly Statement[]): void {
    let endedInOutput = true;
    for (const statement of statements) {
      switch (statement.kind) {
        case "chain":
          endedInOutput = this.#chain(statement, endedInOutput);
          break;
        case "class":
          this.classes.define(statement.name, this.#compound(statement.compound, statement.name));
          break;
        case "alias":
          this.#alias(statement);
          break;
        case "define":
          this.#define(statement.name, statement.value, statement.place);
          break;
        case "require":
          this.#require(statement);
          break;
      }
    }
  }

  #alias({ name, target, place }: ClassAlias): void {
    this.classes.define(name, target === undefined ? ERROR_CLASS : this.#class(target, place));
  }

  /** The class that a name means; an unknown one is reported once in its scope. */
  #class(name: string, place: Place): ElementClass {
    const known = this.classes.get(name);
    if (known) return known;
    if (this.#surroundings.takesUnknownClasses) {
      this.#faultIf(this.#scope.find(name) !== undefined, place, `'${name}' was previously used as an element name`);
      return this.classes.defineStock(name);
    }
    this.#faults.error(place, `unknown element class '${name}'`);
    this.classes.define(name, ERROR_CLASS);
    return ERROR_CLASS;
  }

  #define(name: string, value: string, place: Place): void {
    if (this.#scope.variables.has(name)) this.#faults.error(place, `parameter '$${name}' multiply defined`);
    else this.#scope.variables.set(name, value);
  }

  #require(requirement: Requirement): void {
    const { what, value, place } = requirement;
    if (what === "library") {
      this.#library(requirement);
      return;
    }
    this.#faults.pass(place.faultsBefore);
    if (what === "package" && this.#surroundings.requirePackage?.(value, this.#diagnostics) === false) {
      this.#faults.errorAt("", `requirement '${value}' not available`);
    }
    this.requirements.push({ kind: what, value });
  }

  #library({ value, file, place }: Requirement): void {
    if (this.#scope.depth > 0) {
      this.#faults.error(place, "'require library' must be used at file scope");
      return;
    }
    const library = this.#surroundings.readLibrary?.(value, file);
    if (!library) {
      this.#faults.error(place, `library '${value}' not found in CLICKPATH/conf`);
      return;
    }
    if (this.#libraries.has(library.file)) return;
    this.#libraries.add(library.file);
    if (this.#libraryDepth >= MAXIMUM_LIBRARY_DEPTH) {
      this.#faults.error(place, "maximum library nesting depth exceeded");
      return;
    }
    this.#faults.pass(place.faultsBefore);
    this.#libraryDepth++;
    this.declare(parseConfiguration(library.text, library.file));
    this.#libraryDepth--;
  }

  /** Declares the bodies of a compound. @returns the class of the first, the others being its overloads */
  #compound({ parts }: Compound, name: string): ElementClass {
    const bodies: Omit<CompoundClass, "overload">[] = [];
    let extension: ElementClass | undefined;
    for (const part of parts) {
      if (part.kind === "body") bodies.push(this.#body(part, name));
      else extension = this.#extended(name, part.place);
    }
    return bodies.reduceRight<ElementClass | undefined>((overload, body) => ({ ...body, overload }), extension)!;
  }

  #extended(name: string, place: Place): ElementClass | undefined {
    const known = this.classes.get(name);
    if (known) return known;
    this.#faults.error(place, `cannot extend unknown element class '${name}'`);
    return name === "" ? undefined : ERROR_CLASS;
  }

  #body(body: CompoundBody, name: string): Omit<CompoundClass, "overload"> {
    const outer = this.#scope;
    const scope = new Scope(outer.depth + 1);
    this.#scope = scope;
    this.classes.enterScope();
    this.#formals(body.formals);
    this.#statements(body.statements);
    this.classes.leaveScope();
    this.#scope = outer;

    const place = { ...body.end, landmark: body.landmark };
    const inputs = this.#checkPseudoElement(scope, "input", name || "<anonymous>", place);
    const outputs = this.#checkPseudoElement(scope, "output", name || "<anonymous>", place);
    for (let index = 0; index < scope.elements.length; index++) scope.settleName(index);
    return { kind: "compound", name, landmark: body.landmark, scope, inputs, outputs };
  }

  /** Declares formals, which must come as positional ones, then keywords, then `__REST__`. */
  #formals(formals: readonly Formal[]): void {
    let disordered = false;
    for (const { name, keyword, place } of formals) {
      const declared = this.#scope.formals;
      const isNew = !this.#scope.variables.has(name);
      this.#define(name, "", place);
      if (!isNew) continue;
      const previous = declared.at(-1);
      if (keyword !== "" && declared.some((formal) => formal.keyword === keyword)) {
        this.#faults.error(place, `repeated keyword parameter '${keyword}' in compound element`);
      }
      declared.push({ name, keyword });
      const misplaced = previous?.keyword === "__REST__" || (keyword === "" && (previous?.keyword ?? "") !== "");
      if (misplaced && !disordered) {
        const order = "(The correct order is '[positional], [keywords], [__REST__]'.)";
        this.#faults.error(place, `compound element parameters out of order\n${order}`);
        disordered = true;
      }
    }
  }

  /**
   * Checks how `input` or `output` of a compound or group is used from inside.
   *
   * @param side  which of the two: `input` is a source of packets, and may have no inputs itself
   * @returns how many ports the compound or group has on that side
   */
  #checkPseudoElement(scope: Scope, side: Side, owner: string, place: Place): number {
    const element = scope.elements[scope.ends![side]]!;
    const opposite = side === "input" ? "output" : "input";
    if (element.portCount[side] > 0) {
      this.#faults.error(place, `'${owner}' pseudoelement '${side}' may only be used as ${opposite}`);
    }
    const count = element.portCount[opposite];
    for (let port = 0; port < count && !this.#faults.tooMany; port++) {
      if (!element.used?.[opposite].has(port)) this.#faults.error(place, `'${owner}' ${side} ${port} missing`);
    }
    return count;
  }

  /**
   * Declares the elements of a chain and joins them.
   *
   * @param afterOutput  whether the chain before ended in `output`, so that a bare arrow is sure to mean a new beginning
   * @returns the same for the chain after
   */
  #chain(chain: Chain, afterOutput: boolean): boolean {
    let previous: Endpoints = [];
    for (const step of chain.steps) {
      const pending = step.items.map((item) => this.#pending(item, afterOutput));
      if (isDeclarationList(step, pending)) spreadLast(pending);
      const endpoints = pending.map((each) => this.#declare(each, step.place));
      if (step.arrow === "") {
        this.#faultIf(
          endpoints.some((each) => each.inputs),
          step.place,
          "input ports ignored at start of chain",
        );
      } else this.#join(previous, endpoints, step.arrow, step.place);
      previous = endpoints;
    }
    this.#faultIf(
      previous.some((each) => each.outputs),
      chain.end,
      "output ports ignored at end of chain",
    );
    return previous.length === 1 && previous[0]!.element === this.#scope.find("output");
  }

  #faultIf(condition: boolean, place: Place, text: string): void {
    if (condition) this.#faults.error(place, text);
  }

  #join(from: Endpoints, to: Endpoints, arrow: "->" | "=>", place: Place): void {
    const outputs: Endpoint[] = from.map(({ element, outputs }) => ({ element, ports: outputs }));
    const inputs: Endpoint[] = to.map(({ element, inputs }) => ({ element, ports: inputs }));
    joinPorts(
      outputs,
      inputs,
      arrow,
      (text) => this.#faults.error(place, text),
      (from, fromPort, to, toPort) => {
        this.#scope.connect({ from, fromPort, to, toPort, landmark: place.landmark });
        return this.#budget.spend(CONNECTION_COST);
      },
    );
  }

  /** Finds out what the parts of an item mean, in the order in which they are written. */
  #pending(item: Item, afterOutput: boolean): PendingItem {
    const { head } = item;
    if (head.kind === "implicit" && head.bareArrow && !afterOutput) {
      const text = `suggest 'input ${head.bareArrow}' or '[0] ${head.bareArrow}' to start connection`;
      this.#faults.warning(item.place, text);
    }
    const group = head.kind === "group" ? this.#group(head) : undefined;
    const name = group ? group.name : head.kind === "name" || head.kind === "implicit" ? head.name : "";
    const headClass = this.#headClass(head);
    const declaredClass = item.type && this.#type(item.type, name);
    if (item.configuration && this.#scope.find(name) !== undefined) {
      this.#faults.error(item.configuration.place, "configuration string ignored on element reference");
    }
    return {
      item,
      name,
      headClass,
      declaredClass,
      configuration: item.configuration?.text ?? "",
      inputs: item.inputs ?? group?.inputs,
      // Written ports replace those of a group even if they are faulty.
      outputs: item.outputs ? (item.outputs.ranges.length > 0 ? item.outputs : undefined) : group?.outputs,
    };
  }

  #headClass(head: Head): ElementClass | undefined {
    if (head.kind === "compound") return this.#compound(head.compound, "");
    return head.kind === "group" ? undefined : this.classes.get(head.name);
  }

  #type(type: TypeReference, elementName: string): ElementClass {
    if (type.kind === "compound") return this.#compound(type.compound, "");
    return this.#class(type.kind === "class" ? type.name : elementName, type.place);
  }

  /** Declares or finds the element that an item stands for. */
  #declare(pending: PendingItem, stepPlace: Place): Endpoints[number] {
    const { item, headClass, declaredClass, inputs, outputs } = pending;
    const place = { ...stepPlace, landmark: item.place.landmark };
    const known = headClass ? undefined : this.#scope.find(pending.name);
    if (known !== undefined) {
      if (declaredClass) this.#redeclared(pending.name, known, place);
      return { element: known, inputs, outputs };
    }
    // Where unknown classes are taken, the declaration itself may have made the name that of a class.
    const isClass = headClass || (declaredClass?.kind === "stock" && declaredClass.name === pending.name);
    if (isClass && declaredClass) this.#faults.error(place, `class '${pending.name}' used as element name`);
    if (!headClass && !declaredClass) this.#undeclared(pending.name, place);
    const anonymousClass = headClass ?? (declaredClass ? undefined : this.classes.get(pending.name)!);
    const name = anonymousClass ? this.#scope.anonymousName(pending.name) : pending.name;
    this.#checkName(name, stepPlace);
    const element = this.#scope.add(name, anonymousClass ?? declaredClass!, pending.configuration, item.place.landmark);
    return { element, inputs, outputs };
  }

  #undeclared(name: string, place: Place): void {
    if (this.#surroundings.takesUnknownClasses) {
      this.classes.defineStock(name);
      return;
    }
    this.#faults.error(place, `undeclared element '${name}'`);
    if (!this.classes.get(name)) this.classes.define(name, ERROR_CLASS);
  }

  #redeclared(name: string, index: number, place: Place): void {
    this.#faults.error(place, `redeclaration of element '${name}'`);
    const earlier = this.#scope.elements[index]!;
    if (earlier.class.kind !== "tunnel") {
      this.#faults.error(place, `element '${name}' previously declared here`, earlier.landmark);
    }
  }

  #checkName(name: string, place: Place): void {
    if (hasDigitsOnlyComponent(name)) this.#faults.error(place, `element name '${name}' has all-digit component`);
  }

  /** Declares the statements of a group, which are in the scope around it but for `input` and `output`. */
  #group(group: Extract<Head, { kind: "group" }>): GroupInUse {
    const scope = this.#scope;
    const name = scope.anonymousName("");
    const ends = scope.addTunnel(name, group.start.landmark);
    scope.groups.push(ends);
    const outer = scope.ends;
    scope.ends = ends;
    this.#statements(group.statements);
    const inputs = this.#checkPseudoElement(scope, "input", "<anonymous group>", group.end);
    const outputs = this.#checkPseudoElement(scope, "output", "<anonymous group>", group.end);
    scope.ends = outer;
    return { name, inputs: firstPorts(inputs), outputs: firstPorts(outputs) };
  }
}

type Endpoints = readonly {
  readonly element: number;
  readonly inputs: PortList | undefined;
  readonly outputs: PortList | undefined;
}[];

/** A group as it appears in its chain. It has implicit port lists, which written ones replace. */
interface GroupInUse {
  readonly name: string;
  readonly inputs: PortList | undefined;
  readonly outputs: PortList | undefined;
}

function firstPorts(count: number): PortList | undefined {
  return count > 0 ? { ranges: [{ first: 0, last: count - 1 }], expandable: false } : undefined;
}

/** Whether a step only declares: `a, b, c :: Class(configuration)`, without arrows and ports. */
function isDeclarationList(step: Step, pending: readonly PendingItem[]): boolean {
  return (
    pending.length > 1 &&
    step.arrow === "" &&
    !step.continues &&
    pending.every((each) => !each.inputs && !each.outputs && each.item.head.kind !== "implicit") &&
    pending.slice(0, -1).every(({ item }) => item.head.kind === "name" && !item.type && !item.configuration)
  );
}

/** Gives all elements of a declaration list the class and configuration of the last. */
function spreadLast(pending: readonly PendingItem[]): void {
  const last = pending.at(-1)!;
  for (const each of pending) {
    each.declaredClass = last.declaredClass;
    each.configuration = last.configuration;
  }
}
