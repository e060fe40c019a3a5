/** A parsed rule set in all its forms: the text of its program, a table for the guest, code for the linker. */
import type binaryen from "binaryen";
import { diagramTable } from "./diagramTable.ts";
import { emitMatcher, onlyTree } from "./emitMatcher.ts";
import { buildForest, type Forest, forestSize } from "./forest.ts";
import { type Program, programText, unusedOutputs } from "./program.ts";
import { programTable } from "./programTable.ts";
import {
  type Coordinates,
  classifierProgram,
  filterProgram,
  type PatternContext,
  parseClassifierRules,
  parseFilterRules,
  type Rule,
} from "./rules.ts";

/** How a rule set is best executed: as code, as diagrams in a table, or as the table of its program. */
export type CompiledForm = "code" | "diagrams" | "program";

/** Code is best up to about this many nodes and rules in the diagrams; above, V8 takes too long to compile it. */
const MOST_CODE = 4000;

/** Rules in a leaf: the four lanes of a vector. Ranges: those of one rule with all five usual fields, and some. */
const SHAPE = { leafEntries: 4, leafRanges: 8 };

/** Rules and what can be made of them. Nothing is computed before it is asked for. */
export class Pattern {
  readonly rules: readonly Rule[];
  readonly coordinates: Coordinates;
  private readonly makeProgram: () => Program;
  private madeProgram: Program | undefined;
  private builtForest: { readonly forest: Forest | undefined } | undefined;

  constructor(rules: readonly Rule[], coordinates: Coordinates, makeProgram: () => Program) {
    this.rules = rules;
    this.coordinates = coordinates;
    this.makeProgram = makeProgram;
  }

  /** The program as Click makes it. */
  program(): Program {
    this.madeProgram ??= this.makeProgram();
    return this.madeProgram;
  }

  /** The text of the `program` handler. */
  programText(): string {
    return programText(this.program());
  }

  /** The form that serves this rule set best. Builds diagrams to find out. */
  chooseForm(): CompiledForm {
    const forest = this.forest();
    if (forest === undefined) return "program";
    const single = onlyTree(forest.long) !== undefined && onlyTree(forest.short) !== undefined;
    return single && forestSize(forest) <= MOST_CODE ? "code" : "diagrams";
  }

  /** A table for `matchProgram`, made at once. Place it at an address divisible by 16. */
  programTable(): Uint8Array {
    return programTable(this.rules, this.coordinates);
  }

  /** A table for `matchDiagrams`, to be placed at an address divisible by 16; undefined if the rules overlap too much. */
  diagramTable(): Uint8Array | undefined {
    const forest = this.forest();
    return forest && diagramTable(forest, this.rules);
  }

  /**
   * Adds a function from a packet's address to its output (-1 to drop) to a module that imports the guest's memory.
   *
   * @throws Error if the form of this rule set is not "code"
   */
  emitMatcher(module: binaryen.Module, name: string): void {
    const forest = this.forest();
    if (forest === undefined) throw new Error("these rules overlap too much for code");
    emitMatcher(module, name, forest);
  }

  private forest(): Forest | undefined {
    this.builtForest ??= { forest: buildForest(this.rules, this.coordinates, SHAPE) };
    return this.builtForest.forest;
  }
}

/**
 * Compiles the patterns of a Classifier, one for each output.
 *
 * @param alignOffset  bytes that packet data starts after a word boundary (AlignmentInfo); it shows in the program only
 * @returns undefined after errors
 */
export function compileClassifier(
  patterns: readonly string[],
  context: PatternContext,
  alignOffset = 0,
): Pattern | undefined {
  const { diagnostics, landmark, outputs } = context;
  if (patterns.length !== outputs) {
    diagnostics.error(landmark, `need ${outputs} arguments, one per output port`);
    return undefined;
  }
  const errors = diagnostics.errorCount;
  const aligned = parseClassifierRules(patterns, alignOffset, context);
  if (diagnostics.errorCount > errors) return undefined;
  const rules = alignOffset === 0 ? aligned : parseClassifierRules(patterns, 0, context);
  const pattern = new Pattern(rules, "classifier", () => classifierProgram(aligned, alignOffset));
  warnOfUnusedOutputs(pattern, context);
  return pattern;
}

/** Compiles the rules of an IPFilter. @returns undefined after errors */
export function compileIpFilter(rules: readonly string[], context: PatternContext): Pattern | undefined {
  const errors = context.diagnostics.errorCount;
  const parsed = parseFilterRules(rules, context);
  if (context.diagnostics.errorCount > errors) return undefined;
  return new Pattern(parsed, "ip", () => filterProgram(parsed));
}

/** Compiles the patterns of an IPClassifier, one for each output. @returns undefined after errors */
export function compileIpClassifier(patterns: readonly string[], context: PatternContext): Pattern | undefined {
  const { diagnostics, landmark, outputs } = context;
  if (patterns.length !== outputs) {
    diagnostics.error(landmark, `need ${outputs} arguments, one per output port`);
    return undefined;
  }
  const pattern = compileIpFilter(
    patterns.map((text, output) => `${output} ${text}`),
    context,
  );
  if (pattern !== undefined) warnOfUnusedOutputs(pattern, context);
  return pattern;
}

function warnOfUnusedOutputs(pattern: Pattern, { diagnostics, landmark, outputs }: PatternContext): void {
  for (const output of unusedOutputs(pattern.program(), outputs))
    diagnostics.warning(landmark, `output ${output} matches no packets`);
}
