/** Arguments of a Script or DriverManager to a program. */

import { shiftWord, splitKeyword } from "../../language/argumentText.ts";
import type { Diagnostics } from "../../language/diagnostics.ts";
import type { Ending, Instruction, Program, Quotes, ScriptType } from "./instructions.ts";
import { readUnsigned } from "./numbers.ts";
import { parseSignal } from "./signals.ts";

/** What the meaning of a script depends on beside its text. */
export interface ScriptSurroundings {
  /** The type without a TYPE argument, if it does not follow from the ports: DRIVER for DriverManager. */
  readonly defaultType?: ScriptType;
  readonly inputs: number;
  readonly outputs: number;
  /** The configuration already has a driver script. */
  readonly hasDriverScript: boolean;
}

/**
 * Parses a script.
 *
 * @param args  the element's arguments, split and without comments
 * @returns the program, or undefined after errors; they are reported at `landmark`
 */
export function parseScript(
  args: readonly string[],
  surroundings: ScriptSurroundings,
  diagnostics: Diagnostics,
  landmark: string,
): Program | undefined {
  const { typeText, lines } = separateType(args);
  const type = parseType(typeText, surroundings);
  if (typeof type === "string") {
    diagnostics.error(landmark, type);
    return undefined;
  }
  const problem = misplaced(type.type, surroundings);
  if (problem !== undefined) {
    diagnostics.error(landmark, problem);
    return undefined;
  }
  const before = diagnostics.errorCount;
  const drafts = lines.flatMap((line) => {
    const draft = parseInstruction(line);
    if (draft?.kind !== "fault") return draft === undefined ? [] : [draft];
    diagnostics.error(landmark, `syntax error at '${draft.name}'`);
    return [];
  });
  const instructions = resolveJumps(complete(drafts, type.type), (label) =>
    diagnostics.error(landmark, `no such label '${label}'`),
  );
  if (diagnostics.errorCount > before) return undefined;
  const exported = drafts.flatMap((draft) => (draft.kind === "init" && draft.exported ? [draft.variable] : []));
  return { ...type, instructions, exported };
}

/** Takes the TYPE argument from among the instructions; the last one counts. */
function separateType(args: readonly string[]): { typeText: string; lines: readonly string[] } {
  let typeText = "";
  const lines: string[] = [];
  for (const argument of args) {
    const keyword = splitKeyword(argument);
    if (keyword?.keyword === "TYPE") typeText = keyword.rest;
    else lines.push(argument);
  }
  return { typeText, lines };
}

const TYPE_WORDS: ReadonlyMap<string, ScriptType> = new Map([
  ["ACTIVE", "active"],
  ["PASSIVE", "passive"],
  ["PACKET", "packet"],
  ["PUSH", "packet"],
  ["PROXY", "proxy"],
  ["DRIVER", "driver"],
]);

/** @returns the type, or what is wrong with the text */
function parseType(text: string, surroundings: ScriptSurroundings): Pick<Program, "type" | "signals"> | string {
  const { word, rest } = shiftWord(text);
  if (word === "") {
    const byPorts = surroundings.inputs > 0 || surroundings.outputs > 0 ? "packet" : "active";
    return { type: surroundings.defaultType ?? byPorts, signals: [] };
  }
  if (word === "SIGNAL") return parseSignals(rest);
  const type = rest === "" ? TYPE_WORDS.get(word) : undefined;
  return type === undefined ? "bad TYPE" : { type, signals: [] };
}

function parseSignals(text: string): Pick<Program, "type" | "signals"> | string {
  const signals: number[] = [];
  for (let remaining = text; remaining !== ""; ) {
    const { word, rest } = shiftWord(remaining);
    const signal = parseSignal(word);
    if (signal === undefined || signal < 0 || signal >= 32) return "bad signal number";
    signals.push(signal);
    remaining = rest;
  }
  return signals.length === 0 ? "bad signal number" : { type: "signal", signals };
}

function misplaced(type: ScriptType, surroundings: ScriptSurroundings): string | undefined {
  if (type === "driver" && surroundings.hasDriverScript) return "router has more than one driver script";
  if (type === "packet") return surroundings.inputs === 0 ? "PACKET script must have inputs" : undefined;
  return surroundings.inputs > 0 || surroundings.outputs > 0 ? "ports allowed only on PACKET scripts" : undefined;
}

/** An instruction whose jump, if it is one, still has its label's name. */
type Draft =
  | Exclude<Instruction, { kind: "goto" | "init" }>
  | { readonly kind: "goto"; readonly label: string; readonly condition: string }
  | (Extract<Instruction, { kind: "init" }> & { readonly exported: boolean });

type Fault = { readonly kind: "fault"; readonly name: string };

/** Instructions by their name without a final `q`. Each gets the rest of the argument, and whether the name had the `q`. */
const PARSERS: Readonly<Record<string, (text: string, quotes: Quotes) => Draft | undefined>> = {
  pause: parsePause,
  wait_step: parsePause,
  wait_stop: parsePause,
  wait: (text) => (text === "" ? parsePause(text) : { kind: "wait", time: text }),
  wait_for: (text) => ({ kind: "wait", time: text }),
  wait_time: (text) => ({ kind: "wait", time: text }),
  print: (text, parameter) => ({ kind: "print", text, newline: "added", parameter }),
  printn: (text, parameter) => ({ kind: "print", text, newline: "as is", parameter }),
  read: (call, parameter) => ({ kind: "read", call, parameter }),
  write: (call, parameter) => ({ kind: "write", call, parameter }),
  save: (text) => parseSave(">", text),
  append: (text) => parseSave(">>", text),
  set: parseSet,
  init: (text, value) => parseInit(text, value, { exported: false }),
  export: (text, value) => parseInit(text, value, { exported: true }),
  label: parseLabel,
  goto: parseGoto,
  loop: (text) => (text === "" ? parseGoto("") : undefined),
  return: (text, value) => ({ kind: "return", text, value }),
  error: (message, quotes) => ({ kind: "finish", ending: quotes === "kept" ? "error" : "errorq", message }),
  end: (text) => parseEnding("end", text),
  exit: (text) => parseEnding("exit", text),
  stop: (text) => parseEnding("stop", text),
};

const HAS_QUOTE_FORM: ReadonlySet<string> = new Set([
  "print",
  "printn",
  "read",
  "write",
  "set",
  "init",
  "export",
  "return",
  "error",
]);

/** @returns undefined for an empty argument */
function parseInstruction(argument: string): Draft | Fault | undefined {
  const { word: name, rest } = shiftWord(argument);
  if (name === "") return undefined;
  const stem = name.endsWith("q") && HAS_QUOTE_FORM.has(name.slice(0, -1)) ? name.slice(0, -1) : name;
  const parser = Object.hasOwn(PARSERS, stem) ? PARSERS[stem] : undefined;
  return parser?.(rest, stem === name ? "kept" : "removed") ?? { kind: "fault", name };
}

function parsePause(text: string): Draft | undefined {
  const count = text === "" ? 1n : readUnsigned(text);
  if (count === undefined || count > 0xffff_ffffn) return undefined;
  return { kind: "pause", count: Number(count) };
}

/** `save HANDLER [FILE]` prints to a file. */
function parseSave(redirection: ">" | ">>", text: string): Draft {
  const { word, rest } = shiftWord(text);
  const file = rest === "" ? "-" : rest;
  return { kind: "print", text: `${redirection}${file} ${word}`, newline: "added", parameter: "kept" };
}

function parseSet(line: string, value: Quotes): Draft | undefined {
  const { word: variable, rest: text } = shiftWord(line);
  return variable === "" || text === "" ? undefined : { kind: "set", variable, text, value };
}

function parseInit(line: string, value: Quotes, { exported }: { exported: boolean }): Draft | undefined {
  const { word: variable, rest: text } = shiftWord(line);
  return variable === "" ? undefined : { kind: "init", variable, text, value, exported };
}

function parseLabel(text: string): Draft | undefined {
  const { word: name, rest } = shiftWord(text);
  return name === "" || rest !== "" ? undefined : { kind: "label", name };
}

function parseGoto(text: string): Draft {
  const { word: label, rest: condition } = shiftWord(text);
  return { kind: "goto", label, condition };
}

function parseEnding(ending: Ending, text: string): Draft | undefined {
  return text === "" ? { kind: "finish", ending, message: "" } : undefined;
}

/** Adds what every script has: a beginning that blocks, and an ending. */
function complete(drafts: readonly Draft[], type: ScriptType): readonly Draft[] {
  const ending: Draft = { kind: "finish", ending: type === "driver" ? "stop" : "end", message: "" };
  const body: readonly Draft[] = drafts.length === 0 && type === "driver" ? [{ kind: "pause", count: 1 }] : drafts;
  const first = body[0]?.kind;
  if (first === "pause" || first === "wait") return [...body, ending];
  return [{ kind: "initial" }, ...body, ending];
}

const ENDINGS: readonly string[] = ["end", "exit", "stop", "error", "errorq"] satisfies Ending[];

function isEnding(label: string): label is Ending {
  return ENDINGS.includes(label);
}

function resolveJumps(drafts: readonly Draft[], reportMissing: (label: string) => void): readonly Instruction[] {
  const labels = labelPositions(drafts);
  return drafts.map((draft): Instruction => {
    if (draft.kind !== "goto") return draft;
    const target = draft.label === "" ? 0 : findLabel(labels, draft.label);
    if (target === undefined) reportMissing(draft.label);
    return { kind: "goto", target: target ?? 0, condition: draft.condition };
  });
}

/** Positions of labels; of two with the same name the first counts. */
export function labelPositions(instructions: readonly { kind: string; name?: string }[]): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  instructions.forEach(({ kind, name }, index) => {
    if (kind === "label" && name !== undefined && !positions.has(name)) positions.set(name, index);
  });
  return positions;
}

/** Where a label leads: a script's own labels first, then the built-in ones. */
export function findLabel(labels: ReadonlyMap<string, number>, label: string): number | Ending | undefined {
  const position = labels.get(label);
  if (position !== undefined) return position;
  if (isEnding(label)) return label;
  return label === "begin" || label === "loop" ? 0 : undefined;
}
