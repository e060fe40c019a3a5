/** The compiled element library, as the build left it: the catalogue and the bootable module. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Catalogue, ElementClass } from "./catalogue.ts";
import type { HostHalf } from "./hostHalf.ts";

/** Suffix of modules: sources run as `.ts`, the package has `.js`. */
const MODULE_SUFFIX = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
/** The package's root as seen from here: sources lie in `src`, what was emitted in `dist/src`. */
const EMITTED_ROOT = MODULE_SUFFIX === ".ts" ? "../../dist/" : "../../";
const HOST_HALF_ROOT = "../../elements/";

/** Where the build puts the library. */
export function libraryPath(file: string): string {
  return fileURLToPath(new URL(`${EMITTED_ROOT}library/${file}`, import.meta.url));
}

/** A library: the stock elements, or those and a user's own. */
export interface Library {
  readonly catalogue: Catalogue;
  /** Bootable with dynamic dispatch. */
  readonly dynamic: WebAssembly.Module;
  /** The form that the linker reads. */
  readonly body: () => Uint8Array;
  /** The module that configures a class from the host; undefined when it has none. */
  readonly hostHalf: (elementClass: ElementClass) => HostHalf | undefined;
}

/** @throws Error with the way to build it when the library is missing */
export function loadLibrary(): Library {
  const read = (file: string): Buffer => {
    try {
      return readFileSync(libraryPath(file));
    } catch (error) {
      throw new Error("the element library is not built: run `npm run build`", { cause: error });
    }
  };
  return {
    catalogue: JSON.parse(read("catalogue.json").toString()) as Catalogue, // written by our own build
    dynamic: new WebAssembly.Module(new Uint8Array(read("dynamic.wasm"))),
    body: () => read("body.wasm"),
    hostHalf: importHostHalf,
  };
}

/** Synchronous, so that a configuration can be swapped within a handler call. */
function importHostHalf(elementClass: ElementClass): HostHalf | undefined {
  if (!elementClass.hostHalf) return undefined;
  const path = fileURLToPath(new URL(`${HOST_HALF_ROOT}${elementClass.file}.host${MODULE_SUFFIX}`, import.meta.url));
  const module: { readonly hostHalf?: HostHalf } = requireModule(path);
  if (!module.hostHalf) throw new Error(`${elementClass.file}.host exports no hostHalf`);
  return module.hostHalf;
}

const requireModule = createRequire(import.meta.url);
