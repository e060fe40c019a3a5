/**
 * WebAssembly functions as trees: what the linker reads, specialises and writes. Trees are never changed in place, except that the
 * linker fills in the body of a function that calls had to name before.
 */

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
export type ValueType = typeof I32 | typeof I64 | typeof F32 | typeof F64 | typeof V128;

export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly result: ValueType | undefined;
}

/** Where branches go: the end of a block or `if`, or the start of a loop. Its identity is its name. */
export class Label {}

/** A global variable, by identity. */
export interface Global {
  readonly name: string;
  readonly type: ValueType;
  readonly mutable: boolean;
  readonly initial: Const;
}

export interface Const {
  readonly kind: "const";
  readonly type: ValueType;
  /** Integers as signed numbers (i32) or bigints (i64); other types by their bytes. */
  readonly value: number | bigint | Uint8Array;
}

/** Any instruction without control flow: what it does only matters where a constant can be computed. */
export interface Operation {
  readonly kind: "operation";
  readonly opcode: number;
  /** Encoded immediates: lanes, memory indices. */
  readonly immediates: Uint8Array;
  readonly operands: readonly Expression[];
  readonly yields: boolean;
}

/** A memory access: load when it yields, store otherwise. The first operand is the address. */
export interface Access {
  readonly kind: "access";
  readonly opcode: number;
  readonly alignment: number;
  readonly offset: number;
  /** Lane of vector accesses that name one. */
  readonly lane: number | undefined;
  readonly operands: readonly Expression[];
  readonly yields: boolean;
}

export interface LocalGet {
  readonly kind: "localGet";
  readonly index: number;
}

export interface LocalSet {
  readonly kind: "localSet";
  readonly index: number;
  readonly value: Expression;
  /** Whether it yields the value, too. */
  readonly tee: boolean;
}

export interface GlobalGet {
  readonly kind: "globalGet";
  readonly global: Global;
}

export interface GlobalSet {
  readonly kind: "globalSet";
  readonly global: Global;
  readonly value: Expression;
}

export interface Block {
  readonly kind: "block";
  readonly label: Label;
  readonly body: readonly Expression[];
  readonly result: ValueType | undefined;
  /** Set for the body of a function that was inlined: its name, for reports of faults. */
  readonly place?: string;
}

/** Expressions one after the other, the last of which may leave a value. Nothing branches out of it. */
export interface Sequence {
  readonly kind: "sequence";
  readonly body: readonly Expression[];
}

export interface Loop {
  readonly kind: "loop";
  readonly label: Label;
  readonly body: readonly Expression[];
  readonly result: ValueType | undefined;
}

export interface If {
  readonly kind: "if";
  readonly label: Label;
  readonly condition: Expression;
  readonly consequent: readonly Expression[];
  readonly otherwise: readonly Expression[] | undefined;
  readonly result: ValueType | undefined;
}

export interface Branch {
  readonly kind: "branch";
  readonly label: Label;
  readonly value: Expression | undefined;
  readonly condition: Expression | undefined;
}

/** Branches to the label of that index, or to the last one. */
export interface BranchTable {
  readonly kind: "branchTable";
  readonly labels: readonly Label[];
  readonly value: Expression | undefined;
  readonly index: Expression;
}

export interface Call<Target> {
  readonly kind: "call";
  readonly target: Target;
  readonly operands: readonly Expression[];
  readonly result: ValueType | undefined;
}

export interface Return {
  readonly kind: "return";
  readonly value: Expression | undefined;
}

export interface Drop {
  readonly kind: "drop";
  readonly value: Expression;
}

export interface Select {
  readonly kind: "select";
  readonly ifTrue: Expression;
  readonly ifFalse: Expression;
  readonly condition: Expression;
}

export interface Unreachable {
  readonly kind: "unreachable";
}

export interface Nop {
  readonly kind: "nop";
}

export type Expression =
  | Const
  | Operation
  | Access
  | LocalGet
  | LocalSet
  | GlobalGet
  | GlobalSet
  | Block
  | Sequence
  | Loop
  | If
  | Branch
  | BranchTable
  | Call<Callable>
  | Return
  | Drop
  | Select
  | Unreachable
  | Nop;

/** Something that can be called: a function of the library, an import, or one that the linker makes. */
export interface Callable {
  readonly name: string;
  readonly type: FunctionType;
}

export interface FunctionBody {
  /** Local variables behind the parameters. */
  readonly locals: readonly ValueType[];
  readonly body: readonly Expression[];
}

export const UNREACHABLE: Unreachable = { kind: "unreachable" };
export const NOP: Nop = { kind: "nop" };
const NO_BYTES = new Uint8Array(0);

export const i32 = (value: number): Const => ({ kind: "const", type: I32, value: value | 0 });
export const i64 = (value: bigint): Const => ({ kind: "const", type: I64, value: BigInt.asIntN(64, value) });
export const localGet = (index: number): LocalGet => ({ kind: "localGet", index });
export const localSet = (index: number, value: Expression): LocalSet => ({
  kind: "localSet",
  index,
  value,
  tee: false,
});
export const localTee = (index: number, value: Expression): LocalSet => ({ kind: "localSet", index, value, tee: true });
export const branch = (label: Label, condition?: Expression): Branch => ({
  kind: "branch",
  label,
  value: undefined,
  condition,
});
export const returns = (value?: Expression): Return => ({ kind: "return", value });
export const call = (target: Callable, operands: readonly Expression[]): Call<Callable> => ({
  kind: "call",
  target,
  operands,
  result: target.type.result,
});
export const block = (label: Label, body: readonly Expression[], result: ValueType | undefined = undefined): Block => ({
  kind: "block",
  label,
  body,
  result,
});
export const ifElse = (
  condition: Expression,
  consequent: readonly Expression[],
  otherwise?: readonly Expression[],
  result: ValueType | undefined = undefined,
): If => ({ kind: "if", label: new Label(), condition, consequent, otherwise, result });
export const operation = (opcode: number, ...operands: readonly Expression[]): Operation => ({
  kind: "operation",
  opcode,
  immediates: NO_BYTES,
  operands,
  yields: true,
});

/** Whether an expression leaves a value. */
export function yieldsValue(expression: Expression): boolean {
  switch (expression.kind) {
    case "const":
    case "localGet":
    case "globalGet":
    case "select":
      return true;
    case "operation":
    case "access":
      return expression.yields;
    case "localSet":
      return expression.tee;
    case "block":
    case "loop":
    case "if":
    case "call":
      return expression.result !== undefined;
    case "branch":
      return expression.condition !== undefined && expression.value !== undefined;
    case "sequence": {
      const last = expression.body.at(-1);
      return last !== undefined && yieldsValue(last);
    }
    default:
      return false;
  }
}

/** Calls `visit` for expressions and all that is inside them, outermost first, in the order of evaluation. */
export function visitAll(expressions: readonly Expression[], visit: (expression: Expression) => void): void {
  for (const expression of expressions) visitOne(expression, visit);
}

function visitOne(expression: Expression, visit: (expression: Expression) => void): void {
  visit(expression);
  switch (expression.kind) {
    case "operation":
    case "access":
    case "call":
      visitAll(expression.operands, visit);
      break;
    case "localSet":
    case "globalSet":
    case "drop":
      visitOne(expression.value, visit);
      break;
    case "block":
    case "sequence":
    case "loop":
      visitAll(expression.body, visit);
      break;
    case "if":
      visitOne(expression.condition, visit);
      visitAll(expression.consequent, visit);
      if (expression.otherwise) visitAll(expression.otherwise, visit);
      break;
    case "branch":
      if (expression.value) visitOne(expression.value, visit);
      if (expression.condition) visitOne(expression.condition, visit);
      break;
    case "branchTable":
      if (expression.value) visitOne(expression.value, visit);
      visitOne(expression.index, visit);
      break;
    case "return":
      if (expression.value) visitOne(expression.value, visit);
      break;
    case "select":
      visitOne(expression.ifTrue, visit);
      visitOne(expression.ifFalse, visit);
      visitOne(expression.condition, visit);
      break;
    default:
  }
}

/** The labels that something inside branches to. */
export function usedLabels(body: readonly Expression[]): Set<Label> {
  const used = new Set<Label>();
  visitAll(body, (expression) => {
    if (expression.kind === "branch") used.add(expression.label);
    else if (expression.kind === "branchTable") for (const label of expression.labels) used.add(label);
  });
  return used;
}

/** The local variables that something inside assigns. */
export function assignedVariables(body: readonly Expression[]): Set<number> {
  const assigned = new Set<number>();
  visitAll(body, (expression) => {
    if (expression.kind === "localSet") assigned.add(expression.index);
  });
  return assigned;
}

/** An expression with its children replaced; itself when none was. */
export function rebuild(expression: Expression, replace: (child: Expression) => Expression): Expression {
  switch (expression.kind) {
    case "operation":
    case "access":
    case "call": {
      const operands = replaceAll(expression.operands, replace);
      return operands === expression.operands ? expression : { ...expression, operands };
    }
    case "localSet":
    case "globalSet":
    case "drop": {
      const value = replace(expression.value);
      return value === expression.value ? expression : { ...expression, value };
    }
    case "block":
    case "sequence":
    case "loop": {
      const body = replaceAll(expression.body, replace);
      return body === expression.body ? expression : { ...expression, body };
    }
    case "if": {
      const condition = replace(expression.condition);
      const consequent = replaceAll(expression.consequent, replace);
      const otherwise = expression.otherwise && replaceAll(expression.otherwise, replace);
      const same =
        condition === expression.condition &&
        consequent === expression.consequent &&
        otherwise === expression.otherwise;
      return same ? expression : { ...expression, condition, consequent, otherwise };
    }
    case "branch": {
      const value = expression.value && replace(expression.value);
      const condition = expression.condition && replace(expression.condition);
      return value === expression.value && condition === expression.condition
        ? expression
        : { ...expression, value, condition };
    }
    case "branchTable": {
      const value = expression.value && replace(expression.value);
      const index = replace(expression.index);
      return value === expression.value && index === expression.index ? expression : { ...expression, value, index };
    }
    case "return": {
      const value = expression.value && replace(expression.value);
      return value === expression.value ? expression : { ...expression, value };
    }
    case "select": {
      const ifTrue = replace(expression.ifTrue);
      const ifFalse = replace(expression.ifFalse);
      const condition = replace(expression.condition);
      const same = ifTrue === expression.ifTrue && ifFalse === expression.ifFalse && condition === expression.condition;
      return same ? expression : { ...expression, ifTrue, ifFalse, condition };
    }
    default:
      return expression;
  }
}

function replaceAll(
  expressions: readonly Expression[],
  replace: (child: Expression) => Expression,
): readonly Expression[] {
  let changed: Expression[] | undefined;
  expressions.forEach((expression, index) => {
    const replaced = replace(expression);
    if (replaced !== expression) changed ??= [...expressions];
    if (changed) changed[index] = replaced;
  });
  return changed ?? expressions;
}
