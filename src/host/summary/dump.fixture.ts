/** Reads a dump and writes it again with other fields, for tests. */

import { Diagnostics } from "../../language/diagnostics.ts";
import { type ReaderOptions, SummaryReader } from "./reader.ts";
import type { SummaryRecord } from "./record.ts";
import { formatHeader, formatRecord, parseFieldList, type SummaryForm, separatePackets } from "./writer.ts";

/** The packets of a dump, and the messages that reading it gave. */
export function readDump(
  dump: string | Uint8Array,
  options: Partial<ReaderOptions> = {},
): { packets: readonly SummaryRecord[]; messages: readonly string[] } {
  const diagnostics = new Diagnostics();
  const reader = new SummaryReader({
    file: "in",
    diagnostics,
    protocol: 6,
    checksums: "left",
    packets: "counted",
    ...options,
  });
  reader.write(typeof dump === "string" ? Buffer.from(dump, "latin1") : dump);
  reader.end();
  const packets: SummaryRecord[] = [];
  for (let packet = reader.read(); packet !== undefined; packet = reader.read()) packets.push(packet);
  return { packets, messages: diagnostics.lines };
}

/** What is to be done when a packet is written. */
export interface WriteChoices {
  readonly form?: SummaryForm;
  readonly reportBad?: true;
  readonly separate?: true;
}

/** A dump of packets, header and all. */
export function writeDump(
  packets: readonly SummaryRecord[],
  fieldNames: string,
  choices: WriteChoices = {},
): Uint8Array {
  const form = choices.form ?? "text";
  const fields = parseFieldList(fieldNames, form, new Diagnostics(), "");
  if (fields === undefined) throw new Error(`not all fields: ${fieldNames}`);
  const options = {
    fields,
    form,
    carefulTruncation: true,
    extraLength: true,
    reportBad: choices.reportBad === true,
  };
  const written = choices.separate ? packets.flatMap((packet) => [...separatePackets(packet, options)]) : packets;
  const records = written.map((packet) => formatRecord(packet, options));
  return Buffer.concat([Buffer.from(formatHeader({ fields, form })), ...records]);
}

/** The lines for the packets of a dump, without its header. */
export function rewrite(
  dump: string | Uint8Array,
  fieldNames: string,
  { reading = {}, writing = {} }: { reading?: Partial<ReaderOptions>; writing?: WriteChoices } = {},
): readonly string[] {
  const text = Buffer.from(writeDump(readDump(dump, reading).packets, fieldNames, writing)).toString("latin1");
  return text.split("\n").slice(2, -1);
}
