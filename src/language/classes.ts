/** Which element class a name means, scope by scope. */
import { type ElementClass, ERROR_CLASS } from "./scope.ts";

export class ClassNames {
  readonly #isStock: (name: string) => boolean;
  /** The definitions of each scope, the innermost last. */
  readonly #scopes: Map<string, ElementClass>[] = [new Map([["Error", ERROR_CLASS]])];

  /** @param isStock  whether a class exists that the configuration does not define itself */
  constructor(isStock: (name: string) => boolean) {
    this.#isStock = isStock;
  }

  get(name: string): ElementClass | undefined {
    if (name === "") return undefined;
    for (let depth = this.#scopes.length - 1; depth >= 0; depth--) {
      const found = this.#scopes[depth]!.get(name);
      if (found) return found;
    }
    return this.#isStock(name) ? this.defineStock(name) : undefined;
  }

  /** Makes a name that of a class that the configuration does not define itself, in all scopes. */
  defineStock(name: string): ElementClass {
    const stock: ElementClass = { kind: "stock", name };
    this.#scopes[0]!.set(name, stock);
    return stock;
  }

  /** Gives a name a meaning, from here to the end of the scope. A class without name is not entered. */
  define(name: string, meaning: ElementClass): void {
    if (name !== "") this.#scopes.at(-1)!.set(name, meaning);
  }

  enterScope(): void {
    this.#scopes.push(new Map());
  }

  leaveScope(): void {
    this.#scopes.pop();
  }
}
