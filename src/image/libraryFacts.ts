/** What the linker asks about functions of the library. */
import type { ImportedFunction, LibraryFunction } from "./wasm/decode.ts";
import { type Callable, visitAll } from "./wasm/tree.ts";

/** Names are there for people who read reports of faults: without the module's path. */
export function shortName({ name }: Callable): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/**
 * Whether a function, or one that it calls, calls the import of that name.
 * @param known  answers to earlier questions about the same import
 */
export function reaches(source: Callable, placeholder: string, known: Map<Callable, boolean>): boolean {
  const answer = known.get(source);
  if (answer !== undefined) return answer;
  const seen = new Set<Callable>([source]);
  for (const each of seen) {
    const reached = "base" in each ? (each as ImportedFunction).base === placeholder : known.get(each); // imports alone have a base
    if (reached) {
      known.set(source, true);
      return true;
    }
    if (reached === undefined && "code" in each)
      for (const callee of calleesOf(each as LibraryFunction)) seen.add(callee); // the library's have code
  }
  // None of them leads there; of those on the way to one that does, nothing is known.
  for (const each of seen) known.set(each, false);
  return false;
}

const callees = new WeakMap<LibraryFunction, ReadonlySet<Callable>>();

function calleesOf(source: LibraryFunction): ReadonlySet<Callable> {
  const known = callees.get(source);
  if (known) return known;
  const found = new Set<Callable>();
  visitAll(source.code().body, (expression) => {
    if (expression.kind === "call") found.add(expression.target);
  });
  callees.set(source, found);
  return found;
}

/** The exported wrappers of large methods only call them. */
export function unwrapped(wrapper: LibraryFunction): LibraryFunction {
  const [outermost] = wrapper.code().body;
  const [only, second] = outermost?.kind === "block" ? outermost.body : [];
  if (only?.kind !== "call" || second || !("code" in only.target)) return wrapper;
  const passesOn = only.operands.every((operand, index) => operand.kind === "localGet" && operand.index === index);
  return passesOn && only.operands.length === wrapper.type.parameters.length
    ? (only.target as LibraryFunction) // what has code is the library's
    : wrapper;
}

const sizes = new WeakMap<LibraryFunction, number>();

/** Expressions in a library function. */
export function sizeOf(source: LibraryFunction): number {
  const known = sizes.get(source);
  if (known !== undefined) return known;
  let size = 0;
  visitAll(source.code().body, () => {
    size++;
  });
  sizes.set(source, size);
  return size;
}
