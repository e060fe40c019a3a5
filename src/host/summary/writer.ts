/** Writes IP summary dumps: header lines, then a line or a binary record for each packet. */

import { quote, splitWords, unquote } from "../../language/argumentText.ts";
import type { Diagnostics } from "../../language/diagnostics.ts";
import { formatTimestamp } from "../../library/arguments/time.ts";
import type { Field } from "./field.ts";
import { findField } from "./fields.ts";
import { PacketView, type ViewOptions } from "./packetView.ts";
import {
  ANNOTATION,
  readAnnotation,
  readFirstTimestamp,
  type SummaryRecord,
  viewOf,
  writeAnnotation,
} from "./record.ts";

/** The version of the format that is written and expected. */
export const MAJOR_VERSION = 1;
export const MINOR_VERSION = 3;

export type SummaryForm = "text" | "binary";

/**
 * Parses a list of fields, as the FIELDS argument has it.
 *
 * @returns the fields, or undefined after errors, which are reported at `landmark`
 */
export function parseFieldList(
  text: string,
  form: SummaryForm,
  diagnostics: Diagnostics,
  landmark: string,
): readonly Field[] | undefined {
  const before = diagnostics.errorCount;
  const fields: Field[] = [];
  for (const name of splitWords(text).map(unquote)) {
    const field = findField(name);
    if (field === undefined) {
      diagnostics.error(landmark, `unknown content type '${name}'`);
      continue;
    }
    if (form === "binary" && !field.hasBinaryForm) diagnostics.error(landmark, `cannot use field ${name} with BINARY`);
    fields.push(field);
  }
  if (fields.length === 0) diagnostics.error(landmark, "no contents specified");
  return diagnostics.errorCount > before ? undefined : fields;
}

/** What the header tells beside the fields. */
export interface HeaderOptions {
  readonly fields: readonly Field[];
  readonly form: SummaryForm;
  readonly banner?: string | undefined;
  /** Where and when (nanoseconds since 1970) the dump was begun. */
  readonly origin?: { readonly host: string; readonly time: bigint } | undefined;
}

/** The lines before the first packet. */
export function formatHeader({ fields, form, banner, origin }: HeaderOptions): string {
  const lines = [`!IPSummaryDump ${MAJOR_VERSION}.${MINOR_VERSION}`];
  if (banner) lines.push(`!creator ${quote(banner)}`);
  if (origin)
    lines.push(`!host ${origin.host}`, `!runtime ${formatTimestamp(origin.time)} (${formatDate(origin.time)})`);
  // Text tells the two kinds of timestamps apart by their digits.
  const names = fields.map(({ name }) => (name === "ntimestamp" && form === "text" ? "timestamp" : name));
  lines.push(`!data ${names.join(" ")}`);
  if (form === "binary") lines.push("!binary");
  return `${lines.join("\n")}\n`;
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A local date as C's `ctime` writes it. */
function formatDate(time: bigint): string {
  const date = new Date(Number(time / NANOSECONDS_PER_MILLISECOND));
  const day = String(date.getDate()).padStart(2);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0"));
  return `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day} ${clock.join(":")} ${date.getFullYear()}`;
}

/** How packets are written. */
export interface WriterOptions extends ViewOptions {
  readonly fields: readonly Field[];
  readonly form: SummaryForm;
}

/**
 * Writes one packet, and before it what is wrong with it if that is wanted. As in Click, fields of IP and above settle the
 * record's extra length annotation.
 */
export function formatRecord(record: SummaryRecord, options: WriterOptions): Uint8Array {
  const view = new PacketView(record, options);
  if (options.fields.some(({ needsHeaders }) => needsHeaders)) view.findHeaders();
  const body = options.form === "text" ? formatLine(view, options.fields) : encodeRecord(view, options.fields);
  return view.bad === undefined ? body : Buffer.concat([formatRemark(`!bad ${view.bad}`, options.form), body]);
}

function formatLine(view: PacketView, fields: readonly Field[]): Uint8Array {
  return Buffer.from(`${fields.map((field) => field.format(view)).join(" ")}\n`, "latin1");
}

/** A binary record begins with its length, which counts itself; the top bit marks one that holds a line of text. */
const LENGTH_SIZE = 4;
export const TEXT_RECORD = 0x8000_0000;

function encodeRecord(view: PacketView, fields: readonly Field[]): Uint8Array {
  return lengthPrefixed(Buffer.concat(fields.map((field) => field.encode(view))), 0);
}

function lengthPrefixed(body: Uint8Array, mark: number): Uint8Array {
  const record = Buffer.alloc(LENGTH_SIZE + body.length);
  record.writeUInt32BE((record.length | mark) >>> 0);
  record.set(body, LENGTH_SIZE);
  return record;
}

/** A line between packets: a remark after `#`, or something for readers after `!`. */
export function formatRemark(line: string, form: SummaryForm): Uint8Array {
  const body = Buffer.from(`${line}\n`, "latin1");
  return form === "text" ? body : lengthPrefixed(body, TEXT_RECORD);
}

/**
 * Splits a record that stands for several packets. Lengths and times are shared out evenly.
 *
 * @param extraLength  whether bytes that were not captured count
 */
export function* separatePackets(
  record: SummaryRecord,
  { extraLength }: Pick<ViewOptions, "extraLength">,
): Generator<SummaryRecord> {
  const extraPackets = readAnnotation(record.annotations, ANNOTATION.extraPackets);
  if (extraPackets === 0) {
    yield record;
    return;
  }
  const count = extraPackets + 1;
  const captured = record.data.length;
  const extra = extraLength ? readAnnotation(record.annotations, ANNOTATION.extraLength) : 0;
  const first = readFirstTimestamp(record.annotations);
  const step = first === 0n ? 0n : (record.timestamp - first) / BigInt(extraPackets);
  let remaining = Math.max(captured + extra, count * captured);
  let timestamp = first === 0n ? record.timestamp : first;
  for (let left = count; left > 0; left--) {
    const length = Math.floor(remaining / left);
    remaining -= length;
    const annotations = new Uint8Array(record.annotations);
    writeAnnotation(annotations, ANNOTATION.extraPackets, 0);
    writeAnnotation(annotations, ANNOTATION.extraLength, length - captured);
    yield { ...record, annotations, timestamp };
    timestamp += step;
  }
}

/** Reads the length at the start of a binary record. */
export function readRecordLength(bytes: Uint8Array, at: number): { readonly length: number; readonly isText: boolean } {
  const word = viewOf(bytes).getUint32(at);
  return { length: word & ~TEXT_RECORD, isText: (word & TEXT_RECORD) !== 0 };
}
