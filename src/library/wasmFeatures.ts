/** The WebAssembly features that modules here use: what V8 of Node 20 and later accepts without flags. Binaryen's `Features.All` is more than that. */
import type binaryen from "binaryen";

export function wasmFeatures(b: typeof binaryen): number {
  const { MutableGlobals, BulkMemory, SignExt, NontrappingFPToInt, SIMD128, Multivalue } = b.Features;
  return MutableGlobals | BulkMemory | SignExt | NontrappingFPToInt | SIMD128 | Multivalue;
}
