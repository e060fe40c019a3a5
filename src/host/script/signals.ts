/** Signals by name or number, as scripts write them. */

import { constants } from "node:os";
import { readInt } from "./numbers.ts";

const NAMES: readonly string[] = ["ABRT", "ALRM", "HUP", "INT", "IO", "PIPE", "QUIT", "TERM", "TSTP", "USR1", "USR2"];

/** @returns the signal's number, negative or too large ones included; undefined when the word is no signal */
export function parseSignal(word: string): number | undefined {
  if (!NAMES.includes(word)) return readInt(word);
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return numbers[`SIG${word}`];
}
