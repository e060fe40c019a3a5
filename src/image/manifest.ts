/** What an image says about itself: everything that a machine or a tool needs to run it, watch it and explain it, without the library. */
import { brotliCompressSync } from "node:zlib";
import type { Manifest } from "./manifestSchema.ts";

export type { Manifest, ManifestElement, ManifestHandler, ManifestRing, ManifestStream } from "./manifestSchema.ts";

export const MANIFEST_SECTION = "clickos";

/** Version of the guest ABI: exported functions, kernel structures, the manifest. */
export const ABI_VERSION = 2;

/** An image is damaged, or of another version. */
export class ImageError extends Error {}

export function encodeManifest(manifest: Manifest): Uint8Array {
  return brotliCompressSync(JSON.stringify(manifest));
}
