/** Builds the stock library: compiles `elements/` and writes the modules and the catalogue to `dist/library`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileElements } from "./compiler/compile.ts";
import { hasHostHalf, readElementSources } from "./elementSources.ts";
import { libraryPath } from "./library.ts";

async function build(): Promise<void> {
  const sources = readElementSources();
  const library = await compileElements(sources, [...sources.keys()], hasHostHalf);
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
