/** Mappers: their patterns become records in the guest, which rewriters refer to. */
import type { HostedElement } from "../../src/library/hostHalf.ts";
import {
  MAPPER_HEADER_SIZE,
  type Outputs,
  type PatternWithOutputs,
  parsePatternWithOutputs,
  RECORD_SIZE,
  writeRecord,
} from "./inputSpec.host.ts";

/** Bytes of a place on the ring: key, number of the pattern. */
const RING_ENTRY_SIZE = 8;

/** The outputs of each mapper's patterns, for rewriters to check. */
const outputsOf = new WeakMap<HostedElement, readonly Outputs[]>();

/** The outputs that a mapper may choose, by pattern. */
export function mapperOutputs(mapper: HostedElement): readonly Outputs[] {
  return outputsOf.get(mapper) ?? [];
}

/** Reads patterns with outputs. Faults go to the element. */
export function parsePatterns(element: HostedElement, texts: readonly string[]): readonly PatternWithOutputs[] {
  const parsed = texts.map((text) => parsePatternWithOutputs(element, text));
  for (const result of parsed) if (typeof result === "string") element.error(result);
  return parsed.flatMap((result) => (typeof result === "string" ? [] : result));
}

/**
 * The ring of a mapper that hashes: places in order of their keys, and the number of the pattern that serves hashes
 * beyond the last.
 */
export interface Ring {
  readonly entries: readonly { readonly key: number; readonly pattern: number }[];
  readonly fallback: number;
}

/** Puts a mapper's record into the field `mapper` (inputSpec.ts). */
export function putMapper(element: HostedElement, patterns: readonly PatternWithOutputs[], ring?: Ring): void {
  const ringStart = MAPPER_HEADER_SIZE + patterns.length * RECORD_SIZE;
  const entries = ring?.entries ?? [];
  const record = Buffer.alloc(ringStart + entries.length * RING_ENTRY_SIZE);
  record.writeUInt32LE(patterns.length, 0);
  record.writeUInt32LE(entries.length, 8);
  record.writeUInt32LE(ring?.fallback ?? 0, 12);
  entries.forEach(({ key, pattern }, index) => {
    record.writeUInt32LE(key, ringStart + index * RING_ENTRY_SIZE);
    record.writeUInt32LE(pattern, ringStart + index * RING_ENTRY_SIZE + 4);
  });
  patterns.forEach((pattern, index) => {
    const start = MAPPER_HEADER_SIZE + index * RECORD_SIZE;
    writeRecord(record.subarray(start, start + RECORD_SIZE), { kind: "pattern", ...pattern }, index);
  });
  element.setTable("mapper", record);
  outputsOf.set(
    element,
    patterns.map(({ outputs }) => outputs),
  );
}
