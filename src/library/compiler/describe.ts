/** Turns declarations into catalogue entries: what decorators say about arguments, handlers and notifiers, and what comments document. */
import type {
  Argument,
  Documentation,
  ElementClass,
  Field,
  Handler,
  MethodTable,
  NotifierField,
} from "../catalogue.ts";
import type { ClassDeclaration, Decorator, FieldDeclaration, MethodDeclaration } from "./declarations.ts";
import { allFields, allMethods, lineage } from "./hierarchy.ts";

/** Methods that run before the guest does; what only they assign is constant afterwards. */
const CONFIGURING_METHODS: ReadonlySet<string> = new Set(["constructor", "initialize"]);

/** Handler access for people who look at an argument: none unless asked for. */
const DEFAULT_FLOW = "x/x";

/** Where the compiler put a field. */
export type FieldPlace = (
  className: string,
  field: string,
) => { readonly offset: number; readonly size: number } | undefined;

/**
 * @param declaration  an element class
 * @param byName  all declared classes
 * @param place  where fields lie
 * @param table  the class's places in the function table
 * @param hostHalf  whether a host module configures it
 * @param root  module path of the library's root
 * @returns its catalogue entry
 * @throws Error naming file and declaration when a decorator is malformed
 */
export function describeElement(
  declaration: ClassDeclaration,
  byName: ReadonlyMap<string, ClassDeclaration>,
  place: FieldPlace,
  table: MethodTable,
  hostHalf: boolean,
  root: string,
): ElementClass {
  const element = declaration.decorators.find(({ name }) => name === "element");
  const [portCount, processing, flowCode = DEFAULT_FLOW, ...restArguments] = element?.args ?? [];
  if (!portCount || !processing)
    throw new Error(`${declaration.file}: @element of ${declaration.name} needs ports and processing`);
  const fields = allFields(declaration, byName);
  const methods = allMethods(declaration, byName);
  return {
    name: declaration.name,
    file: declaration.file.slice(root.length + 1),
    portCount,
    processing,
    flowCode,
    ancestors: lineage(declaration, byName).map(({ name }) => name),
    documentation: describeComment(declaration.documentation),
    arguments: inReadingOrder(
      restLast([
        ...hostArguments(restArguments, declaration),
        ...[...fields.values()].flatMap((field) => describeArgument(field, declaration)),
      ]),
      declaration,
    ),
    handlers: mergeHandlers([...[...fields.values()].flatMap(fieldHandlers), ...methodHandlers(methods, declaration)]),
    notifies: [...fields.values()].flatMap((field) => describeNotifier(field, "notifies")),
    listens: [...fields.values()].flatMap((field) => describeNotifier(field, "listens")),
    fields: describeFields(declaration, byName, place),
    methods: [...methods.keys()].filter((name) => name !== "constructor"),
    table,
    hostHalf,
  };
}

/** @returns all fields of a class with their places; constant = decorated so, and assigned by no method that runs later. */
export function describeFields(
  declaration: ClassDeclaration,
  byName: ReadonlyMap<string, ClassDeclaration>,
  place: FieldPlace,
): Record<string, Field> {
  const assignedLater = new Set<string>();
  for (const level of lineage(declaration, byName)) {
    for (const method of level.methods) {
      if (!CONFIGURING_METHODS.has(method.name)) for (const field of method.assigns) assignedLater.add(field);
    }
  }
  const described: Record<string, Field> = {};
  for (const field of allFields(declaration, byName).values()) {
    const at = place(declaration.name, field.name);
    if (!at) continue;
    const declaredConstant = field.decorators.some(({ name }) => name === "arg" || name === "constant");
    const constant = declaredConstant && !assignedLater.has(field.name) && !isWritable(field);
    described[field.name] = { ...at, type: field.type, constant };
  }
  return described;
}

function isWritable(field: FieldDeclaration): boolean {
  return field.decorators.some(({ name, args }) => name === "handler" && (args[0] ?? "").includes("w"));
}

/** `@arg` alone: keyword and type follow the field. `@arg("NAME type positional required")` says more. */
function describeArgument(field: FieldDeclaration, declaration: ClassDeclaration): Argument[] {
  return field.decorators
    .filter(({ name }) => name === "arg")
    .map(({ args }) => ({
      ...parseArgument(args[0] ?? `${upperSnake(field.name)} ${field.type}`, declaration),
      field: field.name,
      ...(field.initializer ? { default: field.initializer } : {}),
      documentation: field.documentation,
    }));
}

/** Arguments that the host half reads are listed in `@element` after the flow code: "NAME type positional: what it is". */
function hostArguments(texts: readonly string[], declaration: ClassDeclaration): Argument[] {
  return texts.map((text) => {
    const colon = text.indexOf(":");
    const head = colon < 0 ? text : text.slice(0, colon);
    const documentation = colon < 0 ? "" : text.slice(colon + 1).trim();
    return { ...parseArgument(head, declaration), documentation };
  });
}

function parseArgument(text: string, declaration: ClassDeclaration): Omit<Argument, "documentation"> {
  const match = /^(\S+)\s+(.+?)((?:\s+(?:positional|required|rest|deprecated))*)$/.exec(text.trim());
  if (!match?.[1] || !match[2]) throw new Error(`${declaration.file}: cannot read the argument declaration "${text}"`);
  const marks = (match[3] ?? "").trim().split(/\s+/);
  return {
    keyword: match[1],
    type: match[2],
    positional: marks.includes("positional") || marks.includes("rest"),
    required: marks.includes("required"),
    rest: marks.includes("rest"),
    ...(marks.includes("deprecated") ? { deprecated: true } : {}),
  };
}

function upperSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function lowerSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `@handler(flags, name?, type?)` on a field. */
function fieldHandlers(field: FieldDeclaration): Handler[] {
  return field.decorators
    .filter(({ name }) => name === "handler")
    .map(({ args }) => ({
      name: args[1] ?? lowerSnake(field.name),
      flags: args[0] ?? "r",
      type: args[2] ?? argumentType(field) ?? field.type,
      field: field.name,
      documentation: field.documentation,
    }));
}

function argumentType(field: FieldDeclaration): string | undefined {
  const declared = field.decorators.find(({ name }) => name === "arg")?.args[0];
  return declared ? /^\S+\s+(\S+)/.exec(declared)?.[1] : undefined;
}

/** Arguments are served in order, and "rest" takes what is left. */
function restLast(described: readonly Argument[]): Argument[] {
  return [...described.filter(({ rest }) => !rest), ...described.filter(({ rest }) => rest)];
}

/**
 * `@reads("A B; C D")`: the order in which arguments are read, which messages about several faults show; those not named come
 * last. A semicolon ends a stage: after a fault in it, the later ones are not read.
 */
function inReadingOrder(described: readonly Argument[], declaration: ClassDeclaration): readonly Argument[] {
  const order = declaration.decorators.find(({ name }) => name === "reads")?.args[0];
  if (order === undefined) return described;
  const stages = order.split(";").map((stage) => stage.trim().split(/\s+/));
  const place = stages.flat();
  for (const keyword of place) {
    if (!described.some((argument) => argument.keyword === keyword))
      throw new Error(`${declaration.file}: @reads of ${declaration.name} names ${keyword}, which is no argument`);
  }
  const rank = ({ keyword }: Argument): number => (place.includes(keyword) ? place.indexOf(keyword) : place.length);
  const stageOf = ({ keyword }: Argument): number => {
    const stage = stages.findIndex((keywords) => keywords.includes(keyword));
    return stage < 0 ? stages.length - 1 : stage;
  };
  return described
    .toSorted((a, b) => rank(a) - rank(b))
    .map((argument) => ({ ...argument, ...(stageOf(argument) > 0 ? { stage: stageOf(argument) } : {}) }));
}

/** A read side and a write side of one name become one handler. */
function mergeHandlers(described: readonly Handler[]): Handler[] {
  const byName = new Map<string, Handler>();
  for (const handler of described) {
    const other = byName.get(handler.name);
    byName.set(handler.name, other ? merge(other, handler) : handler);
  }
  return [...byName.values()];
}

function merge(first: Handler, second: Handler): Handler {
  const documentation = first.documentation || second.documentation;
  return { ...first, ...second, flags: mergeFlags(first.flags, second.flags), documentation };
}

/** `@read(name?, flags?, condition?)` and `@write(name?, type?, flags?, expectation?)` on methods. */
function methodHandlers(methods: ReadonlyMap<string, MethodDeclaration>, declaration: ClassDeclaration): Handler[] {
  return [...methods.values()].flatMap((method) =>
    method.decorators.flatMap((decorator) => methodHandler(method, decorator, declaration) ?? []),
  );
}

function methodHandler(
  method: MethodDeclaration,
  decorator: Decorator,
  declaration: ClassDeclaration,
): Handler | undefined {
  const [name = lowerSnake(method.name)] = decorator.args;
  const documentation = method.documentation;
  if (decorator.name === "read") {
    const [, flags = "", condition] = decorator.args;
    return { name, flags: `r${flags}`, readMethod: method.name, documentation, ...(condition ? { condition } : {}) };
  }
  if (decorator.name !== "write") return undefined;
  const [, type = "", flags = "", expectation] = decorator.args;
  if (method.parameters.length > 0 && !type)
    throw new Error(`${declaration.file}: @write of ${method.name} needs the type of its value`);
  return {
    name,
    flags: `w${flags}`,
    writeMethod: method.name,
    documentation,
    ...(type ? { writeType: type } : {}),
    ...(expectation ? { expectation } : {}),
  };
}

function mergeFlags(a: string, b: string): string {
  return [..."rw+%.$UDbch"].filter((flag) => a.includes(flag) || b.includes(flag)).join("");
}

/** `@notifies("output" | "input" | "output 0", search?)`, `@listens("input 0" | "input" | "output")`. */
function describeNotifier(field: FieldDeclaration, kind: "notifies" | "listens"): NotifierField[] {
  return field.decorators
    .filter(({ name }) => name === kind)
    .map(({ args }) => {
      const [side, port] = (args[0] ?? "").split(" ");
      const search = args[1];
      return {
        field: field.name,
        side: side === "input" ? "input" : "output",
        ...(port === undefined ? {} : { port: Number(port) }),
        search: search === "continue" || search === "wake" ? search : "stop",
      };
    });
}

/** Splits a documentation comment: first paragraph, the rest, and the tags @input @output @see @note (continued on indented lines). */
export function describeComment(comment: string): Documentation {
  const tagged: Record<string, string[]> = { input: [], output: [], see: [], note: [] };
  const prose: string[] = [];
  let current: string[] | undefined;
  for (const line of comment.split("\n")) {
    const tag = /^@(\w+)\s*(.*)$/.exec(line);
    if (tag) {
      current = tagged[tag[1] ?? ""] ?? [];
      current.push(tag[2] ?? "");
    } else if (current && /^\s+\S/.test(line)) {
      current[current.length - 1] += ` ${line.trim()}`;
    } else {
      if (line.trim() !== "") current = undefined;
      if (!current) prose.push(line);
    }
  }
  const text = prose.join("\n").trim();
  const end = text.indexOf("\n\n");
  return {
    summary: (end < 0 ? text : text.slice(0, end)).replace(/\n/g, " "),
    description: end < 0 ? "" : text.slice(end + 2).trim(),
    inputs: tagged.input ?? [],
    outputs: tagged.output ?? [],
    see: (tagged.see ?? []).flatMap((names) => names.split(/,\s*/)).filter((name) => name !== ""),
    notes: tagged.note ?? [],
  };
}
