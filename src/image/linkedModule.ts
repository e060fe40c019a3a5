/** From the compiled library and a description to a module that runs on the guest's memory. */
import { GLOBAL_PREFIX } from "../library/guestAbi.ts";
import type { LinkDescription } from "./description.ts";
import { linkProgram } from "./link.ts";
import { encodePlaces, PLACES_SECTION } from "./places.ts";
import type { WasmModule } from "./wasm/decode.ts";
import { type DataSegment, encodeModule } from "./wasm/encode.ts";
import type { Const } from "./wasm/tree.ts";

/** What makes a standalone image of linked code; code for a live memory has none of it. */
export interface ImageParts {
  readonly memoryPages: number;
  readonly data: readonly DataSegment[];
  /** By name. */
  readonly globals: ReadonlyMap<string, Const>;
  readonly customSections: ReadonlyMap<string, Uint8Array>;
}

const LIVE: ImageParts = { memoryPages: 1, data: [], globals: new Map(), customSections: new Map() };

/**
 * @param library  the compiled library, read
 * @returns the module's bytes: it imports `env.memory` only, and exports the kernel's functions, the methods that the host may call, and
 *   its variables
 * @throws Error when library and description do not fit each other
 */
export function linkModule(
  library: WasmModule,
  description: LinkDescription,
  { memoryPages, data, globals: initialValues, customSections } = LIVE,
): Uint8Array<ArrayBuffer> {
  const { functions, exports } = linkProgram(library, description);
  const globals = library.globals.filter(({ mutable }) => mutable);
  return encodeModule({
    memoryPages,
    functions,
    globals,
    initialValues,
    exportedFunctions: exports,
    exportedGlobals: new Map(globals.map((global) => [GLOBAL_PREFIX + global.name, global])),
    data,
    customSections: (places) => new Map([...customSections, [PLACES_SECTION, encodePlaces(places)]]),
  });
}
