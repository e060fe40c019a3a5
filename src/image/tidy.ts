/** Removes what specialising and inlining left over: variables that are set and never read, blocks that nothing branches out of. */
import { discard, sequence } from "./expressions.ts";
import { type Expression, type FunctionBody, type Label, rebuild, usedLabels, visitAll } from "./wasm/tree.ts";

export function tidy(made: FunctionBody): FunctionBody {
  const used = usedLabels(made.body);
  const read = new Set<number>();
  visitAll(made.body, (expression) => {
    if (expression.kind === "localGet") read.add(expression.index);
  });
  const clean = (expression: Expression): Expression => {
    const cleaned = rebuild(expression, clean);
    if (cleaned.kind === "localSet" && !read.has(cleaned.index))
      return cleaned.tee ? cleaned.value : discard(cleaned.value);
    if (cleaned.kind === "sequence") return sequence(cleaned.body);
    if (cleaned.kind === "block") return { ...cleaned, body: withoutLastBranch(flat(cleaned.body), cleaned.label) };
    if (cleaned.kind === "loop") return { ...cleaned, body: flat(cleaned.body) };
    if (cleaned.kind === "if")
      return {
        ...cleaned,
        consequent: flat(cleaned.consequent),
        otherwise: cleaned.otherwise && flat(cleaned.otherwise),
      };
    return cleaned;
  };
  const flat = (body: readonly Expression[]): Expression[] => {
    const statements: Expression[] = [];
    for (const expression of body) {
      if (expression.kind === "nop") continue;
      // A block of a function's own keeps its place, which reports of faults name.
      if (
        expression.kind === "sequence" ||
        (expression.kind === "block" && !used.has(expression.label) && expression.place === undefined)
      )
        statements.push(...expression.body);
      else statements.push(expression);
    }
    return statements;
  };
  return { locals: made.locals, body: flat(made.body.map(clean)) };
}

/** A branch to the end of the block that it ends is no more than its value. */
function withoutLastBranch(body: readonly Expression[], label: Label): readonly Expression[] {
  const last = body.at(-1);
  if (last?.kind !== "branch" || last.label !== label || last.condition) return body;
  return last.value ? [...body.slice(0, -1), last.value] : body.slice(0, -1);
}
