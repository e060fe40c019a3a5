/** The modules of the fabric's data plane (`plane/`), as the build left them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Compiled entries of `plane/`. Each has a piece of the low memory for its static data: the place in this list times PLANE_DATA. */
export const PLANE_MODULES = ["fabric", "mover", "wire", "devices", "offloadTest"] as const;
export type PlaneModule = (typeof PLANE_MODULES)[number];

/** Bytes at the start of the switch's memory that a module may use for static data. */
export const PLANE_DATA = 4096;

/** Sources run from `src`, what was emitted from `dist/src`. */
const ROOT = import.meta.url.endsWith(".ts") ? "../../dist/" : "../../";

export function planePath(file: string): string {
  return fileURLToPath(new URL(`${ROOT}plane/${file}`, import.meta.url));
}

const loaded = new Map<PlaneModule, WebAssembly.Module>();

/** @throws Error with the way to build it when it is missing */
export function planeModule(name: PlaneModule): WebAssembly.Module {
  const existing = loaded.get(name);
  if (existing) return existing;
  let bytes: Buffer;
  try {
    bytes = readFileSync(planePath(`${name}.wasm`));
  } catch (error) {
    throw new Error("the fabric's data plane is not built: run `npm run build`", { cause: error });
  }
  const module = new WebAssembly.Module(new Uint8Array(bytes));
  loaded.set(name, module);
  return module;
}
