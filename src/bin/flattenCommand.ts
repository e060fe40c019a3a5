/** The `click-flatten` command: prints a configuration without compound elements, as Click's tool does. Classes need not exist. */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  type Configuration,
  Diagnostics,
  libraryReader,
  printConfiguration,
  readConfiguration,
} from "../language/index.ts";
import { systemErrorText } from "../library/systemError.ts";
import { VERSION } from "../router/version.ts";
import type { Terminal } from "./clickCommand.ts";

const USAGE = `'Click-flatten' prints a configuration with its compound elements and variables
replaced by what they stand for. Element classes need not be known.

Usage: click-flatten [OPTION]... [ROUTERFILE]

Options:
  -c, --classes             Print the classes that the configuration uses.
  -n, --names               Print the names of its elements.
  -d, --declarations        Print the declarations of its elements.
  -f, --file FILE           Read router configuration from FILE.
  -e, --expression EXPR     Use EXPR as router configuration.
      --config              Print the configuration; this is the default.
      --expand-vars         Accepted; variables are always expanded.
  -o, --output FILE         Write to FILE.
  -C, --clickpath PATH      Use PATH for CLICKPATH.
      --help                Print this message and exit.
  -v, --version             Print version number and exit.
`;

/** A fault in the command line; the usage follows it. */
class CommandLineError extends Error {}

const OPTIONS = {
  classes: { type: "boolean", short: "c" },
  names: { type: "boolean", short: "n" },
  declarations: { type: "boolean", short: "d" },
  file: { type: "string", short: "f" },
  expression: { type: "string", short: "e" },
  config: { type: "boolean" },
  "expand-vars": { type: "boolean" },
  output: { type: "string", short: "o" },
  clickpath: { type: "string", short: "C" },
  help: { type: "boolean" },
  version: { type: "boolean", short: "v" },
} as const;

type OptionName = keyof typeof OPTIONS;
type View = "configuration" | "classes" | "names" | "declarations";

interface FlattenOptions {
  view: View;
  file?: string;
  expression?: string;
  output?: string;
  clickPath?: string;
  readonly parameters: Map<string, string>;
  answer?: string;
}

/**
 * Runs the command.
 * @param words  the command line without the program's name
 * @returns the exit status
 */
export function runFlatten(words: readonly string[], terminal: Terminal): number {
  let options: FlattenOptions;
  try {
    options = parseOptions(words);
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error;
    terminal.printMessage(
      `click-flatten: ${error.message}\nUsage: click-flatten [OPTION]... [ROUTERFILE]\nTry 'click-flatten --help' for more information.\n`,
    );
    return 1;
  }
  if (options.answer !== undefined) {
    terminal.print(options.answer);
    return 0;
  }
  const configuration = read(options, terminal);
  return configuration && write(options, view(configuration, options.view), terminal) ? 0 : 1;
}

function parseOptions(words: readonly string[]): FlattenOptions {
  const options: FlattenOptions = { view: "configuration", parameters: new Map() };
  const { tokens } = parseArgs({
    args: [...words],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") setPositional(options, token.value);
    else if (token.kind === "option") setOption(options, token.name, token.rawName, token.value);
  }
  return options;
}

function setOption(options: FlattenOptions, name: string, rawName: string, value: string | undefined): void {
  if (!isOption(name)) throw new CommandLineError(`unrecognized option '${rawName}'`);
  if (OPTIONS[name].type === "boolean" && value !== undefined)
    throw new CommandLineError(`'${rawName}' can't take an argument`);
  if (OPTIONS[name].type === "string" && value === undefined)
    throw new CommandLineError(`'${rawName}' requires an argument`);
  const text = value ?? "";
  switch (name) {
    case "classes":
    case "names":
    case "declarations":
      options.view = name;
      break;
    case "config":
      options.view = "configuration";
      break;
    case "expand-vars":
      break;
    case "file":
      setSource(options, { file: text });
      break;
    case "expression":
      setSource(options, { expression: text });
      break;
    case "output":
      if (options.output !== undefined) throw new CommandLineError("--output file specified twice");
      options.output = text;
      break;
    case "clickpath":
      options.clickPath = text;
      break;
    case "help":
      options.answer ??= USAGE;
      break;
    case "version":
      options.answer ??= `click-flatten (Click) ${VERSION}\n`;
      break;
  }
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

/** NAME=VALUE defines a parameter; anything else is the configuration file. */
function setPositional(options: FlattenOptions, word: string): void {
  const name = /^(\w+)=/.exec(word)?.[1];
  if (name === undefined) setSource(options, { file: word });
  else options.parameters.set(name, word.slice(name.length + 1));
}

function setSource(options: FlattenOptions, source: { file: string } | { expression: string }): void {
  if (options.file !== undefined || options.expression !== undefined)
    throw new CommandLineError("router configuration specified twice");
  Object.assign(options, source);
}

/** @returns undefined when a fault was printed */
function read(options: FlattenOptions, terminal: Terminal): Configuration | undefined {
  const diagnostics = new Diagnostics((line) => terminal.printMessage(`${line}\n`));
  const source = readSource(options, terminal);
  if (!source) return undefined;
  const surroundings = {
    isClass: () => false,
    takesUnknownClasses: true,
    readLibrary: libraryReader(options.clickPath ?? process.env.CLICKPATH),
    parameters: options.parameters,
  };
  const configuration = readConfiguration(source.text, source.name, surroundings, diagnostics);
  return diagnostics.errorCount > 0 ? undefined : configuration;
}

function readSource(
  { file, expression }: FlattenOptions,
  terminal: Terminal,
): { readonly text: Uint8Array; readonly name: string } | undefined {
  if (expression !== undefined) return { text: Buffer.from(expression), name: "config" };
  const isStandardInput = file === undefined || file === "-";
  const name = isStandardInput ? "<stdin>" : file;
  try {
    return { text: isStandardInput ? terminal.readStandardInput() : readFileSync(file), name };
  } catch (error) {
    terminal.printMessage(`${name}: ${systemErrorText(error)}\n`);
    return undefined;
  }
}

function view(configuration: Configuration, kind: View): string {
  const { elements } = configuration;
  switch (kind) {
    case "configuration":
      return printConfiguration(configuration);
    case "classes":
      return sortedLines(elements.map(({ className }) => className));
    case "names":
      return sortedLines(elements.map(({ name }) => name));
    case "declarations":
      return sortedLines(elements.map(({ name, className }) => `${name} :: ${className}`));
  }
}

function sortedLines(lines: readonly string[]): string {
  return [...new Set(lines)]
    .sort()
    .map((line) => `${line}\n`)
    .join("");
}

/** @returns false when a fault was printed */
function write({ output }: FlattenOptions, text: string, terminal: Terminal): boolean {
  if (output === undefined || output === "-") {
    terminal.print(text);
    return true;
  }
  try {
    writeFileSync(output, Buffer.from(text, "latin1"));
    return true;
  } catch (error) {
    terminal.printMessage(`${output}: ${systemErrorText(error)}\n`);
    return false;
  }
}
