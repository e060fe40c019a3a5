/**
 * The file that `save` makes and `restore` takes. Little-endian: 8 bytes "COSMOSVM"; version u32; length of the description u32; length of the state u64;
 * the description as JSON; the guest's state; SHA-256 of all that.
 */
import { createHash } from "node:crypto";
import { checkDomain } from "./check.ts";
import type { DomainDescription } from "./description.ts";
import { ToolstackError } from "./toolstack.ts";
import { messageOf } from "./undoable.ts";

const MAGIC = Buffer.from("COSMOSVM", "latin1");
const VERSION = 1;
const HEADER = MAGIC.length + 4 + 4 + 8;
const CHECKSUM = 32;

export interface SavedDomain {
  readonly description: DomainDescription;
  readonly state: Uint8Array;
}

export function encodeSaved({ description, state }: SavedDomain): Uint8Array {
  const text = Buffer.from(JSON.stringify(description));
  const header = Buffer.alloc(HEADER);
  MAGIC.copy(header);
  header.writeUInt32LE(VERSION, MAGIC.length);
  header.writeUInt32LE(text.length, MAGIC.length + 4);
  header.writeBigUInt64LE(BigInt(state.length), MAGIC.length + 8);
  const parts = [header, text, state];
  return Buffer.concat([...parts, digest(parts)]);
}

/** @throws ToolstackError INVALID when it is not such a file, not whole, or changed */
export function decodeSaved(bytes: Uint8Array): SavedDomain {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) throw unusable("it is not a saved domain");
  if (file.length < HEADER + CHECKSUM) throw unusable(`it ends after ${file.length} bytes, within its header`);
  const version = file.readUInt32LE(MAGIC.length);
  if (version !== VERSION) throw unusable(`it is of version ${version}, and only version ${VERSION} is known here`);
  const state = HEADER + file.readUInt32LE(MAGIC.length + 4);
  const end = BigInt(state) + file.readBigUInt64LE(MAGIC.length + 8);
  const whole = end + BigInt(CHECKSUM);
  if (BigInt(file.length) !== whole) throw unusable(`it should have ${whole} bytes and has ${file.length}`);
  const checksum = file.subarray(Number(end));
  if (!digest([file.subarray(0, Number(end))]).equals(checksum))
    throw unusable("its checksum is wrong: it was changed");
  return {
    description: parseDescription(file.toString("utf8", HEADER, state)),
    state: file.subarray(state, Number(end)),
  };
}

function parseDescription(text: string): DomainDescription {
  try {
    return checkDomain(JSON.parse(text));
  } catch (error) {
    throw unusable(`its description has a fault: ${messageOf(error)}`);
  }
}

function digest(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function unusable(reason: string): ToolstackError {
  return new ToolstackError("INVALID", `the file cannot be restored: ${reason}`);
}
