/** The patterns that IPRewriterPatterns elements define, by compound element. */
import { scopesOutward } from "../../src/library/arguments/names.ts";
import type { HostedElement } from "../../src/library/hostHalf.ts";
import type { Pattern } from "./pattern.host.ts";

const KEY = Symbol("named rewriter patterns");

interface Definition {
  readonly pattern: Pattern;
  /** Name of the element that defines it. */
  readonly owner: string;
}

/** By full name: the compound's, then the pattern's. */
function definitionsOf(element: HostedElement): Map<string, Definition> {
  return element.shared(KEY, () => new Map<string, Definition>());
}

/** The pattern of that name which the element sees. */
export function findNamedPattern(element: HostedElement, name: string): Pattern | undefined {
  const definitions = definitionsOf(element);
  const scope = scopesOutward(element.name).find((compound) => definitions.has(compound + name));
  const definition = scope === undefined ? undefined : definitions.get(scope + name);
  // Who looks an element up depends on it: when a swapped configuration defines the name anew, the user is configured
  // anew, too.
  if (definition) element.find(definition.owner);
  return definition?.pattern;
}

/** Defines a pattern for the element's compound. */
export function defineNamedPattern(element: HostedElement, name: string, pattern: Pattern): void {
  const scope = scopesOutward(element.name)[0] ?? "";
  definitionsOf(element).set(scope + name, { pattern, owner: element.name });
}
