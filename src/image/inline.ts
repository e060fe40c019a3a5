/**
 * Puts functions into their callers: those with one caller always, so that a path through the graph becomes one function, and small ones. It
 * works from the outermost function inwards, so that whatever is moved is copied once.
 */
import { LinkedFunction } from "./linkedFunction.ts";
import { tidy } from "./tidy.ts";
import {
  assignedVariables,
  type Call,
  type Callable,
  type Const,
  type Expression,
  F32,
  F64,
  type FunctionBody,
  I32,
  I64,
  Label,
  localSet,
  rebuild,
  V128,
  type ValueType,
  visitAll,
} from "./wasm/tree.ts";

/** Functions of up to so many expressions cost less in place than a call does. */
const SMALL = 12;
/**
 * Methods beside the packets' path go into their one caller up to so many expressions. Larger ones do rare or long work (options, fragments): a call costs
 * little beside it, and the path's own function stays small, so that engines find registers for what is hot.
 */
const MODERATE = 120;
/** Functions do not grow beyond so many expressions: engines compile huge ones slowly and badly. */
const LARGEST = 12_000;

/**
 * @param exports  functions whose variables are assigned before they are read, as are those of all that they call (the specialiser sees to it)
 * @returns all functions that are still called or exported, in a fixed order
 */
export function inlineCalls(exports: ReadonlyMap<string, LinkedFunction>): LinkedFunction[] {
  const plan = new Plan(exports);
  const finished = new Map<LinkedFunction, FunctionBody>();
  const kept = new Set<LinkedFunction>(exports.values());
  for (const each of kept) {
    const body = tidy(new Inliner(each, plan).run());
    finished.set(each, body);
    for (const callee of calleesIn(body.body)) kept.add(callee);
  }
  // Only now, since functions that stay may also be put into others, as they were.
  for (const [each, { locals, body }] of finished) each.define(locals, body);
  return [...kept];
}

/** Decides which functions go into their callers. */
class Plan {
  readonly #exported: ReadonlySet<LinkedFunction>;
  readonly #callSites = new Map<LinkedFunction, number>();
  /** Expressions in a function once it holds what is put into it. */
  readonly #sizes = new Map<LinkedFunction, number>();

  constructor(exports: ReadonlyMap<string, LinkedFunction>) {
    this.#exported = new Set(exports.values());
    const ordered = calleesFirst(exports.values());
    for (const { body } of ordered) {
      visitAll(body, (expression) => {
        if (expression.kind !== "call") return;
        const target = linked(expression.target);
        this.#callSites.set(target, (this.#callSites.get(target) ?? 0) + 1);
      });
    }
    for (const each of ordered) this.#sizes.set(each, this.#sizeOf(each));
  }

  /** Variables that a function assigns. */
  assigned(made: LinkedFunction): ReadonlySet<number> {
    const assigned = this.#assigned.get(made) ?? assignedVariables(made.body);
    this.#assigned.set(made, assigned);
    return assigned;
  }
  readonly #assigned = new Map<LinkedFunction, ReadonlySet<number>>();

  /** In a cycle of calls, the one that leads back to a function whose size is not known yet stays a call. */
  inlines(caller: LinkedFunction, callee: LinkedFunction): boolean {
    const size = this.#sizes.get(callee) ?? Number.POSITIVE_INFINITY;
    const order = this.#rank(callee) < this.#rank(caller);
    if (!order || callee.standsAlone || size > LARGEST) return false;
    if (size <= SMALL) return true;
    const hasOneCaller = this.#callSites.get(callee) === 1 && !this.#exported.has(callee);
    return hasOneCaller && (callee.isEdge || size <= MODERATE);
  }

  /** Callees come before their callers, except those that close a cycle. */
  #rank(made: LinkedFunction): number {
    return this.#ranks.get(made) ?? Number.POSITIVE_INFINITY;
  }
  readonly #ranks = new Map<LinkedFunction, number>();

  #sizeOf(made: LinkedFunction): number {
    this.#ranks.set(made, this.#ranks.size);
    let size = 0;
    visitAll(made.body, (expression) => {
      size++;
      if (expression.kind !== "call") return;
      const target = linked(expression.target);
      if (this.inlines(made, target)) size += this.#sizes.get(target) ?? 0;
    });
    return size;
  }
}

/** Depth first from the exports, without recursion that a long chain of elements could exhaust. */
function calleesFirst(roots: Iterable<LinkedFunction>): LinkedFunction[] {
  const ordered: LinkedFunction[] = [];
  const seen = new Set<LinkedFunction>();
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    const path = [{ function: root, callees: calleesOf(root) }];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.callees.shift();
      if (!next) {
        ordered.push(top.function);
        path.pop();
      } else if (!seen.has(next)) {
        seen.add(next);
        path.push({ function: next, callees: calleesOf(next) });
      }
    }
  }
  return ordered;
}

function calleesOf({ body }: LinkedFunction): LinkedFunction[] {
  return calleesIn(body);
}

function calleesIn(body: readonly Expression[]): LinkedFunction[] {
  const callees = new Set<LinkedFunction>();
  visitAll(body, (expression) => {
    if (expression.kind === "call") callees.add(linked(expression.target));
  });
  return [...callees];
}

function linked(target: Callable): LinkedFunction {
  if (target instanceof LinkedFunction) return target;
  throw new Error(`linked code calls ${target.name}`);
}

/** A body on its way into another function: its variables' new places, its labels' new names. */
interface Frame {
  readonly owner: LinkedFunction;
  readonly variables: readonly (number | Const)[];
  readonly labels: Map<Label, Label>;
  /** Where its returns go. */
  readonly end: Label;
}

const TYPES: readonly ValueType[] = [I32, I64, F32, F64, V128];

class Inliner {
  readonly #root: LinkedFunction;
  readonly #plan: Plan;
  readonly #locals: ValueType[];
  /** Variables for inlined functions, by type: those of functions that run one after the other share them. */
  readonly #pool: number[][] = TYPES.map(() => []);
  /** How many of them are in use, by type, where the walk is now; and how many were at most since `#peak` was last set. */
  #used: readonly number[] = TYPES.map(() => 0);
  #peak: readonly number[] = this.#used;
  #inlined = 0;

  constructor(root: LinkedFunction, plan: Plan) {
    this.#root = root;
    this.#plan = plan;
    this.#locals = [...root.locals];
  }

  run(): FunctionBody {
    const body = this.#root.body.map((expression) => this.#walk(expression, undefined));
    return { locals: this.#locals, body };
  }

  /** @param frame  undefined for the function itself, whose code stays as it is */
  #walk(expression: Expression, frame: Frame | undefined): Expression {
    if (expression.kind === "call") return this.#call(expression, frame);
    const copied = rebuild(expression, (child) => this.#walk(child, frame));
    return frame ? transplant(copied, frame) : copied;
  }

  #call({ target, operands: sources, result }: Call<Callable>, frame: Frame | undefined): Expression {
    const inlinedBefore = this.#inlined;
    const peakBefore = this.#peak;
    this.#peak = this.#used;
    const operands = sources.map((operand) => this.#walk(operand, frame));
    const callee = linked(target);
    const usedBefore = this.#used;
    // Operands are put into the variables one by one: functions inlined in a later one must not use those of an earlier one.
    if (this.#inlined > inlinedBefore) this.#used = this.#peak;
    const inlines = this.#plan.inlines(frame?.owner ?? this.#root, callee);
    const expression: Expression = inlines
      ? this.#inline(callee, operands)
      : { kind: "call", target, operands, result };
    this.#peak = larger(peakBefore, this.#peak);
    this.#used = usedBefore;
    return expression;
  }

  #inline(callee: LinkedFunction, operands: readonly Expression[]): Expression {
    this.#inlined++;
    const assigned = this.#plan.assigned(callee);
    // A parameter that is never assigned stands for its operand, when that is a constant or a variable that holds still.
    const variables = [...callee.type.parameters, ...callee.locals].map((type, index) => {
      const operand = operands[index];
      return !operand || assigned.has(index) ? this.#take(type) : (stableOperand(operands, index) ?? this.#take(type));
    });
    const frame: Frame = { owner: callee, variables, labels: new Map(), end: new Label() };
    this.#peak = larger(this.#peak, this.#used);
    const parameters = operands.flatMap((operand, index) => {
      const variable = variables[index];
      const isItself = typeof variable === "object" || (operand.kind === "localGet" && operand.index === variable);
      return isItself ? [] : [localSet(variable ?? 0, operand)];
    });
    const body = callee.body.map((expression) => this.#walk(expression, frame));
    return {
      kind: "block",
      label: frame.end,
      body: [...parameters, ...body],
      result: callee.type.result,
      place: callee.name,
    };
  }

  #take(type: ValueType): number {
    const index = TYPES.indexOf(type);
    const place = this.#used[index] ?? 0;
    this.#used = this.#used.with(index, place + 1);
    const pool = this.#pool[index] ?? [];
    pool[place] ??= this.#root.type.parameters.length + this.#locals.push(type) - 1;
    return pool[place] ?? 0;
  }
}

function larger(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((value, index) => Math.max(value, b[index] ?? 0));
}

/** Variables and labels get their new names; returns become branches to the end. */
function transplant(expression: Expression, frame: Frame): Expression {
  switch (expression.kind) {
    case "localGet": {
      const variable = frame.variables[expression.index];
      return typeof variable === "object" ? variable : { kind: "localGet", index: variable ?? expression.index };
    }
    case "localSet":
      return { ...expression, index: variableIn(frame, expression.index) };
    case "block":
    case "loop":
    case "if":
    case "branch":
      return { ...expression, label: renamed(expression.label, frame) };
    case "branchTable":
      return { ...expression, labels: expression.labels.map((label) => renamed(label, frame)) };
    case "return":
      return { kind: "branch", label: frame.end, value: expression.value, condition: undefined };
    default:
      return expression;
  }
}

function variableIn({ variables }: Frame, index: number): number {
  const variable = variables[index];
  if (typeof variable !== "number") throw new Error("a constant is assigned to");
  return variable;
}

/** A constant operand, or the variable that it reads, if no operand behind it assigns that. */
function stableOperand(operands: readonly Expression[], index: number): number | Const | undefined {
  const operand = operands[index];
  if (operand?.kind === "const") return operand;
  if (operand?.kind !== "localGet") return undefined;
  return assignedVariables(operands.slice(index + 1)).has(operand.index) ? undefined : operand.index;
}

function renamed(label: Label, { labels }: Frame): Label {
  const existing = labels.get(label);
  if (existing) return existing;
  const made = new Label();
  labels.set(label, made);
  return made;
}
