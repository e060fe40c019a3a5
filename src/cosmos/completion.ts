/** What may come next on a command line: the words that shells offer. */
import type { Argument, Command, Option } from "commander";
import type { Toolstack } from "../domain/toolstack.ts";

export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** What the shell shall offer: these words, or names of files. */
export type Completion =
  | { readonly kind: "words"; readonly candidates: readonly Candidate[] }
  | { readonly kind: "files" };

const FILES: Completion = { kind: "files" };

/** Where the last word stands on a command line. */
interface Position {
  readonly command: Command;
  /** Words of the command before the last one that are neither options nor their values. */
  readonly operands: readonly string[];
  /** The option whose value the last word is. */
  readonly option: Option | undefined;
  /** Values of options so far, under their attributes' names. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * @param words  the command line without the command's name; the last one, perhaps empty, is being typed
 * @param open  opens the toolstack that the options name; its failure means no names
 */
export async function complete(
  program: Command,
  words: readonly string[],
  open: (options: ReadonlyMap<string, string>) => Promise<Toolstack>,
): Promise<Completion> {
  const typed = words.at(-1) ?? "";
  const position = locate(program, words.slice(0, -1));
  const candidates = await candidatesAt(position, typed, () => open(position.values));
  if (candidates === undefined) return FILES;
  return { kind: "words", candidates: candidates.filter(({ word }) => word.startsWith(typed)) };
}

function locate(program: Command, words: readonly string[]): Position {
  let command = program;
  let option: Option | undefined;
  let operands: string[] = [];
  const values = new Map<string, string>();
  for (const word of words) {
    if (option) {
      values.set(option.attributeName(), word);
      option = undefined;
      continue;
    }
    if (word.startsWith("-") && word !== "-") {
      option = findOption(program, command, word);
      continue;
    }
    const next = operands.length === 0 ? subcommand(command, word) : undefined;
    if (next) command = next;
    else operands = [...operands, word];
  }
  return { command, operands, option, values };
}

/** The option that waits for a value behind this word. */
function findOption(program: Command, command: Command, word: string): Option | undefined {
  return optionsOf(program, command).find(
    ({ long, short, required }) => required && (word === long || (short !== undefined && word === short)),
  );
}

function optionsOf(program: Command, command: Command): readonly Option[] {
  const own = command.createHelp().visibleOptions(command);
  return command === program ? own : [...own, ...program.options];
}

function subcommand(command: Command, word: string): Command | undefined {
  return command.commands.find((each) => each.name() === word || each.aliases().includes(word));
}

/** @returns undefined where a file's name may stand */
async function candidatesAt(
  { command, operands, option }: Position,
  typed: string,
  open: () => Promise<Toolstack>,
): Promise<readonly Candidate[] | undefined> {
  if (option) return option.argChoices?.map((word) => ({ word, description: "" }));
  if (typed.startsWith("-")) return describeOptions(optionsOf(rootOf(command), command));
  if (command.commands.length > 0 && operands.length === 0) return describeCommands(command);
  const argument = argumentAt(command, operands.length);
  if (argument?.argChoices) return argument.argChoices.map((word) => ({ word, description: "" }));
  const source = argument && NAMES[argument.name()];
  if (!source) return undefined;
  return open()
    .then((toolstack) => source(toolstack, operands))
    .catch(() => []);
}

function rootOf(command: Command): Command {
  return command.parent ? rootOf(command.parent) : command;
}

/** A variadic argument takes all that follows. */
function argumentAt({ registeredArguments }: Command, index: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic ? last : undefined);
}

function describeOptions(options: readonly Option[]): Candidate[] {
  return options.flatMap(({ long, description }) => (long ? [{ word: long, description }] : []));
}

function describeCommands(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ word: each.name(), description: each.description() }));
}

/** Where the names come from that stand for an argument, by the argument's name. */
const NAMES: Readonly<Record<string, (toolstack: Toolstack, operands: readonly string[]) => Promise<Candidate[]>>> = {
  domain: async (toolstack) => (await toolstack.list()).map(({ name, state }) => ({ word: name, description: state })),
  network: async (toolstack) =>
    (await toolstack.networks()).map(({ name, kind }) => ({ word: name, description: kind })),
  chain: async (toolstack) => (await toolstack.chains()).map(({ name }) => ({ word: name, description: "chain" })),
  vif: vifs,
  element: elements,
  place: async (toolstack, operands) => [
    ...(await vifs(toolstack, operands)),
    ...(await elements(toolstack, operands)),
  ],
  handler: async (toolstack, [domain = "", ...words]) => {
    if (words.length > 0) return [];
    const handlers = await toolstack.handlers(domain);
    return handlers.map(({ element, name, class: className }) => ({
      word: element === "" ? name : `${element}.${name}`,
      description: className,
    }));
  },
};

async function vifs(toolstack: Toolstack, [domain = ""]: readonly string[]): Promise<Candidate[]> {
  const information = await toolstack.information(domain);
  return information.vifs.map(({ name, attach }) => ({ word: name, description: attach }));
}

async function elements(toolstack: Toolstack, [domain = ""]: readonly string[]): Promise<Candidate[]> {
  const classes = new Map((await toolstack.handlers(domain)).map((each) => [each.element, each.class]));
  return [...classes].filter(([word]) => word !== "").map(([word, description]) => ({ word, description }));
}
