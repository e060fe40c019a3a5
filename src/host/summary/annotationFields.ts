/** Fields that say something about a packet without being in it: time, counts, paint. */

import { parseInteger } from "../../library/arguments/numbers.ts";
import { formatTimestamp, parseTimestamp } from "../../library/arguments/time.ts";
import {
  type BinaryForm,
  BYTE,
  defineField,
  type Field,
  LONG,
  MICROSECOND_TIME,
  NANOSECOND_TIME,
  nanosecondsOf,
  ORDER,
  parseWord,
  secondsOf,
  WORD,
} from "./field.ts";
import type { PacketDraft } from "./packetDraft.ts";
import type { PacketView } from "./packetView.ts";
import { ANNOTATION, readAnnotation, readFirstTimestamp, writeAnnotation, writeFirstTimestamp } from "./record.ts";

const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const NANOSECONDS_PER_MICROSECOND = 1000n;

function parseTime(text: string): bigint | undefined {
  const parsed = parseTimestamp(text, "unsigned");
  return parsed.ok ? parsed.value : undefined;
}

/** Seconds have 32 bits here; times before 1970 are negative. */
function withoutHighSeconds(time: bigint): bigint {
  return time < 0n ? time : time % (NANOSECONDS_PER_SECOND << 32n);
}

function timeField(name: string, binary: BinaryForm<bigint>): Field {
  return defineField<bigint>({
    name,
    needsHeaders: false,
    binary,
    extract: ({ record }) => withoutHighSeconds(record.timestamp),
    format: formatTimestamp,
    input: {
      order: ORDER.annotation,
      parse: parseTime,
      inject(draft, value) {
        draft.timestamp = value;
      },
    },
  });
}

function firstTimeField(name: string, binary: BinaryForm<bigint>): Field {
  return defineField<bigint>({
    name,
    needsHeaders: false,
    binary,
    extract: ({ record }) => withoutHighSeconds(readFirstTimestamp(record.annotations)),
    format: formatTimestamp,
    input: {
      order: ORDER.annotation,
      parse: parseTime,
      inject: (draft, value) => writeFirstTimestamp(draft.annotations, value),
    },
  });
}

function numberField(
  name: string,
  binary: BinaryForm<number>,
  extract: (view: PacketView) => number,
  inject: (draft: PacketDraft, value: number) => void,
): Field {
  const input = { order: ORDER.annotation, parse: parseWord, inject };
  return defineField<number>({ name, needsHeaders: false, binary, extract, format: String, input });
}

/** Paint, also written as the direction that it stands for. */
function paintField(name: string, format: (value: number) => string): Field {
  return defineField<number>({
    name,
    needsHeaders: false,
    binary: BYTE,
    extract: ({ record }) => record.annotations[ANNOTATION.paint],
    format,
    input: {
      order: ORDER.annotation,
      parse: (text) => ({ ">": 0, "<": 1 })[text] ?? parseWord(text),
      inject(draft, value) {
        draft.annotations[ANNOTATION.paint] = value;
      },
    },
  });
}

/** Microseconds since 1970, in one number. */
const microsecondsField = defineField<bigint>({
  name: "ts_usec1",
  needsHeaders: false,
  binary: LONG,
  extract: ({ record }) =>
    BigInt.asUintN(
      64,
      withoutHighSeconds(record.timestamp - (nanosecondsOf(record.timestamp) % NANOSECONDS_PER_MICROSECOND)) /
        NANOSECONDS_PER_MICROSECOND,
    ),
  format: String,
  input: {
    order: ORDER.annotation,
    parse(text) {
      const parsed = parseInteger(text, { minimum: 0n, maximum: 2n ** 64n - 1n });
      return parsed.ok ? parsed.value : undefined;
    },
    inject(draft, value) {
      draft.timestamp = value * NANOSECONDS_PER_MICROSECOND;
    },
  },
});

export const ANNOTATION_FIELDS: readonly Field[] = [
  timeField("timestamp", MICROSECOND_TIME),
  timeField("ntimestamp", NANOSECOND_TIME),
  numberField(
    "ts_sec",
    WORD,
    ({ record }) => secondsOf(record.timestamp),
    (draft, value) => {
      draft.timestamp = BigInt(value) * NANOSECONDS_PER_SECOND + (draft.timestamp % NANOSECONDS_PER_SECOND);
    },
  ),
  numberField(
    "ts_usec",
    WORD,
    ({ record }) => Number(nanosecondsOf(record.timestamp) / NANOSECONDS_PER_MICROSECOND),
    (draft, value) => {
      const fraction = BigInt(value) * NANOSECONDS_PER_MICROSECOND;
      draft.timestamp = draft.timestamp - (draft.timestamp % NANOSECONDS_PER_SECOND) + fraction;
    },
  ),
  microsecondsField,
  firstTimeField("first_timestamp", MICROSECOND_TIME),
  firstTimeField("first_ntimestamp", NANOSECOND_TIME),
  numberField(
    "count",
    WORD,
    ({ record }) => (1 + readAnnotation(record.annotations, ANNOTATION.extraPackets)) >>> 0,
    (draft, value) => writeAnnotation(draft.annotations, ANNOTATION.extraPackets, Math.max(value - 1, 0)),
  ),
  paintField("link", String),
  paintField("paint", String),
  paintField("direction", (value) => [">", "<"][value] ?? String(value)),
  numberField(
    "aggregate",
    WORD,
    ({ record }) => readAnnotation(record.annotations, ANNOTATION.aggregate),
    (draft, value) => writeAnnotation(draft.annotations, ANNOTATION.aggregate, value),
  ),
  numberField(
    "wire_len",
    WORD,
    ({ record }) => record.data.length,
    (draft, value) => {
      draft.wantedLength = value;
    },
  ),
];
