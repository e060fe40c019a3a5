/**
 * Rules in the form that serves them best. Small sets become code; for large ones that is too much, and the guest walks a table of decision
 * diagrams, which takes so long to build that it starts with a simpler one.
 */
import { DIAGRAMS, Pattern, withKind } from "../pattern/index.ts";
import type { LinkDescription, PatternTable } from "./description.ts";

/** Rules, and the form that is best for them. */
export interface JudgedPattern {
  readonly table: PatternTable;
  readonly pattern: Pattern;
  readonly form: ReturnType<Pattern["chooseForm"]>;
}

/** A table that is better than the one at an address. */
export interface BetterTable {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** @returns all rule sets of a description, by address of their tables. May take a second for a thousand rules. */
export function judgePatterns({ patterns }: LinkDescription): Map<number, JudgedPattern> {
  return new Map(
    patterns.map((table) => {
      const pattern = new Pattern(table.rules, table.coordinates, () => {
        throw new Error("nobody asks the linker for the text of a program");
      });
      return [table.address, { table, pattern, form: pattern.chooseForm() }];
    }),
  );
}

/** @returns the tables that should be exchanged before linking */
export function betterTables(patterns: Iterable<JudgedPattern>): BetterTable[] {
  return [...patterns].flatMap(({ table, pattern, form }) => {
    const diagrams = form === "diagrams" && table.kind !== DIAGRAMS ? pattern.diagramTable() : undefined;
    return diagrams ? [{ address: table.address, bytes: withKind(DIAGRAMS, diagrams) }] : [];
  });
}
