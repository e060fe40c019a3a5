/** IPRewriterPatterns: puts named patterns where rewriters look for them, before these are configured. */
import { shiftWord, splitWords } from "../../src/language/argumentText.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { defineNamedPattern, findNamedPattern } from "./namedPatterns.host.ts";
import { parsePattern } from "./pattern.host.ts";

/** Click's CONFIGURE_PHASE_INFO. */
const PHASE_INFO = 20;

export const hostHalf: HostHalf = {
  phase: PHASE_INFO,
  configure(element, _values, rest) {
    for (const text of rest) define(element, text);
  },
};

function define(element: HostedElement, text: string): void {
  const { word: name, rest } = shiftWord(text);
  if (name === "") return;
  if (findNamedPattern(element, name)) {
    element.error(`pattern '${name}' already defined`);
    return;
  }
  const pattern = parsePattern(element, splitWords(rest));
  if (typeof pattern === "string") element.error(pattern);
  else defineNamedPattern(element, name, pattern);
}
