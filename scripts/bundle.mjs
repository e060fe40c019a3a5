// bundle.mjs: emits JavaScript to dist/: the commands, the host halves, and the threads of linker and guests, with what they share in a few chunks. A command that
// loads five files starts twice as fast as one that loads two hundred. Types are not checked here: `npm run check` does that.
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

function files(directory, accept) {
  return readdirSync(path.join(root, directory), { recursive: true })
    .map((name) => path.join(directory, String(name)))
    .filter((name) => accept(path.basename(name)));
}

const isCommand = (name) => /^(click|click-[a-z]+|clickos-[a-z]+|cosmos)\.ts$/.test(name);
for (const stale of ["dist/src", "dist/elements"]) rmSync(path.join(root, stale), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: [
    ...files("src/bin", isCommand),
    ...files("elements", (name) => name.endsWith(".host.ts")),
    "src/index.ts",
    "src/image/linkerWorker.ts",
    "src/hypervisor/thread.ts",
  ],
  outbase: ".",
  outdir: "dist",
  // As deep as the sources, so that paths relative to a module hold for chunks, too.
  chunkNames: "src/chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});
