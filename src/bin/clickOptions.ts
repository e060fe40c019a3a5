/** The options of `click`: Click's own, with its abbreviations and combined short forms, and ours (--link, --profile, --element). */

/** When the configuration is linked: behind the running guest, before it starts, or never. */
export type LinkMode = "background" | "eager" | "off";

export interface ClickOptions {
  readonly file?: string;
  readonly expression?: string;
  readonly quit: boolean;
  readonly handlers: readonly string[];
  readonly exitHandler?: string;
  readonly output?: string;
  readonly time: boolean;
  readonly warnings: boolean;
  readonly clickPath?: string;
  /** Nanoseconds at which simulated time starts; undefined = real time. */
  readonly simulatedStart?: bigint;
  readonly parameters: ReadonlyMap<string, string>;
  readonly allowReconfigure: boolean;
  readonly link: LinkMode;
  readonly profile: boolean;
  /** Files of the user's own elements. */
  readonly elementFiles: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
}

/** A fault in the command line; `message`, which may be several lines, is printed before the usage. */
export class UsageError extends Error {
  /** @param speaker  what the line starts with: Click's option parser names the program, its checks afterwards do not */
  constructor(message: string, speaker = "click: ") {
    super(speaker + message);
  }
}

interface OptionKind {
  readonly long: string;
  readonly short?: string;
  readonly argument?: "required" | "optional";
  readonly negatable?: boolean;
}

const OPTIONS: readonly OptionKind[] = [
  { long: "file", short: "f", argument: "required" },
  { long: "expression", short: "e", argument: "required" },
  { long: "quit", short: "q" },
  { long: "handler", short: "h", argument: "required" },
  { long: "exit-handler", short: "x", argument: "required" },
  { long: "output", short: "o", argument: "required" },
  { long: "threads", short: "j", argument: "required" },
  { long: "time", short: "t" },
  { long: "no-warnings", short: "w" },
  { long: "warnings" },
  { long: "clickpath", short: "C", argument: "required" },
  { long: "affinity", short: "a", argument: "optional", negatable: true },
  { long: "cpu", argument: "optional", negatable: true },
  { long: "simtime", argument: "optional" },
  { long: "simulation-time", argument: "optional" },
  { long: "allow-reconfigure", short: "R", negatable: true },
  { long: "link", argument: "required" },
  { long: "profile" },
  { long: "element", argument: "required" },
  { long: "help" },
  { long: "version", short: "v" },
];

/** Where simulated time starts unless told: Click's default. */
const SIMULATED_START = 1_000_000_000_000_000_000n;
const NANOSECONDS = 1_000_000_000;
/** Nanoseconds fit into 64 bits up to the year 2554; well below, time cannot overflow. */
const LAST_SECOND = 10_000_000_000;

/** What has been read so far. */
interface Draft {
  file?: string;
  expression?: string;
  quit: boolean;
  handlers: string[];
  exitHandler?: string;
  output?: string;
  time: boolean;
  warnings: boolean;
  clickPath?: string;
  simulatedStart?: bigint;
  parameters: Map<string, string>;
  allowReconfigure: boolean;
  link: LinkMode;
  profile: boolean;
  elementFiles: string[];
  help: boolean;
  version: boolean;
}

/**
 * @param words  the command line without the program's name
 * @param warn  receives warnings that do not stop anything
 * @throws UsageError
 */
export function parseClickOptions(words: readonly string[], warn: (message: string) => void): ClickOptions {
  const draft: Draft = {
    quit: false,
    handlers: [],
    time: false,
    warnings: true,
    parameters: new Map(),
    allowReconfigure: false,
    link: "background",
    profile: false,
    elementFiles: [],
    help: false,
    version: false,
  };
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--") {
      for (const rest of queue) positional(draft, rest, warn);
      break;
    }
    if (word.startsWith("--")) longOption(draft, word, queue, warn);
    else if (word.startsWith("-") && word !== "-") shortOptions(draft, word, queue, warn);
    else positional(draft, word, warn);
  }
  return draft;
}

function longOption(draft: Draft, word: string, queue: string[], warn: (message: string) => void): void {
  const equals = word.indexOf("=");
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const inline = equals < 0 ? undefined : word.slice(equals + 1);
  const { kind, negated } = findLong(name, word);
  if (kind.argument === undefined) {
    if (inline !== undefined) throw new UsageError(`'--${kind.long}' can't take an argument`);
    apply(draft, kind, `--${kind.long}`, undefined, negated, warn);
    return;
  }
  const value = inline ?? (kind.argument === "required" && !negated ? queue.shift() : undefined);
  if (kind.argument === "required" && value === undefined)
    throw new UsageError(`'--${kind.long}' requires an argument`);
  apply(draft, kind, `--${kind.long}`, value, negated, warn);
}

/** Long options may be abbreviated as long as one option is meant. */
function findLong(name: string, word: string): { kind: OptionKind; negated: boolean } {
  const candidates = OPTIONS.flatMap((kind) => [
    { kind, negated: false, spelling: kind.long },
    ...(kind.negatable ? [{ kind, negated: true, spelling: `no-${kind.long}` }] : []),
  ]);
  const exact = candidates.find(({ spelling }) => spelling === name);
  if (exact) return exact;
  const matching = candidates.filter(({ spelling }) => spelling.startsWith(name));
  const [only] = matching;
  if (!only || name === "") throw new UsageError(`unrecognized option '${word.split("=")[0]}'`);
  if (matching.length > 1)
    throw new UsageError(
      `option '${word}' is ambiguous\nclick: (Possibilities are ${enumerate(matching.map(({ spelling }) => `'--${spelling}'`))}.)`,
    );
  return only;
}

/** As English lists things: "a and b", "a, b, and c". */
function enumerate(names: readonly string[]): string {
  return names.length > 2 ? `${names.slice(0, -1).join(", ")}, and ${names.at(-1)}` : names.join(" and ");
}

function shortOptions(draft: Draft, word: string, queue: string[], warn: (message: string) => void): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const kind = OPTIONS.find(({ short }) => short === letter);
    if (!kind) throw new UsageError(`unrecognized option '-${letter}'`);
    if (kind.argument === undefined) {
      apply(draft, kind, `-${letter}`, undefined, false, warn);
      continue;
    }
    const rest = word.slice(at + 1);
    const value = rest !== "" ? rest.replace(/^=/, "") : kind.argument === "required" ? queue.shift() : undefined;
    if (kind.argument === "required" && value === undefined) throw new UsageError(`'-${letter}' requires an argument`);
    apply(draft, kind, `-${letter}`, value, false, warn);
    return;
  }
}

function apply(
  draft: Draft,
  kind: OptionKind,
  spelling: string,
  value: string | undefined,
  negated: boolean,
  warn: (message: string) => void,
): void {
  const text = value ?? "";
  switch (kind.long) {
    case "file":
      setSource(draft, { file: text });
      break;
    case "expression":
      setSource(draft, { expression: text });
      break;
    case "quit":
      draft.quit = true;
      break;
    case "handler":
      draft.handlers.push(text);
      break;
    case "exit-handler":
      if (draft.exitHandler !== undefined) throw new UsageError("--exit-handler specified twice", "");
      draft.exitHandler = text;
      break;
    case "output":
      if (draft.output !== undefined) throw new UsageError("output file specified twice", "");
      draft.output = text;
      break;
    case "time":
      draft.time = true;
      break;
    case "no-warnings":
      draft.warnings = false;
      break;
    case "warnings":
      draft.warnings = true;
      break;
    case "clickpath":
      draft.clickPath = text;
      break;
    case "threads":
      checkInteger(spelling, text);
      if (Number(text) > 1) warn("warning: one guest runs on one thread; --threads has no effect");
      break;
    case "affinity":
    case "cpu":
      if (value !== undefined) checkInteger(spelling, value);
      warn("warning: CPU affinity is not supported on this platform");
      break;
    case "simtime":
    case "simulation-time":
      draft.simulatedStart = value === undefined ? SIMULATED_START : parseTime(spelling, text);
      break;
    case "allow-reconfigure":
      draft.allowReconfigure = !negated;
      break;
    case "link":
      draft.link = parseLinkMode(text);
      break;
    case "profile":
      draft.profile = true;
      break;
    case "element":
      draft.elementFiles.push(text);
      break;
    case "help":
      draft.help = true;
      break;
    case "version":
      draft.version = true;
      break;
  }
}

function checkInteger(spelling: string, text: string): void {
  if (!/^[-+]?\d+$/.test(text)) throw new UsageError(`'${spelling}' expects an integer, not '${text}'`);
}

/** Seconds since 1970. Times before that are not for a guest. */
function parseTime(spelling: string, text: string): bigint {
  const match = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (match) return BigInt(match[1] ?? 0) * BigInt(NANOSECONDS) + BigInt((match[2] ?? "").padEnd(9, "0"));
  const seconds = text.trim() === "" ? Number.NaN : Number(text);
  if (!(seconds >= 0 && seconds < LAST_SECOND))
    throw new UsageError(`'${spelling}' expects a real number, not '${text}'`);
  return BigInt(Math.round(seconds * 1000)) * BigInt(NANOSECONDS / 1000);
}

function parseLinkMode(text: string): LinkMode {
  if (text === "background" || text === "eager" || text === "off") return text;
  throw new UsageError(`'--link' expects background, eager or off, not '${text}'`);
}

function setSource(draft: Draft, source: { file: string } | { expression: string }): void {
  if (draft.file !== undefined || draft.expression !== undefined)
    throw new UsageError("router configuration specified twice", "");
  Object.assign(draft, source);
}

/** NAME=VALUE defines a parameter; anything else is the configuration file. */
function positional(draft: Draft, word: string, warn: (message: string) => void): void {
  const parameter = /^(\w+)=/s.exec(word);
  if (!parameter?.[1]) {
    setSource(draft, { file: word });
    return;
  }
  if (draft.parameters.has(parameter[1])) warn(`parameter '${parameter[1]}' multiply defined`);
  else draft.parameters.set(parameter[1], word.slice(parameter[0].length));
}

export const USAGE = `'Click' runs a Click router configuration as a guest machine: the configuration is
compiled into a small WebAssembly image, which moves the packets.

Usage: click [OPTION]... [ROUTERFILE]

Options:
  -f, --file FILE               Read router configuration from FILE.
  -e, --expression EXPR         Use EXPR as router configuration.
  -h, --handler ELEMENT.H       Call ELEMENT's read handler H after running
                                driver and print result to standard output.
  -x, --exit-handler ELEMENT.H  Use value of ELEMENT's read handler H as exit
                                status.
  -o, --output FILE             Write flat configuration to FILE.
  -q, --quit                    Do not run driver.
  -t, --time                    Print information on how long driver took.
  -w, --no-warnings             Do not print warnings.
  -C, --clickpath PATH          Use PATH for CLICKPATH.
  -R, --allow-reconfigure       Provide a writable 'hotconfig' handler.
  -j, --threads N               Accepted; one guest runs on one thread.
      --simtime[=T]             Run in simulation time, from T (1000000000).
      --link=MODE               Link the configuration into an image of its own:
                                background (default), eager, or off.
      --profile                 Print packets and time of each element at the end.
      --element FILE            Compile the element in FILE and add it to the library.
      --help                    Print this message and exit.
  -v, --version                 Print version number and exit.
`;
