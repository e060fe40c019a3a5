import { fileURLToPath } from "node:url";

/** The package's root as seen from here: sources lie in `bench`, what was emitted in `dist/bench`. */
const ROOT = import.meta.url.endsWith(".ts") ? "../" : "../../";

export function packageRoot(): string {
  return fileURLToPath(new URL(ROOT, import.meta.url));
}
