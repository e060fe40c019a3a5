/** From the compiled library and a description to a module: code for the memory of a running guest, or an image that brings its memory's content along. */
import { GLOBAL_PREFIX } from "../library/guestAbi.ts";
import type { LinkDescription } from "./description.ts";
import { linkProgram } from "./link.ts";
import { LinkedFunction } from "./linkedFunction.ts";
import { encodeManifest, MANIFEST_SECTION, type Manifest } from "./manifest.ts";
import { type BetterTable, betterTables, type JudgedPattern, judgePatterns } from "./patternTables.ts";
import { encodePlaces, PLACES_SECTION } from "./places.ts";
import { type Fill, type Range, takeSnapshot, unusedStrings } from "./snapshot.ts";
import type { WasmModule } from "./wasm/decode.ts";
import { encodeModule } from "./wasm/encode.ts";
import { OPCODE } from "./wasm/opcodes.ts";
import {
  branch,
  type Const,
  call,
  type Expression,
  I32,
  i32,
  Label,
  localGet,
  localSet,
  operation,
} from "./wasm/tree.ts";

/**
 * @param library  the compiled library, read
 * @returns the module's bytes: it imports `env.memory` only, and exports the kernel's functions, the methods that the host may call, and
 *   its variables. It expects the memory that `description` describes.
 * @throws Error when library and description do not fit each other
 */
export function linkModule(
  library: WasmModule,
  description: LinkDescription,
  patterns?: ReadonlyMap<number, JudgedPattern>,
): Uint8Array<ArrayBuffer> {
  const { functions, exports } = linkProgram(library, description, { patterns });
  const globals = library.globals.filter(({ mutable }) => mutable);
  return encodeModule({
    memoryPages: 1,
    functions,
    globals,
    initialValues: new Map(),
    exportedFunctions: exports,
    exportedGlobals: new Map(globals.map((global) => [GLOBAL_PREFIX + global.name, global])),
    data: [],
    start: undefined,
    named: description.counters !== undefined,
    customSections: (places) => new Map([[PLACES_SECTION, encodePlaces(places)]]),
  });
}

/** What the linker makes of a description: code, or first tables that the guest should have before it is described and linked again. */
export type LinkResult = { readonly code: Uint8Array<ArrayBuffer> } | { readonly tables: readonly BetterTable[] };

/** @throws as `linkModule` */
export function linkStep(library: WasmModule, description: LinkDescription): LinkResult {
  const patterns = judgePatterns(description);
  const tables = betterTables(patterns.values());
  return tables.length > 0 ? { tables } : { code: linkModule(library, description, patterns) };
}

/** A configured guest that has not run yet. */
export interface GuestState {
  readonly memory: Uint8Array;
  /** Variables, by name. */
  readonly globals: ReadonlyMap<string, Const>;
  /** What only dynamic dispatch reads. */
  readonly unneeded: readonly Range[];
}

/**
 * @returns a standalone image: the linked module, with the content of its memory and a manifest. The same inputs give the same bytes.
 * @throws as `linkModule`
 */
export function linkImage(
  library: WasmModule,
  description: LinkDescription,
  { memory, globals: initialValues, unneeded }: GuestState,
  manifest: Manifest,
): Uint8Array<ArrayBuffer> {
  const { functions, exports } = linkProgram(library, description, { hostMethods: methodsOf(manifest) });
  const globals = library.globals.filter(({ mutable }) => mutable);
  const strings = unusedStrings(
    memory,
    library,
    functions.map(({ body }) => body),
  );
  const { segments, fills } = takeSnapshot(memory, [...unneeded, ...strings]);
  const start = fillingStart(fills);
  return encodeModule({
    memoryPages: manifest.memoryPages,
    functions: [...functions, ...start],
    globals,
    initialValues,
    exportedFunctions: exports,
    exportedGlobals: new Map(globals.map((global) => [GLOBAL_PREFIX + global.name, global])),
    data: segments,
    start: start.at(-1),
    named: false,
    customSections: (places) =>
      new Map([
        [MANIFEST_SECTION, encodeManifest(manifest)],
        [PLACES_SECTION, encodePlaces(places)],
      ]),
  });
}

/** The methods behind an image's handlers: an image runs without host halves, so nothing else is called. */
function methodsOf({ handlers }: Manifest): ReadonlySet<string> {
  const methods = Object.values(handlers).flatMap((each) =>
    each.flatMap(({ readMethod, writeMethod }) => [readMethod, writeMethod]),
  );
  return new Set(methods.filter((method) => method !== undefined));
}

/** Functions that make rows of words; the last one is to be run first of all. None when there are no rows. */
function fillingStart(fills: readonly Fill[]): LinkedFunction[] {
  if (fills.length === 0) return [];
  const fill = new LinkedFunction("fillWords", { parameters: [I32, I32, I32, I32, I32], result: undefined });
  const [address, stride, word, difference, words] = [0, 1, 2, 3, 4] as const;
  const again = new Label();
  const store: Expression = {
    kind: "access",
    opcode: OPCODE.i32Store,
    alignment: 2,
    offset: 0,
    lane: undefined,
    operands: [localGet(address), localGet(word)],
    yields: false,
  };
  const body: Expression[] = [
    store,
    localSet(address, operation(OPCODE.i32Add, localGet(address), localGet(stride))),
    localSet(word, operation(OPCODE.i32Add, localGet(word), localGet(difference))),
    localSet(words, operation(OPCODE.i32Sub, localGet(words), i32(1))),
    branch(again, localGet(words)),
  ];
  fill.define([], [{ kind: "loop", label: again, body, result: undefined }]);
  const start = new LinkedFunction("start", { parameters: [], result: undefined });
  start.define(
    [],
    fills.map((each) => call(fill, [each.address, each.stride, each.word, each.difference, each.words].map(i32))),
  );
  return [fill, start];
}
