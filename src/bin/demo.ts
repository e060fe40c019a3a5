/**
 * `npm run demo`: an IP router and a firewall on captures, many domains on a switch and in a chain, and a firewall and a NAT between network namespaces.
 * Takes no arguments; CLICK=/path/to/click puts a real Click beside the first two.
 */
import { mkdtempSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { showDomains, USUAL_DOMAINS } from "../demo/domains.ts";
import { DemoError } from "../demo/guests.ts";
import { showNetwork } from "../demo/network.ts";
import { show, USUAL_EFFORT } from "../demo/show.ts";
import { ToolstackError } from "../domain/toolstack.ts";

/** The package's root as seen from here: sources lie in `src/bin`, what was emitted in `dist/src/bin`. */
const ROOT = import.meta.url.endsWith(".ts") ? "../../" : "../../../";
/** A terminal that does not tell its size. */
const USUAL_ROWS = 24;
const USUAL_COLUMNS = 80;

const examples = fileURLToPath(new URL(`${ROOT}examples/`, import.meta.url));

await using cleanup = new AsyncDisposableStack();
const screen = {
  write: (text: string): void => {
    // A part that was ended by a signal has nothing more to say.
    if (!cleanup.disposed) process.stdout.write(text);
  },
  isTerminal: process.stdout.isTTY ?? false,
  rows: process.stdout.rows ?? USUAL_ROWS,
  columns: process.stdout.columns ?? USUAL_COLUMNS,
};
const directory = mkdtempSync(path.join(tmpdir(), "clickos-demo-"));
cleanup.defer(() => rmSync(directory, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    writeSync(2, `demo: ended by ${signal}, cleaning up\n`);
    void cleanup.disposeAsync().finally(() => process.exit(1));
  });
}

const parts: readonly (() => Promise<boolean>)[] = [
  () => show({ screen, directory, examples, click: process.env.CLICK, effort: USUAL_EFFORT }),
  () => showDomains({ screen, cleanup, ...USUAL_DOMAINS }),
  () => showNetwork({ screen, examples, cleanup }),
];

try {
  let isRight = true;
  for (const part of parts) {
    const right = await part();
    isRight &&= right;
    screen.write("\n");
  }
  screen.write(isRight ? "Every packet is accounted for.\n" : "SOMETHING IS WRONG: see above.\n");
  process.exitCode = isRight ? 0 : 1;
} catch (error) {
  // When a signal has ended the demo, everything is closed under the part that runs.
  if (!cleanup.disposed) report(error);
}

function report(error: unknown): void {
  if (!(error instanceof DemoError || error instanceof ToolstackError)) throw error;
  writeSync(2, `demo: ${error.message}\n`);
  process.exitCode = 1;
}
