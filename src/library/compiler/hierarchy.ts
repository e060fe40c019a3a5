/** Class hierarchies of element files: an element has what its abstract bases declare, too. */
import type { ClassDeclaration, FieldDeclaration, MethodDeclaration } from "./declarations.ts";

/** Whether a declaration is an element that configurations can name. */
export function isElementClass(declaration: ClassDeclaration): boolean {
  return declaration.decorators.some(({ name }) => name === "element");
}

/** @returns the class and its bases, nearest first. */
export function lineage(
  declaration: ClassDeclaration,
  byName: ReadonlyMap<string, ClassDeclaration>,
): ClassDeclaration[] {
  const base = declaration.base ? byName.get(declaration.base) : undefined;
  return base ? [declaration, ...lineage(base, byName)] : [declaration];
}

/** @returns fields by name, the nearest declaration of each, bases first as they lie in memory. */
export function allFields(
  declaration: ClassDeclaration,
  byName: ReadonlyMap<string, ClassDeclaration>,
): Map<string, FieldDeclaration> {
  return collect(lineage(declaration, byName), (level) => level.fields);
}

/** @returns methods by name, the nearest declaration of each. */
export function allMethods(
  declaration: ClassDeclaration,
  byName: ReadonlyMap<string, ClassDeclaration>,
): Map<string, MethodDeclaration> {
  return collect(lineage(declaration, byName), (level) => level.methods);
}

function collect<T extends { readonly name: string }>(
  levels: readonly ClassDeclaration[],
  of: (level: ClassDeclaration) => readonly T[],
): Map<string, T> {
  const found = new Map<string, T>();
  for (const level of levels.toReversed()) for (const item of of(level)) found.set(item.name, item);
  return found;
}
