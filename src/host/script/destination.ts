/** Where `print` prints: standard output, or the file that its text begins with. */

import { shiftWord } from "../../language/argumentText.ts";
import type { Diagnostics } from "../../language/diagnostics.ts";
import type { ScriptEnvironment } from "./environment.ts";

/** An open destination, for one piece of output. */
export interface Destination {
  /** What is to be printed. */
  readonly text: string;
  write(output: string): void;
}

/**
 * Takes `>FILE` or `>>FILE` from the front of what is to be printed, and opens the file before anything is expanded: what
 * is printed may read it. The file's name is taken as it is written, without substitution.
 *
 * @returns undefined after an error, which is reported
 */
export function openDestination(
  text: string,
  environment: ScriptEnvironment,
  diagnostics: Diagnostics,
): Destination | undefined {
  const write = (output: string) => environment.print(output);
  if (!text.startsWith(">")) return { text, write };
  const mode = text.startsWith(">>") ? "append" : "truncate";
  const { word: path, rest } = shiftWord(text.slice(mode === "append" ? 2 : 1));
  if (path === "" || path === "-") return { text: rest, write };
  const opened = environment.openFile(path, mode);
  if (!opened.ok) {
    diagnostics.error("", opened.message);
    return undefined;
  }
  const file = opened.value;
  return {
    text: rest,
    write(output) {
      file.write(output);
      file.close();
    },
  };
}
