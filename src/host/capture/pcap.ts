/** The pcap file format (draft-ietf-opsawg-pcap): file headers, and how long the records of a file are. */
import { canonicalLinkType } from "./linkTypes.ts";

/** First word of a file: times in microseconds, in nanoseconds, and the variant of Alexey Kuznetsov's patched libpcap, with longer records. */
const MAGIC = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const MAGIC_MODIFIED = 0xa1b2cd34;
const MAGICS: ReadonlySet<number> = new Set([MAGIC, MAGIC_NANOSECONDS, MAGIC_MODIFIED]);

const VERSION_MAJOR = 2;
const VERSION_MINOR = 4;

/** Bytes of a file's header, of a record's, and what the modified format adds to the latter. */
export const FILE_HEADER = 24;
export const RECORD_HEADER = 16;
const MODIFIED_EXTRA = 8;

/** Longest capture of a packet that a record may state. */
export const MAXIMUM_CAPTURE = 65535;

/** What a file's header says. */
export interface PcapHeader {
  /** Its numbers are big-endian. */
  readonly swapped: boolean;
  readonly nanoseconds: boolean;
  /** Bytes between a record's header and its data. */
  readonly extraHeader: number;
  readonly minorVersion: number;
  /** Bytes of a packet that were captured, at most; 0 = not known. */
  readonly snapLength: number;
  readonly linkType: number;
}

/** @returns what the first bytes of a file say, or what is wrong with them, in Click's words */
export function parseFileHeader(bytes: Uint8Array): PcapHeader | string {
  if (bytes.length < FILE_HEADER) return "not a tcpdump file (too short)";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const swapped = !MAGICS.has(view.getUint32(0, true));
  const magic = view.getUint32(0, !swapped);
  if (!MAGICS.has(magic)) return "not a tcpdump file (bad magic number)";
  const version = view.getUint16(4, !swapped);
  if (version !== VERSION_MAJOR) return `unknown major version ${version}`;
  return {
    swapped,
    nanoseconds: magic === MAGIC_NANOSECONDS,
    extraHeader: magic === MAGIC_MODIFIED ? MODIFIED_EXTRA : 0,
    minorVersion: view.getUint16(6, !swapped),
    snapLength: view.getUint32(16, !swapped),
    linkType: canonicalLinkType(view.getUint32(20, !swapped)),
  };
}

/** @returns a header for a file of our own: little-endian, as Click writes it on the machines that we run on */
export function formatFileHeader(header: Pick<PcapHeader, "nanoseconds" | "snapLength" | "linkType">): Uint8Array {
  const bytes = new Uint8Array(FILE_HEADER);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, header.nanoseconds ? MAGIC_NANOSECONDS : MAGIC, true);
  view.setUint16(4, VERSION_MAJOR, true);
  view.setUint16(6, VERSION_MINOR, true);
  view.setUint32(16, header.snapLength, true);
  view.setUint32(20, header.linkType, true);
  return bytes;
}

/** What the header of a record says about its packet. */
export interface RecordLengths {
  /** Bytes in the file. */
  readonly captured: number;
  /** Bytes on the wire. */
  readonly length: number;
}

/** @param at  place of the record's header in `view`, which holds it as a whole */
export function parseRecordHeader(view: DataView, at: number, header: PcapHeader): RecordLengths {
  const first = view.getUint32(at + 8, !header.swapped);
  const second = view.getUint32(at + 12, !header.swapped);
  // Files of versions up to 2.3 may have the two lengths the other way round.
  const exchanged = header.minorVersion < 3 || (header.minorVersion === 3 && first > second);
  return exchanged ? { captured: second, length: first } : { captured: first, length: second };
}

/** @returns the header of a record of our own: little-endian, with the time in nanoseconds */
export function formatRecordHeader(time: bigint, { captured, length }: RecordLengths): Uint8Array {
  const bytes = new Uint8Array(RECORD_HEADER);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Number(BigInt.asUintN(32, time / NANOSECONDS_PER_SECOND)), true);
  view.setUint32(4, Number(time % NANOSECONDS_PER_SECOND), true);
  view.setUint32(8, captured, true);
  view.setUint32(12, length, true);
  return bytes;
}

const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** Fills `into` with the bytes of a file from `position` on. @returns how many there were */
export type ReadAt = (into: Uint8Array, position: number) => number;

/** Bytes read at once when a file is looked through. */
const SCAN_CHUNK = 1 << 18;

/**
 * Looks through a file's records, up to the first one that makes no sense.
 * @param start  place of the first record
 * @returns length of the longest packet in bytes, 0 when there is none
 */
export function longestPacket(readAt: ReadAt, header: PcapHeader, start: number): number {
  const chunk = new Uint8Array(SCAN_CHUNK);
  const view = new DataView(chunk.buffer);
  let longest = 0;
  let chunkStart = start;
  let chunkLength = 0;
  for (let position = start; ; ) {
    if (position + RECORD_HEADER > chunkStart + chunkLength) {
      chunkStart = position;
      chunkLength = readAt(chunk, position);
      if (chunkLength < RECORD_HEADER) return longest;
    }
    const { captured, length } = parseRecordHeader(view, position - chunkStart, header);
    if (captured > MAXIMUM_CAPTURE) return longest;
    longest = Math.max(longest, Math.min(captured, length));
    position += RECORD_HEADER + header.extraHeader + captured;
  }
}
