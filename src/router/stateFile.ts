/**
 * The bytes of a saved router. Little-endian: 8 bytes "CLICKRTR"; version u32; the header's length in bytes u32 and deflated u32; the header, JSON, deflated;
 * each page of guest memory that is not zero: number u32, length deflated u32, the page deflated; CRC-32 of all that. Pages are deflated one by one, so that
 * none can swell beyond its size (RFC 1951 for the form).
 */
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { type Static, Type } from "typebox";
import { Check, Errors } from "typebox/value";
import { SnapshotError } from "../machine/snapshot.ts";

const MAGIC = Buffer.from("CLICKRTR", "latin1");
const VERSION = 1;
/** Magic, version, two lengths. */
const START = MAGIC.length + 12;
const PAGE_HEAD = 8;
const CHECKSUM = 4;
/** Bytes of the header: a hundred times what a large configuration needs. */
const LARGEST_HEADER = 1 << 25;

export const PAGE = 65536;
/** All that 32 bits address. */
const MOST_PAGES = 65536;

const Address = Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 });
const Index = Type.Integer({ minimum: 0 });

/** All that is known about the memory. Elements are named by their place in the configuration. */
const StateHeader = Type.Object({
  /** What the memory depends on: digests of the compiled library and of the flat configuration. */
  library: Type.String(),
  configuration: Type.String(),
  simulated: Type.Boolean(),
  pages: Type.Integer({ minimum: 1, maximum: MOST_PAGES }),
  /** By name; those of 64 bits as decimal text. */
  globals: Type.Record(Type.String(), Type.Union([Type.Integer(), Type.String({ pattern: "^-?[0-9]{1,20}$" })]), {
    additionalProperties: false,
  }),
  elements: Type.Array(Type.Object({ address: Address, configuration: Type.String(), references: Type.Array(Index) })),
  allocations: Type.Array(
    Type.Object({
      address: Address,
      block: Address,
      size: Address,
      /** Absent = the router, for its graph. */
      owner: Type.Optional(Index),
      /** The owner's field that holds the address of a table with a meaning. */
      table: Type.Optional(Type.String()),
      /** Bytes that do not change while the guest runs. */
      constant: Type.Optional(Address),
    }),
  ),
  /** By number less one; null = of an element that is gone. */
  calls: Type.Array(Type.Union([Type.Null(), Type.Object({ owner: Index, text: Type.String() })])),
});
export type StateHeader = Static<typeof StateHeader>;

/** A page of memory as it lies in the state. */
interface PackedPage {
  readonly number: number;
  readonly bytes: Uint8Array;
}

export interface DecodedState {
  readonly header: StateHeader;
  readonly pages: readonly PackedPage[];
}

/** @param memory  whole pages */
export function encodeState(header: StateHeader, memory: Uint8Array): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const packed = deflate(text);
  const start = Buffer.alloc(START);
  MAGIC.copy(start);
  start.writeUInt32LE(VERSION, MAGIC.length);
  start.writeUInt32LE(text.length, MAGIC.length + 4);
  start.writeUInt32LE(packed.length, MAGIC.length + 8);
  const content = Buffer.concat([start, packed, ...packPages(memory)]);
  const checksum = Buffer.alloc(CHECKSUM);
  checksum.writeUInt32LE(crc32(content));
  const state = Buffer.concat([content, checksum]);
  // No Buffer: `slice` of one is a view.
  return new Uint8Array(state.buffer, state.byteOffset, state.byteLength);
}

function packPages(memory: Uint8Array): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < memory.length; at += PAGE) {
    const page = memory.subarray(at, at + PAGE);
    if (ZEROS.equals(page)) continue;
    const bytes = deflate(page);
    const head = Buffer.alloc(PAGE_HEAD);
    head.writeUInt32LE(at / PAGE);
    head.writeUInt32LE(bytes.length, 4);
    parts.push(head, bytes);
  }
  return parts;
}

const ZEROS = Buffer.alloc(PAGE);

/** The fastest level: memory is mostly zeros and repetitions, and better ones take three times as long for a tenth less. */
function deflate(bytes: Uint8Array): Buffer {
  return deflateRawSync(bytes, { level: 1 });
}

/**
 * Looks at everything but the content of pages. Takes memory in proportion to the bytes, and for a header no larger than it may be.
 * @throws SnapshotError
 */
export function decodeState(state: Uint8Array): DecodedState {
  const bytes = Buffer.from(state.buffer, state.byteOffset, state.byteLength);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new SnapshotError("these bytes are no saved router");
  if (bytes.length < START + CHECKSUM) throw endsEarly(bytes);
  const version = bytes.readUInt32LE(MAGIC.length);
  if (version !== VERSION)
    throw new SnapshotError(`the saved router is of version ${version}, and only version ${VERSION} is known here`);
  const end = bytes.length - CHECKSUM;
  if (bytes.readUInt32LE(end) !== crc32(bytes.subarray(0, end)))
    throw new SnapshotError("the saved router was changed, or is not whole: its checksum is wrong");
  const length = bytes.readUInt32LE(MAGIC.length + 4);
  const headerEnd = START + bytes.readUInt32LE(MAGIC.length + 8);
  if (headerEnd > end) throw endsEarly(bytes);
  if (length > LARGEST_HEADER) throw new SnapshotError(`the saved router's header cannot have ${length} bytes`);
  const header = parseHeader(inflate(bytes.subarray(START, headerEnd), length, "the header"));
  return { header, pages: [...pagesOf(bytes.subarray(0, end), headerEnd, header.pages)] };
}

function parseHeader(bytes: Buffer): StateHeader {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (error) {
    throw new SnapshotError("the saved router's header is not JSON", { cause: error });
  }
  if (Check(StateHeader, value)) return value;
  const [fault] = Errors(StateHeader, value);
  throw new SnapshotError(`the saved router's header: ${fault?.instancePath || "all of it"} ${fault?.message}`);
}

function* pagesOf(bytes: Buffer, start: number, pages: number): Generator<PackedPage> {
  let previous = -1;
  for (let at = start; at < bytes.length; ) {
    if (at + PAGE_HEAD > bytes.length) throw endsEarly(bytes);
    const number = bytes.readUInt32LE(at);
    const content = at + PAGE_HEAD;
    at = content + bytes.readUInt32LE(at + 4);
    if (at > bytes.length) throw endsEarly(bytes);
    if (number <= previous || number >= pages)
      throw new SnapshotError(`the saved router has page ${number} behind page ${previous}, of ${pages}`);
    previous = number;
    yield { number, bytes: bytes.subarray(content, at) };
  }
}

/**
 * Writes the whole memory.
 * @param memory  at least as many pages as the state has
 * @throws SnapshotError
 */
export function unpackMemory({ pages }: DecodedState, memory: Uint8Array): void {
  memory.fill(0);
  for (const { number, bytes } of pages) memory.set(inflate(bytes, PAGE, `page ${number}`), number * PAGE);
}

function inflate(packed: Uint8Array, length: number, what: string): Buffer {
  try {
    const bytes = inflateRawSync(packed, { maxOutputLength: Math.max(length, 1) });
    if (bytes.length === length) return bytes;
    throw new Error(`it has ${bytes.length} bytes instead of ${length}`);
  } catch (error) {
    throw new SnapshotError(`${what} of the saved router is damaged: ${(error as Error).message}`, { cause: error });
  }
}

function endsEarly({ length }: Buffer): SnapshotError {
  return new SnapshotError(`the saved router is not whole: it ends after ${length} bytes`);
}
