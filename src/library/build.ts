/** Builds the stock library: compiles `elements/` and writes the modules and the catalogue to `dist/library`. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compileElements, type ElementSources } from "./compiler/compile.ts";
import { libraryPath } from "./library.ts";

const ELEMENTS = fileURLToPath(new URL("../../elements/", import.meta.url));

/** @returns the sources of all elements, kernel and header views, by path below `elements/`, in a fixed order. */
export function readElementSources(root = ELEMENTS): ElementSources {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
    /^[^.]+\.ts$/.test(path.basename(file)),
  );
  return new Map(
    files.toSorted().map((file) => [file.split(path.sep).join("/"), readFileSync(path.join(root, file), "utf8")]),
  );
}

/** Whether a host module lies beside an element file. */
export function hasHostHalf(file: string): boolean {
  return existsSync(path.join(ELEMENTS, `${file}.host.ts`));
}

async function build(): Promise<void> {
  const library = await compileElements(readElementSources(), hasHostHalf);
  mkdirSync(libraryPath(""), { recursive: true });
  writeFileSync(libraryPath("body.wasm"), library.body);
  writeFileSync(libraryPath("dynamic.wasm"), library.dynamic);
  writeFileSync(libraryPath("catalogue.json"), `${JSON.stringify(library.catalogue)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await build();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
