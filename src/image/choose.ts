/** Code for places where only the running guest knows which of several things is to be done. */
import { OPCODE } from "./wasm/opcodes.ts";
import { block, type Expression, i32, Label, operation } from "./wasm/tree.ts";

/** More cases than this become a jump table. */
const MOST_COMPARISONS = 3;

/**
 * Runs the case of that number; `otherwise`, which may yield the function's result, where there is none. Cases return.
 * @param cases  by number; undefined = as `otherwise`
 */
export function choose(
  number: Expression,
  cases: readonly (readonly Expression[] | undefined)[],
  otherwise: readonly Expression[],
): Expression[] {
  const used = cases.flatMap((code, index) => (code ? [{ code, index, label: new Label() }] : []));
  if (used.length === 0) return [...otherwise];
  if (used.length <= MOST_COMPARISONS) {
    return [
      ...used.map(
        ({ code, index }): Expression => ({
          kind: "if",
          label: new Label(),
          condition: operation(OPCODE.i32Eq, number, i32(index)),
          consequent: code,
          otherwise: undefined,
          result: undefined,
        }),
      ),
      ...otherwise,
    ];
  }
  const fallback = new Label();
  const labels = cases.map((_, index) => used.find((each) => each.index === index)?.label ?? fallback);
  let body: readonly Expression[] = [
    { kind: "branchTable", labels: [...labels, fallback], value: undefined, index: number },
  ];
  for (const { code, label } of used) body = [block(label, body), ...code];
  return [block(fallback, body), ...otherwise];
}
