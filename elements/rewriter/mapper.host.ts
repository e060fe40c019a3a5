/** Mappers: their patterns become records in the guest, which rewriters refer to. */
import type { HostedElement } from "../../src/library/hostHalf.ts";
import {
  MAPPER_HEADER_SIZE,
  type Outputs,
  parsePatternWithOutputs,
  RECORD_SIZE,
  writeRecord,
} from "./inputSpec.host.ts";

/** The outputs of each mapper's patterns, for rewriters to check. */
const outputsOf = new WeakMap<HostedElement, readonly Outputs[]>();

/** The outputs that a mapper may choose, by pattern. */
export function mapperOutputs(mapper: HostedElement): readonly Outputs[] {
  return outputsOf.get(mapper) ?? [];
}

/** Reads patterns with outputs, and puts them into the field `mapper`. Faults go to the element. */
export function configureMapper(element: HostedElement, texts: readonly string[]): void {
  const parsed = texts.map((text) => parsePatternWithOutputs(element, text));
  for (const result of parsed) if (typeof result === "string") element.error(result);
  const patterns = parsed.flatMap((result) => (typeof result === "string" ? [] : result));
  const record = Buffer.alloc(MAPPER_HEADER_SIZE + patterns.length * RECORD_SIZE);
  record.writeUInt32LE(patterns.length, 0);
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
