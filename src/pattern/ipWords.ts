/** The words of IP patterns, and what a word can mean. */

import type { Names } from "../library/arguments/names.ts";
import { ICMP_TYPE, Kind, NAMED_FIELDS, NO_PROTOCOL, protocolText, subjectText } from "./ipSubject.ts";
import { PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_TCP_OR_UDP, PROTOCOL_UDP, TCP_FLAGS } from "./protocols.ts";

const WORD_CHARACTER = /[0-9A-Za-z\-./@_:]/;
const SPACE = /\s/;

/** Splits a pattern into words and operators. Space at its end gives an empty last word, as in Click. */
export function splitPattern(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    while (at < text.length && SPACE.test(text[at]!)) at++;
    const first = text[at] ?? "";
    const second = text[at + 1] ?? "";
    const doubled = "&|".includes(first) ? second === first : "<>!=".includes(first) && second === "=";
    let end = at + (first !== "" && doubled ? 2 : 1);
    if (WORD_CHARACTER.test(first)) while (end < text.length && WORD_CHARACTER.test(text[end]!)) end++;
    words.push(text.slice(at, end));
    at = end;
  }
  return words;
}

/** Words that say what a test is about. `syntax` words have a meaning of their own and never name a value. */
const SUBJECTS: ReadonlyMap<string, number | "syntax"> = new Map<string, number | "syntax">([
  ["ce", Kind.CONGESTED],
  ["dest", "syntax"],
  ["dst", "syntax"],
  ["ect", Kind.ECN],
  ["ether", "syntax"],
  ["frag", Kind.FRAGMENT],
  ["host", Kind.HOST],
  ["ip", "syntax"],
  ["net", Kind.NET],
  ["not", "syntax"],
  ["opt", Kind.TCP_FLAG],
  ["port", Kind.PORT],
  ["proto", Kind.PROTOCOL],
  ["src", "syntax"],
  ["unfrag", Kind.UNFRAGMENTED],
  ...NAMED_FIELDS,
]);

/** A word's meaning: the kind of thing it names and its number. `Kind.SUBJECT` if it is itself the name of a kind. */
export interface Meaning {
  readonly kind: number;
  readonly value: number;
}

/**
 * Looks up what `word` means after the subject `kind` and the transport protocol `protocol`.
 *
 * @param report  called with a message when the word has several meanings, or meanings that do not fit
 * @returns undefined for a word without a meaning, "unclear" after a report
 */
export function lookUp(
  word: string,
  kind: number,
  protocol: number,
  names: Names,
  report?: (text: string) => void,
): Meaning | "unclear" | undefined {
  const subject = kind === Kind.NONE ? SUBJECTS.get(word) : undefined;
  if (subject === "syntax") return undefined;
  if (subject !== undefined) return { kind: Kind.SUBJECT, value: subject };

  const tcp = protocol === NO_PROTOCOL || protocol === PROTOCOL_TCP || protocol === PROTOCOL_TCP_OR_UDP;
  const udp = protocol === NO_PROTOCOL || protocol === PROTOCOL_UDP || protocol === PROTOCOL_TCP_OR_UDP;
  const icmp = protocol === NO_PROTOCOL || protocol === PROTOCOL_ICMP;
  const found = [
    { kind: Kind.PROTOCOL, value: names.protocol(word), fits: true },
    { kind: Kind.PORT, value: names.port(word, PROTOCOL_TCP), fits: tcp },
    { kind: Kind.PORT, value: names.port(word, PROTOCOL_UDP), fits: udp },
    { kind: Kind.TCP_FLAG, value: TCP_FLAGS.get(word), fits: tcp },
    { kind: ICMP_TYPE, value: names.icmpType(word), fits: icmp },
  ].filter((meaning): meaning is Meaning & { fits: boolean } => meaning.value !== undefined);
  if (found.length === 0) return undefined;

  const fitting = found.filter((meaning) => meaning.fits && (kind === Kind.NONE || kind === meaning.kind));
  const [only, second] = fitting;
  const samePort =
    second !== undefined && only?.kind === Kind.PORT && second.kind === Kind.PORT && only.value === second.value;
  if (only !== undefined && fitting.length - (samePort ? 1 : 0) === 1) return only;

  const suggestions = found.map((meaning) => `'${withWord(meaning.kind, protocol, word)}'`).join(", ");
  const problem = fitting.length > 1 ? "ambiguous" : "meaningless";
  report?.(`'${withWord(kind, protocol, word)}' is ${problem}; try ${suggestions}`);
  return "unclear";
}

function withWord(kind: number, protocol: number, word: string): string {
  return `${subjectText(undefined, kind)} ${protocolText(protocol)} ${word}`;
}
