/**
 * Saves and restores a guest that runs an image. The form is that of a saved router (src/router/stateFile.ts) of which nothing is known but its memory and its
 * variables: where things lie, the image says.
 */
import { createHash } from "node:crypto";
import type { ImageGuest } from "../machine/bootImage.ts";
import { SnapshotError } from "../machine/snapshot.ts";
import { growTo } from "../router/savedState.ts";
import { decodeState, encodeState, PAGE, type StateHeader, unpackMemory } from "../router/stateFile.ts";
import { globalValues, savedGlobals } from "../router/stateRecord.ts";

/** @param image  the bytes that the guest was booted from */
export function saveImage({ guest, manifest }: ImageGuest, image: Uint8Array): Uint8Array {
  const header: StateHeader = {
    library: digest(image),
    configuration: digest(manifest.flatConfiguration),
    simulated: false,
    pages: guest.bytes.length / PAGE,
    globals: savedGlobals(guest),
    elements: [],
    allocations: [],
    calls: [],
  };
  return encodeState(header, guest.bytes);
}

/**
 * Puts a guest that was just booted back to where another one was saved.
 * @throws SnapshotError when the state is of something else, or damaged; the guest is then of no use
 */
export function restoreImage({ guest }: ImageGuest, image: Uint8Array, state: Uint8Array): void {
  const decoded = decodeState(state);
  if (decoded.header.library !== digest(image)) throw new SnapshotError("the saved guest did not run this image");
  const globals = globalValues(guest, decoded.header.globals);
  growTo(guest, decoded.header.pages);
  unpackMemory(decoded, guest.bytes);
  guest.setGlobals(globals);
}

function digest(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
