/** The host half that Classifier, IPClassifier and IPFilter share: rules become a table that the guest walks and the linker replaces. */
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { DIAGRAMS, type Pattern, type PatternContext, PROGRAM, withKind } from "../../src/pattern/index.ts";

/** Rules whose diagrams are built in a few milliseconds. */
const MOST_RULES_AT_ONCE = 32;

export interface PatternHalf {
  readonly half: HostHalf;
  /** The pattern of a configured element. */
  readonly patternOf: (element: HostedElement) => Pattern | undefined;
}

/**
 * @param compile  from the arguments to a pattern; undefined after errors
 * @param programFlags  Click's letters of the `program` handler
 */
export function patternHalf(
  compile: (rules: readonly string[], context: PatternContext) => Pattern | undefined,
  programFlags: string,
): PatternHalf {
  const patterns = new WeakMap<HostedElement, Pattern>();
  const configure: HostHalf["configure"] = (element, _values, rest) => {
    const context = { outputs: element.nOutputs, names: element.names, diagnostics: element.diagnostics, landmark: "" };
    const pattern = compile(rest, context);
    if (!pattern) return;
    patterns.set(element, pattern);
    element.setTable("table", instantTable(pattern), { rules: pattern.rules, coordinates: pattern.coordinates });
  };
  const program = {
    flags: programFlags,
    documentation: "The rules as Click's decision program, one step a line.",
    read: (element: HostedElement) => patterns.get(element)?.programText() ?? "",
  };
  return {
    half: { configure, reconfigure: configure, handlers: { program } },
    patternOf: (element) => patterns.get(element),
  };
}

/**
 * The table to begin with. Diagrams are the faster form, but for many rules they take too long to build: the linker makes them then.
 */
function instantTable(pattern: Pattern): Uint8Array {
  const diagrams = pattern.rules.length <= MOST_RULES_AT_ONCE ? pattern.diagramTable() : undefined;
  return diagrams ? withKind(DIAGRAMS, diagrams) : withKind(PROGRAM, pattern.programTable());
}
