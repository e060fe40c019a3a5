/** A fault in a description: where it is, and what would be right. */
import { ToolstackError } from "./toolstack.ts";

/** Keys and positions from the outermost table inwards. */
export type Path = readonly (string | number)[];

export interface Fault {
  readonly path: Path;
  readonly message: string;
}

/** `vifs[1].mac`; empty for the description itself. */
export function formatPath(path: Path): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${printable(step)}`))
    .join("");
}

/** One line: `vifs[1].mac: MESSAGE`. */
export function formatFault({ path, message }: Fault): string {
  return path.length === 0 ? message : `${formatPath(path)}: ${message}`;
}

/** @throws ToolstackError INVALID with a line for each fault, when there are any */
export function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new ToolstackError("INVALID", faults.map(formatFault));
}

/** The same faults, of a part that stands at `path` in the whole. */
export function within(path: Path, faults: readonly Fault[]): readonly Fault[] {
  return faults.map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
}

/** Characters of a foreign text that a message repeats, at most. */
const MOST_CHARACTERS = 60;

/** A foreign text as it may stand in a message: on one line, without control characters, and not long. */
export function printable(text: string): string {
  const short = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}...` : text;
  return short.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
