/** Saves and restores a guest: a copy of its memory and of the few values that it keeps in globals. The same inputs then give the same run again. */
import type { Guest, GuestValue } from "./guest.ts";

/** All that a guest knows at one moment, between two runs. */
export interface GuestSnapshot {
  /** Memory from address 0 on; zeros at the end are left out. */
  readonly memory: Uint8Array;
  readonly globals: ReadonlyMap<string, GuestValue>;
}

export class SnapshotError extends Error {
  readonly code = "SNAPSHOT_DOES_NOT_FIT";
}

const PAGE = 65536;

/** @returns a copy: the guest may go on */
export function saveGuest(guest: Guest): GuestSnapshot {
  const bytes = guest.bytes;
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return { memory: bytes.slice(0, end), globals: new Map(guest.globals) };
}

/**
 * Puts a guest back to a moment that was saved, in it or in another that runs the same library.
 * @throws SnapshotError when the snapshot is of other code, or larger than memory can grow; the guest is then as it was
 */
export function restoreGuest(guest: Guest, { memory, globals }: GuestSnapshot): void {
  const names = [...guest.globals.keys()];
  if (names.length !== globals.size || !names.every((name) => globals.has(name)))
    throw new SnapshotError("the snapshot is of a guest with other code");
  const missing = Math.ceil((memory.length - guest.bytes.length) / PAGE);
  try {
    if (missing > 0) guest.memory.grow(missing);
  } catch (error) {
    throw new SnapshotError(`the snapshot has ${memory.length} bytes, more than the guest's memory can grow to`, {
      cause: error,
    });
  }
  const bytes = guest.bytes;
  bytes.set(memory);
  bytes.fill(0, memory.length);
  guest.setGlobals(globals);
}
