/** `npm run demo`: shows an IP router and a firewall at work. Takes no arguments; CLICK=/path/to/click puts a real Click beside them. */
import { mkdtempSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DemoError } from "../demo/guests.ts";
import { show, USUAL_EFFORT } from "../demo/show.ts";

/** The package's root as seen from here: sources lie in `src/bin`, what was emitted in `dist/src/bin`. */
const ROOT = import.meta.url.endsWith(".ts") ? "../../" : "../../../";
/** A terminal that does not tell its size. */
const USUAL_ROWS = 24;
const USUAL_COLUMNS = 80;

const directory = mkdtempSync(path.join(tmpdir(), "clickos-demo-"));
const clean = (): void => rmSync(directory, { recursive: true, force: true });
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    clean();
    process.exit(1);
  });
}

try {
  const right = await show({
    screen: {
      write: (text) => {
        process.stdout.write(text);
      },
      isTerminal: process.stdout.isTTY ?? false,
      rows: process.stdout.rows ?? USUAL_ROWS,
      columns: process.stdout.columns ?? USUAL_COLUMNS,
    },
    directory,
    examples: fileURLToPath(new URL(`${ROOT}examples/`, import.meta.url)),
    click: process.env.CLICK,
    effort: USUAL_EFFORT,
  });
  process.exitCode = right ? 0 : 1;
} catch (error) {
  if (!(error instanceof DemoError)) throw error;
  writeSync(2, `demo: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  clean();
}
