/** What an image says about itself: everything that a machine or a tool needs to run it, watch it and explain it, without the library. */
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import { readSections, WasmFormatError } from "./wasm/reader.ts";

export const MANIFEST_SECTION = "clickos";

/** Version of the guest ABI: exported functions, kernel structures, this manifest. */
export const ABI_VERSION = 1;

/** A handler: the value of a field, or a method that writes a text or takes a value. */
export interface ManifestHandler {
  readonly name: string;
  /** Click's letters. */
  readonly flags: string;
  /** Argument type of the value: how a field's bytes become text. */
  readonly type?: string;
  /** Place of the field in the element, and its storage type. */
  readonly offset?: number;
  readonly storage?: string;
  /** Exported functions `CLASS$METHOD` that serve it. */
  readonly readMethod?: string;
  readonly writeMethod?: string;
}

export interface ManifestElement {
  readonly name: string;
  readonly class: string;
  readonly address: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** A byte stream between guest and host, by the field of the element (or of the kernel) that holds its address. */
export interface ManifestStream {
  /** Absent = the kernel's. */
  readonly element?: string;
  readonly field: string;
  readonly address: number;
}

export interface Manifest {
  readonly abi: number;
  /** The configuration as it was written, and as it was understood. */
  readonly configuration: string;
  readonly flatConfiguration: string;
  readonly elements: readonly ManifestElement[];
  /** By class. */
  readonly handlers: Readonly<Record<string, readonly ManifestHandler[]>>;
  readonly streams: readonly ManifestStream[];
  /** Address of the kernel state, and offsets of its fields. */
  readonly kernel: { readonly address: number; readonly fields: Readonly<Record<string, number>> };
  /** Where a timer keeps the time at which it fires. */
  readonly timerExpiry: number;
  /** Address of the buffer that read methods fill. */
  readonly textBuffer: number;
  readonly memoryPages: number;
}

/** An image is damaged, or of another version. */
export class ImageError extends Error {}

/** Bytes of the largest manifest that is read. */
const LARGEST_MANIFEST = 1 << 26;

export function encodeManifest(manifest: Manifest): Uint8Array {
  return brotliCompressSync(JSON.stringify(manifest));
}

/** @throws ImageError when the bytes are no image that this version can run */
export function readManifest(image: Uint8Array): Manifest {
  try {
    const section = readSections(image).find(({ name }) => name === MANIFEST_SECTION);
    if (!section) throw new ImageError("a WebAssembly module without a manifest is no image");
    const { content } = section;
    const text = brotliDecompressSync(content.take(content.end - content.at), {
      maxOutputLength: LARGEST_MANIFEST,
    }).toString();
    return checked(JSON.parse(text));
  } catch (error) {
    if (error instanceof ImageError) throw error;
    if (error instanceof WasmFormatError) throw new ImageError(`no image: ${error.message}`);
    throw new ImageError("the image's manifest is damaged", { cause: error });
  }
}

function checked(manifest: unknown): Manifest {
  const abi = typeof manifest === "object" && manifest !== null && "abi" in manifest ? manifest.abi : undefined;
  if (abi !== ABI_VERSION) throw new ImageError(`the image is of ABI version ${abi}; this is version ${ABI_VERSION}`);
  return manifest as Manifest; // what has our section and version was written by `encodeManifest`
}
