/**
 * A datagram that is being put together from its fragments, as a packet: all data that has come lies where it belongs.
 *
 * What is there is a list of chunks of data. The first is described in the packet's annotations; the description of each other one
 * lies in the gap behind the chunk before it. Fragments start and, but for the last one, end at multiples of eight bytes, so that
 * every gap has room for one.
 */
import { ANNOTATION_BYTES, Packet } from "../kernel/packet";
import { ip4, IP_MORE_FRAGMENTS } from "../net/ip4";

/** Where the first chunk is described; Click's IPREASSEMBLER annotation. */
const CHUNK_ANNO: u32 = 28;
/** Room that a description needs behind the end of the data, when the last fragment is shorter than that. */
const CHUNK_ROOM: u32 = 8;

/** Offsets of the first byte of a chunk of data, and of the first one behind it. */
@unmanaged
export class Chunk {
  start: u16;
  end: u16;
}

@inline
export function firstChunk(q: Packet): Chunk {
  return changetype<Chunk>(q.annotations + CHUNK_ANNO);
}

/** The chunk behind another one; null after the last. */
@inline
export function nextChunk(q: Packet, chunk: Chunk): Chunk | null {
  if (<u32>chunk.end >= q.transportLength) return null;
  return changetype<Chunk>(q.transportHeader + chunk.end);
}

/** Makes a packet with data from `start` to its end a datagram in the making. */
export function begin(q: Packet, start: u32): void {
  const chunk = firstChunk(q);
  chunk.start = <u16>start;
  chunk.end = <u16>q.transportLength;
}

/** All data is there, up to the end of the last fragment. */
export function isWhole(q: Packet): bool {
  const chunk = firstChunk(q);
  return (ip4(q).fragmentWord & IP_MORE_FRAGMENTS) == 0 && chunk.start == 0 && <u32>chunk.end == q.transportLength;
}

/** Takes the description of the data off a packet. */
export function finish(q: Packet): void {
  q.setAnno32(CHUNK_ANNO, 0);
}

/**
 * Makes room for data up to `end`, which is behind all that is there.
 * @param start  where the data will start: what lies between is zeroed
 * @returns false, with the packet unchanged, when its buffer has not that much room
 */
export function extend(q: Packet, start: u32, end: u32): bool {
  const old = q.transportLength;
  if (!q.put(end - old + CHUNK_ROOM)) return false;
  q.take(CHUNK_ROOM);
  if (start > old) memory.fill(q.transportHeader + old, 0, start - old);
  const last = changetype<Chunk>(q.transportHeader + old);
  last.start = <u16>end;
  last.end = <u16>end;
  return true;
}

/** Copies a fragment's data, which belongs at `start` to `end`; `end` is not behind the end of the packet. */
export function insert(q: Packet, data: usize, start: u32, end: u32): void {
  let chunk = firstChunk(q);
  while (<u32>chunk.end < start) chunk = nextChunk(q, chunk)!;
  let last = chunk;
  while (<u32>last.end < end) last = nextChunk(q, last)!;
  if (end < <u32>last.start) {
    const behind = changetype<Chunk>(q.transportHeader + end);
    behind.start = last.start;
    behind.end = last.end;
    chunk.end = <u16>end;
  } else chunk.end = last.end;
  if (start < <u32>chunk.start) chunk.start = <u16>start;
  memory.copy(q.transportHeader + start, data, end - start);
}

/**
 * Takes over all that stands in front of the data in the first fragment, and its annotations.
 * @returns false when the buffer has no room for it
 */
export function takeFront(q: Packet, first: Packet): bool {
  const front = <u32>(first.transportHeader - first.data);
  const there = <u32>(q.transportHeader - q.data);
  if (front > there) {
    if (!q.push(front - there)) return false;
  } else q.pull(there - front);
  const word = ip4(q).fragmentWord;
  const chunks = q.anno32(CHUNK_ANNO);
  memory.copy(q.data, first.data, front);
  q.setNetworkHeader(q.data + (first.networkHeader - first.data), first.networkHeaderLength);
  if (first.macHeader) q.macHeader = q.data + (first.macHeader - first.data);
  ip4(q).fragmentWord = word;
  copyAnnotations(q, first);
  q.setAnno32(CHUNK_ANNO, chunks);
  return true;
}

function copyAnnotations(to: Packet, from: Packet): void {
  memory.copy(to.annotations, from.annotations, ANNOTATION_BYTES);
  to.packetType = from.packetType;
  to.timestamp = from.timestamp;
}

/** Whether two packets are parts of the same datagram, RFC 791 §3.2. */
@inline
export function belongsTo(p: Packet, q: Packet): bool {
  const a = ip4(p);
  const b = ip4(q);
  return a.identificationBE == b.identificationBE && a.protocol == b.protocol && a.source == b.source && a.destination == b.destination;
}
