/** Finds the sources of the stock elements: `elements/` of the package. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { ElementSources } from "./compiler/compile.ts";

/** Sources run from `src`, what was emitted from `dist/src`. */
const ROOT = import.meta.url.endsWith(".ts") ? "../../elements/" : "../../../elements/";
const ELEMENTS = fileURLToPath(new URL(ROOT, import.meta.url));

/** @returns the sources of all elements, kernel and header views, by path below `elements/`, in a fixed order */
export function readElementSources(): ElementSources {
  const files = readdirSync(ELEMENTS, { recursive: true, encoding: "utf8" }).filter((file) =>
    /^[^.]+\.ts$/.test(path.basename(file)),
  );
  return new Map(
    files.toSorted().map((file) => [file.split(path.sep).join("/"), readFileSync(path.join(ELEMENTS, file), "utf8")]),
  );
}

/** Whether a host module lies beside an element file. */
export function hasHostHalf(file: string): boolean {
  return existsSync(path.join(ELEMENTS, `${file}.host.ts`));
}
