/** Small questions about expressions, and small changes to them. */
import { type Const, type Expression, NOP, yieldsValue } from "./wasm/tree.ts";

/** Whether a constant is an integer: those are what is computed with. */
export function isInteger({ value }: Const): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

/** The integer that an expression is known to yield, whatever else it does. */
export function constantOf(expression: Expression | undefined): Const | undefined {
  if (!expression) return undefined;
  if (expression.kind === "const") return isInteger(expression) ? expression : undefined;
  if (expression.kind === "localSet" && expression.tee) return constantOf(expression.value);
  if (expression.kind === "sequence") return constantOf(expression.body.at(-1));
  return undefined;
}

/** Whether leaving an expression out changes nothing but its value. Loads may fault, but only where the program is broken. */
export function isPure(expression: Expression): boolean {
  switch (expression.kind) {
    case "const":
    case "localGet":
    case "globalGet":
    case "nop":
      return true;
    case "operation":
      return (
        expression.opcode <= 0xff &&
        expression.yields &&
        expression.operands.every(isPure) &&
        !mayTrap(expression.opcode)
      );
    default:
      return false;
  }
}

/** Divisions, conversions of floats to integers, growing memory. */
function mayTrap(opcode: number): boolean {
  return (
    (opcode >= 0x6d && opcode <= 0x70) ||
    (opcode >= 0x7f && opcode <= 0x82) ||
    (opcode >= 0xa8 && opcode <= 0xb1) ||
    opcode === 0x40
  );
}

/** What remains of an expression whose value nobody needs. */
export function discard(expression: Expression): Expression {
  if (!yieldsValue(expression)) return expression;
  if (isPure(expression)) return NOP;
  if (expression.kind === "localSet") return { ...expression, tee: false };
  if (expression.kind === "sequence") {
    const last = expression.body.at(-1);
    return sequence(last ? [...expression.body.slice(0, -1), discard(last)] : []);
  }
  if (expression.kind === "operation" && expression.opcode <= 0xff && !mayTrap(expression.opcode))
    return sequence(expression.operands.map(discard));
  return { kind: "drop", value: expression };
}

/** A value, after what else the expressions do that it was computed from. */
export function after(expressions: readonly Expression[], value: Expression): Expression {
  return sequence([...expressions.map(discard), value]);
}

/** Expressions one after the other, as flat as can be. */
export function sequence(body: readonly Expression[]): Expression {
  const flat: Expression[] = [];
  for (const expression of body) append(flat, expression);
  const [only] = flat;
  if (!only) return NOP;
  return flat.length === 1 ? only : { kind: "sequence", body: flat };
}

/** Adds an expression to a flat sequence. */
export function append(body: Expression[], expression: Expression): void {
  if (expression.kind === "nop") return;
  if (expression.kind === "sequence") for (const each of expression.body) append(body, each);
  else body.push(expression);
}
