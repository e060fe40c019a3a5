/** The part of Click's `click-buildtool` that scripts ask: which elements and features there are. */
import { loadLibrary } from "../library/library.ts";
import type { Terminal } from "./clickCommand.ts";

const USAGE = `Usage: click-buildtool provides [OPTIONS] [REQ...]

Exits with status 0 if all requirements, which are names of element classes or of features,
are provided, and with status 1 otherwise.

Options:
  -q, --query     Print what is provided to standard output.
  -l, --print     Print 0 (not all provided) or 1 (all provided).
  -h, --help      Print this message and exit.
`;

/** What Click's own user-level driver provides besides elements, as far as it holds here. */
const FEATURES = ["userlevel", "int64"];

/**
 * @param words  the command line without the program's name
 * @returns the exit status
 */
export function runBuildtool([command, ...words]: readonly string[], terminal: Terminal): number {
  const options = words.filter((word) => word.startsWith("-"));
  const requirements = words.filter((word) => !word.startsWith("-"));
  if (options.some((option) => option === "-h" || option === "--help") || command === "--help") {
    terminal.print(USAGE);
    return 0;
  }
  const unknown = options.find((option) => !["-q", "--query", "-l", "--print"].includes(option));
  if (command !== "provides" || unknown !== undefined) {
    terminal.printMessage(
      unknown === undefined ? USAGE : `click-buildtool: unrecognized option '${unknown}'\n${USAGE}`,
    );
    return 1;
  }
  const provided = new Set([...FEATURES, ...Object.keys(loadLibrary().catalogue.classes)]);
  if (options.includes("-q") || options.includes("--query")) terminal.print(`${[...provided].sort().join("\n")}\n`);
  const isComplete = requirements.every((requirement) => provided.has(requirement));
  if (options.includes("-l") || options.includes("--print")) terminal.print(isComplete ? "1\n" : "0\n");
  return isComplete ? 0 : 1;
}
