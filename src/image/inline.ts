/** Puts functions into their callers: those with one caller always, so that a path through the graph becomes one function, and small ones. */
import { LinkedFunction } from "./linkedFunction.ts";
import {
  type Block,
  type Call,
  type Callable,
  type Expression,
  Label,
  localSet,
  type ValueType,
  visitAll,
} from "./wasm/tree.ts";
import { tidy } from "./tidy.ts";

/** Functions of up to so many expressions cost less in place than a call does. */
const SMALL = 24;
/** Functions do not grow beyond so many expressions: engines compile huge ones slowly and badly. */
const LARGEST = 12_000;

/** @returns all functions that are still called or exported, each after those it calls where there is no cycle */
export function inlineCalls(exports: ReadonlyMap<string, LinkedFunction>): LinkedFunction[] {
  const ordered = calleesFirst(exports.values());
  const exported = new Set(exports.values());
  const callSites = countCallSites(ordered);
  const sizes = new Map<LinkedFunction, number>();
  for (const each of ordered) {
    const mayInline = (callee: LinkedFunction): boolean => {
      const size = sizes.get(callee);
      if (size === undefined || callee.standsAlone) return false;
      return size <= SMALL || (!exported.has(callee) && callSites.get(callee) === 1 && size <= LARGEST);
    };
    new Inliner(each, mayInline).run();
    tidy(each);
    sizes.set(each, sizeOf(each.body));
  }
  return calleesFirst(exports.values());
}

/** Depth first from the exports, without recursion that a long chain of elements could exhaust. */
function calleesFirst(roots: Iterable<LinkedFunction>): LinkedFunction[] {
  const ordered: LinkedFunction[] = [];
  const seen = new Set<LinkedFunction>();
  for (const root of roots) {
    const path = [{ function: root, callees: calleesOf(root) }];
    if (seen.has(root)) continue;
    seen.add(root);
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

function countCallSites(functions: readonly LinkedFunction[]): Map<LinkedFunction, number> {
  const sites = new Map<LinkedFunction, number>();
  for (const { body } of functions) {
    visitAll(body, (expression) => {
      if (expression.kind !== "call") return;
      const target = linked(expression.target);
      sites.set(target, (sites.get(target) ?? 0) + 1);
    });
  }
  return sites;
}

function sizeOf(body: readonly Expression[]): number {
  let size = 0;
  visitAll(body, () => {
    size++;
  });
  return size;
}

class Inliner {
  readonly #caller: LinkedFunction;
  readonly #mayInline: (callee: LinkedFunction) => boolean;
  readonly #locals: ValueType[];
  /** Variables for inlined functions, by type: those of functions that run one after the other share them. */
  readonly #pool = new Map<ValueType, number[]>();
  #inlined = 0;

  constructor(caller: LinkedFunction, mayInline: (callee: LinkedFunction) => boolean) {
    this.#caller = caller;
    this.#mayInline = mayInline;
    this.#locals = [...caller.locals];
  }

  run(): void {
    const body = this.#caller.body.map((expression) => this.#rewrite(expression));
    if (this.#inlined > 0) this.#caller.define(this.#locals, body);
  }

  #rewrite(expression: Expression): Expression {
    if (expression.kind === "call") return this.#call(expression);
    return rebuild(expression, (child) => this.#rewrite(child));
  }

  #call({ target, operands: sources, result }: Call<Callable>): Expression {
    const before = this.#inlined;
    const operands = sources.map((operand) => this.#rewrite(operand));
    const callee = linked(target);
    if (callee === this.#caller || !this.#mayInline(callee)) return { kind: "call", target, operands, result };
    const operandsInline = this.#inlined > before;
    this.#inlined++;
    return this.#inline(callee, operands, operandsInline);
  }

  /** @param apart  whether the variables must differ from those in the pool, because operands use these in between */
  #inline(callee: LinkedFunction, operands: readonly Expression[], apart: boolean): Block {
    const types = [...callee.type.parameters, ...callee.locals];
    const variables = apart ? types.map((type) => this.#newLocal(type)) : this.#fromPool(types);
    const label = new Label();
    const parameters = operands.map((operand, index) => localSet(variables[index] ?? 0, operand));
    const body = new Transplant(variables, label).all(callee.body);
    return { kind: "block", label, body: [...parameters, ...body], result: callee.type.result, place: callee.name };
  }

  #newLocal(type: ValueType): number {
    return this.#caller.type.parameters.length + this.#locals.push(type) - 1;
  }

  #fromPool(types: readonly ValueType[]): number[] {
    const used = new Map<ValueType, number>();
    return types.map((type) => {
      const slots = this.#pool.get(type) ?? [];
      this.#pool.set(type, slots);
      const next = used.get(type) ?? 0;
      used.set(type, next + 1);
      const slot = slots[next] ?? this.#newLocal(type);
      slots[next] = slot;
      return slot;
    });
  }
}

/** Copies a body into another function: variables renamed, labels new, returns made into branches to its end. */
class Transplant {
  readonly #variables: readonly number[];
  readonly #end: Label;
  readonly #labels = new Map<Label, Label>();

  constructor(variables: readonly number[], end: Label) {
    this.#variables = variables;
    this.#end = end;
  }

  all(body: readonly Expression[]): Expression[] {
    return body.map((expression) => this.#copy(expression));
  }

  #copy(expression: Expression): Expression {
    const copied = rebuild(expression, (child) => this.#copy(child));
    switch (copied.kind) {
      case "localGet":
      case "localSet":
        return { ...copied, index: this.#variables[copied.index] ?? copied.index };
      case "block":
      case "loop":
      case "if":
      case "branch":
        return { ...copied, label: this.#label(copied.label) };
      case "branchTable":
        return { ...copied, labels: copied.labels.map((label) => this.#label(label)) };
      case "return":
        return { kind: "branch", label: this.#end, value: copied.value, condition: undefined };
      default:
        return copied;
    }
  }

  #label(label: Label): Label {
    const existing = this.#labels.get(label);
    if (existing) return existing;
    const made = new Label();
    this.#labels.set(label, made);
    return made;
  }
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
      const then = replaceAll(expression.then, replace);
      const otherwise = expression.otherwise && replaceAll(expression.otherwise, replace);
      const same = condition === expression.condition && then === expression.then && otherwise === expression.otherwise;
      return same ? expression : { ...expression, condition, then, otherwise };
    }
    case "branch": {
      const value = expression.value && replace(expression.value);
      const condition = expression.condition && replace(expression.condition);
      return value === expression.value && condition === expression.condition ? expression : { ...expression, value, condition };
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
