/**
 * Reads what element files declare: classes, their decorators, fields, methods and documentation comments, out of the
 * AssemblyScript compiler's syntax tree.
 */

/** The parts of AssemblyScript's syntax nodes that are read here. Its own types are not published in a form that TypeScript can use. */
export interface Node {
  readonly kind: number;
  readonly range: { readonly start: number; readonly end: number; readonly source: { readonly text: string } };
  readonly [key: string]: unknown;
}

interface Named {
  readonly text: string;
}

interface DecoratorNode extends Node {
  readonly name: Node & { readonly text?: string };
  readonly args: readonly (Node & { readonly value?: string })[] | null;
}

interface MemberNode extends Node {
  readonly name: Named;
  readonly decorators: readonly DecoratorNode[] | null;
  readonly type?: Node | null;
  readonly initializer?: Node | null;
  readonly body?: Node | null;
  readonly signature?: {
    readonly parameters: readonly (Node & { readonly name: Named; readonly type: Node })[];
    readonly returnType: Node;
  };
}

interface ClassNode extends Node {
  readonly name: Named;
  readonly decorators: readonly DecoratorNode[] | null;
  readonly members: readonly MemberNode[];
  readonly extendsType: { readonly name: { readonly identifier: Named } } | null;
}

export interface SourceNode {
  readonly isLibrary: boolean;
  readonly internalPath: string;
  readonly statements: readonly Node[];
}

export interface Decorator {
  readonly name: string;
  readonly args: readonly string[];
}

export interface FieldDeclaration {
  readonly name: string;
  readonly type: string;
  readonly initializer: string;
  readonly documentation: string;
  readonly decorators: readonly Decorator[];
}

export interface MethodDeclaration {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
  readonly returnType: string;
  readonly documentation: string;
  readonly decorators: readonly Decorator[];
  /** Fields of `this` that the body assigns. */
  readonly assigns: ReadonlySet<string>;
}

export interface ClassDeclaration {
  readonly name: string;
  /** Module path without extension, as the compiler names it: "elements/ip/DecIPTTL". */
  readonly file: string;
  readonly base: string | undefined;
  readonly documentation: string;
  readonly decorators: readonly Decorator[];
  readonly fields: readonly FieldDeclaration[];
  readonly methods: readonly MethodDeclaration[];
}

/** Numbers that AssemblyScript gives to node and token kinds; taken from the compiler at run time. */
export interface Kinds {
  readonly classDeclaration: number;
  readonly fieldDeclaration: number;
  readonly methodDeclaration: number;
  readonly binary: number;
  readonly unaryPrefix: number;
  readonly unaryPostfix: number;
  readonly propertyAccess: number;
  readonly elementAccess: number;
  readonly thisExpression: number;
  readonly assignmentOperators: ReadonlySet<number>;
  readonly stepOperators: ReadonlySet<number>;
}

/** @returns the classes of all sources that are not the compiler's own, in source order. */
export function readDeclarations(sources: readonly SourceNode[], kinds: Kinds): ClassDeclaration[] {
  const classes: ClassDeclaration[] = [];
  for (const source of sources) {
    if (source.isLibrary) continue;
    for (const statement of source.statements) {
      if (statement.kind === kinds.classDeclaration) classes.push(readClass(statement as ClassNode, source, kinds)); // the kind says so
    }
  }
  return classes;
}

function readClass(node: ClassNode, source: SourceNode, kinds: Kinds): ClassDeclaration {
  return {
    name: node.name.text,
    file: source.internalPath,
    base: node.extendsType?.name.identifier.text,
    documentation: commentBefore(node),
    decorators: readDecorators(node.decorators),
    fields: node.members.filter((member) => member.kind === kinds.fieldDeclaration).map(readField),
    methods: node.members
      .filter((member) => member.kind === kinds.methodDeclaration)
      .map((member) => readMethod(member, kinds)),
  };
}

function readField(node: MemberNode): FieldDeclaration {
  return {
    name: node.name.text,
    type: textOf(node.type),
    initializer: textOf(node.initializer),
    documentation: commentBefore(node),
    decorators: readDecorators(node.decorators),
  };
}

function readMethod(node: MemberNode, kinds: Kinds): MethodDeclaration {
  return {
    name: node.name.text,
    parameters: (node.signature?.parameters ?? []).map((p) => ({ name: p.name.text, type: textOf(p.type) })),
    returnType: textOf(node.signature?.returnType),
    documentation: commentBefore(node),
    decorators: readDecorators(node.decorators),
    assigns: assignedFields(node.body ?? undefined, kinds),
  };
}

function readDecorators(nodes: readonly DecoratorNode[] | null): Decorator[] {
  return (nodes ?? []).map((node) => ({
    name: textOf(node.name).replace(/^@/, ""),
    args: (node.args ?? []).map((argument) => argument.value ?? textOf(argument)),
  }));
}

function textOf(node: Node | null | undefined): string {
  return node ? node.range.source.text.slice(node.range.start, node.range.end) : "";
}

/** The documentation comment that ends right before a declaration (or before its decorators), without its frame. */
function commentBefore(node: Node & { readonly decorators?: readonly Node[] | null }): string {
  const start = Math.min(node.range.start, ...(node.decorators ?? []).map((decorator) => decorator.range.start));
  const before = node.range.source.text
    .slice(0, start)
    .replace(/(@[a-zA-Z]+|export|abstract|private|protected|\s)*$/, "");
  if (!before.endsWith("*/")) return "";
  const open = before.lastIndexOf("/**");
  if (open < 0 || before.indexOf("*/", open) !== before.length - 2) return "";
  return before
    .slice(open + 3, -2)
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .trim();
}

/** The fields `this.NAME` that a body assigns, steps, or indexes into by assignment. */
function assignedFields(body: Node | undefined, kinds: Kinds): Set<string> {
  const fields = new Set<string>();
  const seen = new Set<object>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
      return;
    }
    const node = value as Node; // every object below a body is a node or a plain holder of nodes
    if (typeof node.kind === "number") note(node, kinds, fields);
    for (const key of Object.keys(node)) if (key !== "range" && key !== "parent" && key !== "source") visit(node[key]);
  };
  visit(body);
  return fields;
}

function note(node: Node, kinds: Kinds, fields: Set<string>): void {
  const operator = node.operator as number; // only read for the kinds that have one
  if (node.kind === kinds.binary && kinds.assignmentOperators.has(operator))
    noteTarget(node.left as Node, kinds, fields); // binary nodes have both sides
  const steps = node.kind === kinds.unaryPrefix || node.kind === kinds.unaryPostfix;
  if (steps && kinds.stepOperators.has(operator)) noteTarget(node.operand as Node, kinds, fields); // unary nodes have an operand
}

function noteTarget(target: Node, kinds: Kinds, fields: Set<string>): void {
  if (target.kind !== kinds.propertyAccess) return;
  const expression = target.expression as Node; // property accesses have both
  if (expression.kind === kinds.thisExpression) fields.add((target.property as unknown as Named).text);
}
