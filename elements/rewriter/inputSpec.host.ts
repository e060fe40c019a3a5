/** Input specifications: from text to what is written into the guest's records, and from these back to text. */
import { shiftWord, splitWords } from "../../src/language/argumentText.ts";
import type { HostedElement } from "../../src/library/hostHalf.ts";
import { readWord } from "../net/words.host.ts";
import { formatPattern, type Pattern, parsePattern } from "./pattern.host.ts";

/** What to do with packets of unknown flows. `outputs`: where a flow's packets go, and replies. */
export type InputSpecification =
  | { readonly kind: "drop" }
  | { readonly kind: "pass"; readonly output: number }
  | { readonly kind: "keep"; readonly outputs: Outputs }
  | { readonly kind: "pattern"; readonly outputs: Outputs; readonly pattern: Pattern }
  | { readonly kind: "mapper"; readonly mapper: HostedElement };

export interface Outputs {
  readonly forward: number;
  readonly reply: number;
}

/** Classes that can stand for a specification. */
const MAPPERS: readonly string[] = ["RoundRobinIPMapper", "SourceIPHashMapper"];

/** @returns the specification, or Click's message */
export function parseInputSpecification(element: HostedElement, text: string): InputSpecification | string {
  const { word, rest } = shiftWord(text);
  switch (word) {
    case "":
      return "empty argument";
    case "pass":
    case "passthrough":
    case "nochange":
      return parsePass(element, rest);
    case "keep":
      return parseKeep(element, rest);
    case "drop":
    case "discard":
      return rest === "" ? { kind: "drop" } : `syntax error, expected '${word}'`;
    case "pattern":
    case "xpattern":
      return parsePatternSpecification(element, rest);
    default:
      return parseMapper(element, word, rest);
  }
}

function parsePass(element: HostedElement, text: string): InputSpecification | string {
  const output = text === "" ? 0 : readWord<number>(element, "int", text);
  if (output === undefined) return "syntax error, expected 'nochange [OUTPUT]'";
  return isOutput(element, output) ? { kind: "pass", output } : "output port out of range";
}

function parseKeep(element: HostedElement, text: string): InputSpecification | string {
  const outputs = parseOutputs(element, splitWords(text));
  if (typeof outputs === "string") return outputs;
  return areOutputs(element, outputs) ? { kind: "keep", outputs } : "output port out of range";
}

function parsePatternSpecification(element: HostedElement, text: string): InputSpecification | string {
  const parsed = parsePatternWithOutputs(element, text);
  if (typeof parsed === "string") return parsed;
  return areOutputs(element, parsed.outputs) ? { kind: "pattern", ...parsed } : "output port out of range";
}

function parseMapper(element: HostedElement, name: string, rest: string): InputSpecification | string {
  const mapper = element.find(name);
  if (!mapper) return "unknown specification";
  if (rest !== "") return "syntax error, expected element name";
  return MAPPERS.some((mapperClass) => mapper.isA(mapperClass))
    ? { kind: "mapper", mapper }
    : "element is not an IPMapper";
}

export interface PatternWithOutputs {
  readonly pattern: Pattern;
  readonly outputs: Outputs;
}

/** Reads a pattern and two outputs. @returns both, or Click's message */
export function parsePatternWithOutputs(element: HostedElement, text: string): PatternWithOutputs | string {
  const words = splitWords(text);
  if (words.length <= 2) return "syntax error";
  const pattern = parsePattern(element, words.slice(0, -2));
  if (typeof pattern === "string") return pattern;
  const outputs = parseOutputs(element, words.slice(-2));
  return typeof outputs === "string" ? outputs : { pattern, outputs };
}

function parseOutputs(element: HostedElement, words: readonly string[]): Outputs | string {
  const forward = readWord<number>(element, "int", words[0] ?? "");
  if (words.length !== 2 || forward === undefined) return "bad forward port";
  const reply = readWord<number>(element, "int", words[1] ?? "");
  return reply === undefined ? "bad reply port" : { forward, reply };
}

function isOutput(element: HostedElement, output: number): boolean {
  return output >= 0 && output < element.nOutputs;
}

/** Whether an element has both outputs. */
export function areOutputs(element: HostedElement, { forward, reply }: Outputs): boolean {
  return isOutput(element, forward) && isOutput(element, reply);
}

/** Bytes of a record, and of a mapper's record before its specifications (inputSpec.ts). */
export const RECORD_SIZE = 64;
export const MAPPER_HEADER_SIZE = 16;

/** Kinds by number in the guest. */
const KINDS = ["drop", "pass", "keep", "pattern", "mapper"] as const;

/** Where the fields of a record lie. */
const AT = {
  kind: 0,
  forward: 4,
  reply: 8,
  count: 12,
  input: 20,
  mapper: 24,
  flags: 32,
  source: 36,
  destination: 40,
  sourcePort: 44,
  destinationPort: 46,
  variationTop: 48,
} as const;
const FLAG_PORTS = 1;
const FLAG_SEQUENTIAL = 2;
const FLAG_SAME_FIRST = 4;

/**
 * Fills in the record of input number `input`; its counts become zero. The address of a mapper's record is set later.
 */
export function writeRecord(record: Buffer, specification: InputSpecification, input: number): void {
  record.fill(0);
  record.writeUInt32LE(KINDS.indexOf(specification.kind), AT.kind);
  record.writeUInt32LE(input, AT.input);
  if (specification.kind === "pass") record.writeInt32LE(specification.output, AT.forward);
  if (specification.kind === "keep" || specification.kind === "pattern") {
    record.writeInt32LE(specification.outputs.forward, AT.forward);
    record.writeInt32LE(specification.outputs.reply, AT.reply);
  }
  if (specification.kind === "pattern") writePattern(record, specification.pattern);
}

/** Addresses and ports lie in the guest as in packets. */
function writePattern(record: Buffer, pattern: Pattern): void {
  const flags =
    (pattern.ports ? FLAG_PORTS : 0) |
    (pattern.sequential ? FLAG_SEQUENTIAL : 0) |
    (pattern.sameFirst ? FLAG_SAME_FIRST : 0);
  record.writeUInt32LE(flags, AT.flags);
  record.writeUInt32BE(pattern.source, AT.source);
  record.writeUInt32BE(pattern.destination, AT.destination);
  record.writeUInt16BE(pattern.sourcePort, AT.sourcePort);
  record.writeUInt16BE(pattern.destinationPort, AT.destinationPort);
  record.writeUInt32LE(pattern.variationTop, AT.variationTop);
}

/** Sets the address of the mapper's record. */
export function writeMapper(record: Buffer, mapper: number): void {
  record.writeUInt32LE(mapper, AT.mapper);
}

/** A record as the `patterns` handler prints it: the specification, and how many flows it has. */
export function formatRecord(record: Buffer): string {
  const kind = KINDS[record.readUInt32LE(AT.kind)] ?? "drop";
  const count = record.readUInt32LE(AT.count);
  const text = kind === "pattern" ? formatPattern(readPattern(record)) : kind === "pass" ? "<nochange>" : `<${kind}>`;
  return `${text}${count > 0 ? ` [${count}]` : ""}\n`;
}

function readPattern(record: Buffer): Pattern {
  const flags = record.readUInt32LE(AT.flags);
  return {
    source: record.readUInt32BE(AT.source),
    sourcePort: record.readUInt16BE(AT.sourcePort),
    destination: record.readUInt32BE(AT.destination),
    destinationPort: record.readUInt16BE(AT.destinationPort),
    ports: (flags & FLAG_PORTS) !== 0,
    variationTop: record.readUInt32LE(AT.variationTop),
    sequential: (flags & FLAG_SEQUENTIAL) !== 0,
    sameFirst: (flags & FLAG_SAME_FIRST) !== 0,
  };
}
