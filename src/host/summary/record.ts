/** A packet as IP summary dumps see it: plain data, with Click's annotations. */

/** Size of the annotation area. */
export const ANNOTATION_SIZE = 48;

/** A packet, and what is known about it. Offsets count from the start of the data and may be negative, into `headroom`. */
export interface SummaryRecord {
  /** Nanoseconds since 1970. */
  timestamp: bigint;
  readonly data: Uint8Array;
  /** Bytes that stand before the data, as many as there are; headers that were stripped lie here. */
  readonly headroom?: Uint8Array;
  /** Where the link-layer header starts, if that is known. */
  readonly macOffset?: number | undefined;
  /** Where the IP header starts, if that is known. */
  readonly networkOffset?: number | undefined;
  /** Where the transport header starts, if that is known. */
  readonly transportOffset?: number | undefined;
  /** Click's annotation area, {@link ANNOTATION_SIZE} bytes; 32-bit ones are little-endian. */
  readonly annotations: Uint8Array;
}

/** Offsets of the annotations that dumps know (reference: Click's packet annotations). */
export const ANNOTATION = { paint: 16, aggregate: 20, extraPackets: 24, extraLength: 28, firstTimestamp: 32 } as const;

/** A 32-bit annotation, such as {@link ANNOTATION}.aggregate. */
export function readAnnotation(annotations: Uint8Array, offset: number): number {
  return viewOf(annotations).getUint32(offset, true);
}

export function writeAnnotation(annotations: Uint8Array, offset: number, value: number): void {
  viewOf(annotations).setUint32(offset, value, true);
}

/** The time of the first of several packets that a record stands for: seconds and nanoseconds in one number. */
export function readFirstTimestamp(annotations: Uint8Array): bigint {
  return viewOf(annotations).getBigInt64(ANNOTATION.firstTimestamp, true);
}

export function writeFirstTimestamp(annotations: Uint8Array, time: bigint): void {
  viewOf(annotations).setBigInt64(ANNOTATION.firstTimestamp, time, true);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
