/** The whole way from a file's bytes to a flat configuration. */
import { configurationText } from "./archive.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { type Configuration, type FlattenOptions, flatten } from "./flatten.ts";
import { parseConfiguration } from "./parse.ts";

/**
 * Reads a configuration: text or archive, parsed and flattened, with all faults reported in the order in which Click does.
 *
 * @param text  Unicode text, or the file's bytes
 * @param file  the name for landmarks: the path, `config` for text from a command line, `<stdin>`
 * @returns what could be understood; usable only if no error was reported
 */
export function readConfiguration(
  text: string | Uint8Array,
  file: string,
  options: FlattenOptions,
  diagnostics: Diagnostics,
): Configuration {
  const source = configurationText(text, file, diagnostics);
  if (source === undefined) return { elements: [], connections: [], requirements: [] };
  return flatten(parseConfiguration(source, file), options, diagnostics);
}
