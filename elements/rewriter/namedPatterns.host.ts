/** The patterns that IPRewriterPatterns elements define, by compound element. */
import { scopesOutward } from "../../src/library/arguments/names.ts";
import type { HostedElement } from "../../src/library/hostHalf.ts";
import type { Pattern } from "./pattern.host.ts";

const KEY = Symbol("named rewriter patterns");

/** By full name: the compound's, then the pattern's. */
function patternsOf(element: HostedElement): Map<string, Pattern> {
  return element.shared(KEY, () => new Map<string, Pattern>());
}

/** The pattern of that name which the element sees. */
export function findNamedPattern(element: HostedElement, name: string): Pattern | undefined {
  const patterns = patternsOf(element);
  const scope = scopesOutward(element.name).find((compound) => patterns.has(compound + name));
  return scope === undefined ? undefined : patterns.get(scope + name);
}

/** Defines a pattern for the element's compound. */
export function defineNamedPattern(element: HostedElement, name: string, pattern: Pattern): void {
  patternsOf(element).set((scopesOutward(element.name)[0] ?? "") + name, pattern);
}
