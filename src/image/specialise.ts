/**
 * Copies a function for one use: with some parameters bound to constants, loads from unchanging memory replaced by what they yield, and
 * all that follows from it: what is known is computed, what is never reached is left out. One walk over the tree, in the order of execution,
 * that carries along what each local variable is known to hold.
 */
import type { ConstantMemory } from "./constantMemory.ts";
import { after, append, constantOf, discard, isInteger, isPure, sequence } from "./expressions.ts";
import { foldOperation } from "./wasm/fold.ts";
import {
  assignedVariables,
  type Block,
  type Branch,
  type BranchTable,
  type Call,
  type Callable,
  type Const,
  type Expression,
  F32,
  F64,
  type FunctionBody,
  I32,
  I64,
  type If,
  i32,
  i64,
  Label,
  type LocalSet,
  type Loop,
  localGet,
  localSet,
  NOP,
  type Select,
  UNREACHABLE,
  type ValueType,
  yieldsValue,
} from "./wasm/tree.ts";

/** What a specialised copy asks of its surroundings. */
export interface Surroundings {
  readonly memory: ConstantMemory;
  /** What to put in the place of a call, its operands already specialised. UNREACHABLE says that it does not return. */
  call(target: Callable, operands: readonly Expression[]): Expression;
}

/** What to do instead of returning: an expression that jumps away. Absent = return. */
export type ReturnRewriter = (value: Expression) => Expression;

interface Source {
  readonly type: { readonly parameters: readonly ValueType[] };
  readonly code: () => FunctionBody;
}

/** What is known at a point of execution, by local variable of the source. */
interface Knowledge {
  readonly constants: (Const | undefined)[];
  /** Whether the copy's variable has been assigned on every way here. */
  readonly assigned: boolean[];
}

/** Where a label of the source has gone. */
interface Target {
  readonly label: Label;
  /** Its value is the function's result. */
  readonly isTail: boolean;
  /** What is known on all branches to it so far; undefined while there is none. */
  arriving: Knowledge | undefined;
  uses: number;
}

export class Specialiser {
  /** Types of the copy's variables behind its parameters. */
  readonly locals: ValueType[] = [];
  readonly #source: Source;
  readonly #body: FunctionBody;
  readonly #surroundings: Surroundings;
  readonly #rewriteReturn: ReturnRewriter | undefined;
  readonly #parameters: number;
  /** Source variable -> the copy's. Bound parameters that are never assigned have none. */
  readonly #variables: (number | undefined)[] = [];
  readonly #types: readonly ValueType[];
  readonly #initial: (Const | undefined)[];
  readonly #targets = new Map<Label, Target>();
  /** Variables that may be read before they were assigned. */
  readonly #readEarly = new Set<number>();
  /** Undefined where execution never comes. */
  #known: Knowledge | undefined;

  /**
   * @param bound  values of the leading parameters; the copy takes the others
   * @param rewriteReturn  what becomes of returned values
   */
  constructor(source: Source, bound: readonly Const[], surroundings: Surroundings, rewriteReturn?: ReturnRewriter) {
    this.#source = source;
    this.#body = source.code();
    this.#surroundings = surroundings;
    this.#rewriteReturn = rewriteReturn;
    const { parameters } = source.type;
    this.#parameters = parameters.length - bound.length;
    this.#types = [...parameters, ...this.#body.locals];
    this.#initial = this.#types.map(
      (type, index) => bound[index] ?? (index < parameters.length ? undefined : zero(type)),
    );
    this.#placeVariables(bound.length);
  }

  /** A new variable of the copy. */
  newLocal(type: ValueType): number {
    return this.#parameters + this.locals.push(type) - 1;
  }

  /** @returns the copy's body */
  specialise(): Expression[] {
    this.#known = {
      constants: [...this.#initial],
      assigned: this.#types.map((_, index) => index < this.#source.type.parameters.length && !this.#initial[index]),
    };
    const body = this.#statements(this.#body.body, true);
    return [...this.#initializations(), ...body];
  }

  #placeVariables(bound: number): void {
    const assigned = assignedIn(this.#body.body);
    this.#types.forEach((type, index) => {
      if (index < bound) this.#variables.push(assigned.has(index) ? this.newLocal(type) : undefined);
      else if (index < this.#source.type.parameters.length) this.#variables.push(index - bound);
      else this.#variables.push(this.newLocal(type));
    });
  }

  /** Variables start as zero when a function starts, but not where it is inlined. */
  #initializations(): Expression[] {
    return [...this.#readEarly].map((index) =>
      localSet(this.#variable(index), this.#initial[index] ?? zeroOf(this.#types[index])),
    );
  }

  #variable(index: number): number {
    const variable = this.#variables[index];
    if (variable === undefined) throw new Error("a bound parameter has no variable");
    return variable;
  }

  /** Specialises a sequence of statements; stops where execution does. */
  #statements(body: readonly Expression[], tail: boolean): Expression[] {
    const statements: Expression[] = [];
    body.forEach((expression, index) => {
      if (!this.#known) return;
      const isLast = tail && index === body.length - 1;
      const specialised = this.#expression(expression, isLast);
      const rewritten =
        isLast && this.#known && this.#rewriteReturn && yieldsValue(specialised)
          ? this.#returned(specialised)
          : specialised;
      append(statements, rewritten);
    });
    return statements;
  }

  #returned(value: Expression): Expression {
    const expression = this.#rewriteReturn ? this.#rewriteReturn(value) : ({ kind: "return", value } as const);
    this.#known = undefined;
    return expression;
  }

  #expression(expression: Expression, tail = false): Expression {
    switch (expression.kind) {
      case "const":
      case "globalGet":
      case "nop":
        return expression;
      case "unreachable":
        this.#known = undefined;
        return UNREACHABLE;
      case "localGet":
        return this.#localGet(expression.index);
      case "localSet":
        return this.#localSet(expression);
      case "globalSet":
        return this.#with([expression.value], ([value]) => ({ ...expression, value }));
      case "drop":
        return this.#with([expression.value], ([value]) => discard(value));
      case "operation":
        return this.#with(expression.operands, (operands) => {
          const values = operands.map(constantOf);
          const folded = values.every((value) => value !== undefined) && foldOperation(expression.opcode, values);
          return folded ? after(operands, folded) : { ...expression, operands };
        });
      case "access":
        return this.#with(expression.operands, (operands) => {
          const address = expression.yields ? constantOf(operands[0]) : undefined;
          const folded =
            address && this.#surroundings.memory.load(expression.opcode, addressOf(address, expression.offset));
          return folded ? after(operands, folded) : { ...expression, operands };
        });
      case "call":
        return this.#call(expression);
      case "sequence":
        return sequence(this.#statements(expression.body, tail));
      case "block":
        return this.#block(expression, tail);
      case "loop":
        return this.#loop(expression);
      case "if":
        return this.#if(expression, tail);
      case "select":
        return this.#select(expression);
      case "branch":
        return this.#branch(expression);
      case "branchTable":
        return this.#branchTable(expression);
      case "return":
        return this.#return(expression.value);
    }
  }

  /** Specialises operands and builds on them; when one never finishes, only what runs up to there remains. */
  #with<const T extends readonly Expression[]>(
    sources: T,
    build: (operands: { readonly [K in keyof T]: Expression }) => Expression,
  ): Expression {
    const operands: Expression[] = [];
    for (const source of sources) {
      const operand = this.#expression(source);
      if (!this.#known) return sequence([...operands.map(discard), operand]);
      operands.push(operand);
    }
    return build(operands as { readonly [K in keyof T]: Expression }); // one for each source
  }

  #localGet(index: number): Expression {
    const known = this.#known;
    const constant = known?.constants[index];
    if (constant) return constant;
    if (known && !known.assigned[index]) this.#readEarly.add(index);
    return localGet(this.#variable(index));
  }

  #localSet({ index, value: source, tee }: LocalSet): Expression {
    return this.#with([source], ([value]) => {
      const constant = constantOf(value);
      if (this.#known) {
        this.#known.constants[index] = constant && isInteger(constant) ? constant : undefined;
        this.#known.assigned[index] = true;
      }
      return { kind: "localSet", index: this.#variable(index), value, tee };
    });
  }

  #call({ target, operands: sources }: Call<Callable>): Expression {
    return this.#with(sources, (operands) => {
      const replacement = this.#surroundings.call(target, operands);
      if (replacement.kind !== "unreachable") return replacement;
      this.#known = undefined;
      return sequence([...operands.map(discard), UNREACHABLE]);
    });
  }

  #return(source: Expression | undefined): Expression {
    if (!source) {
      this.#known = undefined;
      return { kind: "return", value: undefined };
    }
    return this.#with([source], ([value]) => this.#returned(value));
  }

  #open(label: Label, isTail: boolean): Target {
    const target: Target = { label: new Label(), isTail, arriving: undefined, uses: 0 };
    this.#targets.set(label, target);
    return target;
  }

  #block({ label, body: source, result }: Block, tail: boolean): Expression {
    const target = this.#open(label, tail);
    const body = this.#statements(source, tail);
    const type = this.#known || target.arriving ? result : undefined;
    this.#known = merge(this.#known, target.arriving);
    return target.uses === 0 ? sequence(body) : { kind: "block", label: target.label, body, result: type };
  }

  #loop({ label, body: source, result }: Loop): Expression {
    const target = this.#open(label, false);
    for (const index of assignedIn(source)) if (this.#known) this.#known.constants[index] = undefined;
    const body = this.#statements(source, false);
    return target.uses === 0 ? sequence(body) : { kind: "loop", label: target.label, body, result };
  }

  #if({ label, condition: source, consequent, otherwise, result }: If, tail: boolean): Expression {
    return this.#with([source], ([condition]) => {
      const decided = constantOf(condition);
      const target = this.#open(label, tail);
      if (decided) {
        const body = [
          discard(condition),
          ...this.#statements(decided.value !== 0 ? consequent : (otherwise ?? []), tail),
        ];
        const type = this.#known || target.arriving ? result : undefined;
        this.#known = merge(this.#known, target.arriving);
        return target.uses === 0 ? sequence(body) : { kind: "block", label: target.label, body, result: type };
      }
      const before = copyOf(this.#known);
      const thenBody = this.#statements(consequent, tail);
      const afterThen = this.#known;
      this.#known = before;
      const otherwiseBody = otherwise && this.#statements(otherwise, tail);
      const type = afterThen || this.#known || target.arriving ? result : undefined;
      this.#known = merge(merge(afterThen, this.#known), target.arriving);
      if (thenBody.length === 0 && !otherwiseBody?.length) return discard(condition);
      return {
        kind: "if",
        label: target.label,
        condition,
        consequent: thenBody,
        otherwise: otherwiseBody?.length ? otherwiseBody : undefined,
        result: type,
      };
    });
  }

  #select({ ifTrue, ifFalse, condition }: Select): Expression {
    return this.#with([ifTrue, ifFalse, condition], ([yes, no, decision]) => {
      const decided = constantOf(decision);
      const chosen = decided && (decided.value !== 0 ? yes : no);
      if (!chosen || !isPure(yes) || !isPure(no) || !mayFollow(chosen, decision))
        return { kind: "select", ifTrue: yes, ifFalse: no, condition: decision };
      return after([decision], chosen);
    });
  }

  #target(label: Label): Target {
    const target = this.#targets.get(label);
    if (!target) throw new Error("a branch leads out of its function");
    return target;
  }

  /** Notes that execution may go to a label from here. */
  #arrive(target: Target): void {
    target.uses++;
    target.arriving = target.arriving ? merge(target.arriving, this.#known) : copyOf(this.#known);
  }

  #branch({ label, value: valueSource, condition: conditionSource }: Branch): Expression {
    const target = this.#target(label);
    const sources = [valueSource, conditionSource].filter((each) => each !== undefined);
    return this.#with(sources, (operands) => {
      const value = valueSource ? operands[0] : undefined;
      const condition = conditionSource ? operands.at(-1) : undefined;
      const decided = condition && mayFollow(value, condition) ? constantOf(condition) : undefined;
      if (decided?.value === 0) return after([condition ?? NOP], value ?? NOP);
      const returns = value && target.isTail && this.#rewriteReturn !== undefined;
      if (!condition || decided) {
        const before = condition ? [discard(condition)] : [];
        if (returns) return sequence([...before, this.#returned(value)]);
        this.#arrive(target);
        this.#known = undefined;
        return sequence([...before, { kind: "branch", label: target.label, value, condition: undefined }]);
      }
      if (returns) return this.#conditionalReturn(value, condition);
      this.#arrive(target);
      return { kind: "branch", label: target.label, value, condition };
    });
  }

  /** The branch leaves its value on the stack when it is not taken. */
  #conditionalReturn(value: Expression, condition: Expression): Expression {
    const known = copyOf(this.#known);
    const constant = constantOf(value);
    const hold = constant ? undefined : this.newLocal(I32);
    const held = (): Expression => (constant ? constant : localGet(hold ?? 0));
    const leave = this.#returned(held());
    this.#known = known;
    const first = hold === undefined ? discard(value) : localSet(hold, value);
    return sequence([
      first,
      { kind: "if", label: new Label(), condition, consequent: [leave], otherwise: undefined, result: undefined },
      held(),
    ]);
  }

  #branchTable({ labels, value: valueSource, index: indexSource }: BranchTable): Expression {
    const sources = valueSource ? [valueSource, indexSource] : [indexSource];
    return this.#with(sources, (operands) => {
      const targets = labels.map((label) => this.#target(label));
      const index = operands.at(-1) ?? NOP;
      const value = valueSource ? operands[0] : undefined;
      if (value && this.#rewriteReturn && targets.some(({ isTail }) => isTail))
        throw new Error("a branch table returns a value");
      const decided = mayFollow(value, index) ? constantOf(index) : undefined;
      if (decided) {
        const chosen = targets[Math.min(Number(decided.value) >>> 0, targets.length - 1)] ?? targets[0];
        if (!chosen) throw new Error("a branch table without labels");
        this.#arrive(chosen);
        this.#known = undefined;
        return sequence([discard(index), { kind: "branch", label: chosen.label, value, condition: undefined }]);
      }
      for (const target of targets) this.#arrive(target);
      this.#known = undefined;
      return { kind: "branchTable", labels: targets.map(({ label }) => label), value, index };
    });
  }
}

/** Whether a value may be computed after an expression that stands behind it: what that changes, it may read. */
function mayFollow(value: Expression | undefined, later: Expression): boolean {
  return value === undefined || value.kind === "const" || isPure(later);
}

function addressOf(address: Const, offset: number): number {
  return (Number(address.value) >>> 0) + offset;
}

function zero(type: ValueType): Const | undefined {
  return type === I32 ? i32(0) : type === I64 ? i64(0n) : undefined;
}

function zeroOf(type: ValueType | undefined): Expression {
  if (type === undefined) throw new Error("a variable has no type");
  return zero(type) ?? { kind: "const", type, value: new Uint8Array(type === F32 ? 4 : type === F64 ? 8 : 16) };
}

const assignedCache = new WeakMap<readonly Expression[], ReadonlySet<number>>();

/** The local variables that are assigned somewhere inside; the library's bodies are asked for theirs again and again. */
function assignedIn(body: readonly Expression[]): ReadonlySet<number> {
  const assigned = assignedCache.get(body) ?? assignedVariables(body);
  assignedCache.set(body, assigned);
  return assigned;
}

function copyOf(known: Knowledge | undefined): Knowledge | undefined {
  return known && { constants: [...known.constants], assigned: [...known.assigned] };
}

/** What is known where two ways meet. */
function merge(a: Knowledge | undefined, b: Knowledge | undefined): Knowledge | undefined {
  if (!a || !b) return copyOf(a ?? b);
  return {
    constants: a.constants.map((constant, index) =>
      sameConstant(constant, b.constants[index]) ? constant : undefined,
    ),
    assigned: a.assigned.map((assigned, index) => assigned && (b.assigned[index] ?? false)),
  };
}

function sameConstant(a: Const | undefined, b: Const | undefined): boolean {
  return a !== undefined && b !== undefined && a.type === b.type && a.value === b.value;
}
