/** Sets of rules: what IPClassifier, IPFilter and Classifier are configured with, parsed, and the program made from them. */
import { unquote } from "../language/argumentText.ts";
import type { Diagnostics } from "../language/diagnostics.ts";
import type { Names } from "../library/arguments/names.ts";
import { parseClassifierPattern } from "./classifierSyntax.ts";
import type { Condition } from "./condition.ts";
import { parseIpExpression } from "./ipSyntax.ts";
import { splitPattern } from "./ipWords.ts";
import { signedInteger } from "./literals.ts";
import { asWritten, groupValues, optimize, protocolFirst, sortTests } from "./optimize.ts";
import { appendCondition, appendProgram, DROP, emptyProgram, FAIL, type Program, setFailure } from "./program.ts";

/** Output of packets that are dropped. */
export const DROPPED = -1;

/** One rule: packets that meet the condition go to the output. */
export interface Rule {
  /** An output port, or {@link DROPPED}. */
  readonly output: number;
  /** Undefined if the rule's text tests nothing at all: Click then drops whatever comes to the rule. */
  readonly condition: Condition | undefined;
}

/** Where the offsets of a rule set count from: see {@link Comparison}. */
export type Coordinates = "classifier" | "ip";

/** What a set of rules is parsed with. */
export interface PatternContext {
  /** Number of output ports of the element. */
  readonly outputs: number;
  readonly names: Names;
  readonly diagnostics: Diagnostics;
  /** Where the configuration stands, for messages. */
  readonly landmark: string;
}

export function parseClassifierRules(
  patterns: readonly string[],
  alignOffset: number,
  context: PatternContext,
): Rule[] {
  return patterns.map((pattern, index) => ({
    output: index,
    condition: parseClassifierPattern(pattern, index, alignOffset, context.diagnostics, context.landmark),
  }));
}

/** Parses `ACTION EXPRESSION` arguments. */
export function parseFilterRules(rules: readonly string[], context: PatternContext): Rule[] {
  const { diagnostics, landmark } = context;
  return rules.flatMap((rule, index): Rule[] => {
    const words = splitPattern(unquote(rule));
    const action = words[0];
    if (action === undefined) {
      diagnostics.error(landmark, `empty pattern ${index}`);
      return [];
    }
    const report = {
      error: (text: string) => diagnostics.error(landmark, `pattern ${index}: ${text}`),
      warning: (text: string) => diagnostics.message(landmark, `pattern ${index}: warning: ${text}`),
    };
    const output = actionOutput(action, context.outputs, report.error);
    return [{ output, condition: parseIpExpression(words, 1, context.names, report) }];
  });
}

function actionOutput(action: string, outputs: number, error: (text: string) => void): number {
  if (action === "deny" || action === "drop") return DROPPED;
  if (action === "allow") {
    if (outputs === 0) error("'allow' is meaningless, element has zero outputs");
    return 0;
  }
  const port = signedInteger(action);
  if (port === undefined) error(`unknown slot ID '${action}'`);
  else if (port < 0 || port >= outputs) error(`slot '${port}' out of range`);
  else return port;
  return DROPPED;
}

const jumpTo = (output: number): number => (output === DROPPED ? DROP : 0 - output);

/** The program that Classifier makes of its patterns: all of them in one sequence, then optimised. */
export function classifierProgram(rules: readonly Rule[], alignOffset: number): Program {
  const program = emptyProgram(alignOffset);
  for (const { output, condition } of rules) {
    if (program.steps.length > 0) setFailure(program, program.steps.length);
    if (condition !== undefined) appendCondition(program, condition, jumpTo(output), FAIL);
  }
  setFailure(program, DROP);
  optimize(program, asWritten);
  return program;
}

/** The program that IPFilter makes of its rules: neighbours joined and optimised pairwise until one is left, then compressed. */
export function filterProgram(rules: readonly Rule[]): Program {
  const programs = rules.map(({ output, condition }) => {
    const program = emptyProgram();
    if (condition !== undefined) appendCondition(program, condition, jumpTo(output), FAIL);
    return program;
  });
  const [first = emptyProgram()] = programs;
  for (let span = 1; span < programs.length; span *= 2)
    for (let i = 0; i + span < programs.length; i += 2 * span) {
      appendProgram(programs[i]!, programs[i + span]!);
      optimize(programs[i]!, protocolFirst);
    }
  if (programs.length <= 1) optimize(first, protocolFirst);
  setFailure(first, DROP);
  sortTests(first, protocolFirst);
  return groupValues(first);
}
