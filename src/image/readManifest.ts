/** Reads the manifest of an image, which may come from anywhere. */
import { brotliDecompressSync } from "node:zlib";
import { Compile, type Validator } from "typebox/compile";
import { ABI_VERSION, ImageError, MANIFEST_SECTION } from "./manifest.ts";
import { Manifest } from "./manifestSchema.ts";
import { readSections, WasmFormatError } from "./wasm/reader.ts";

/** Bytes of the largest manifest that is read: a hundred times what a large configuration needs. */
const LARGEST_MANIFEST = 1 << 24;

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

/** Compiled when first used. */
let validator: Validator<Record<never, never>, typeof Manifest> | undefined;

function checked(manifest: unknown): Manifest {
  const abi = typeof manifest === "object" && manifest !== null && "abi" in manifest ? manifest.abi : undefined;
  if (abi !== ABI_VERSION) {
    const version = typeof abi === "number" ? `of ABI version ${abi}` : "of no known ABI version";
    throw new ImageError(
      `the image is ${version}; this is version ${ABI_VERSION}: build it anew from its configuration`,
    );
  }
  validator ??= Compile(Manifest);
  if (validator.Check(manifest)) return manifest;
  const [fault] = validator.Errors(manifest);
  throw new ImageError(`the image's manifest: ${fault?.instancePath || "all of it"} ${fault?.message}`);
}
