// run.mjs TASK [ARGUMENT...]: the tasks of package.json, on any Node from 20 on. Installs the pinned dependencies (Node 24 among them) and
// builds what is missing or out of date, says what it is doing, then runs the task with the pinned Node.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installPrograms } from "./debian.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const inRoot = (...parts) => path.join(root, ...parts);
const tell = (text) => process.stderr.write(`clickos: ${text}\n`);

/** Runs a command in the root; ends this process with its status when it fails. */
function run(command, args, options = {}) {
  const { status, error, signal } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (error) fail(`cannot run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? (signal ? 1 : 0));
}

function fail(text) {
  tell(text);
  process.exit(1);
}

function newest(directory, accept) {
  if (!existsSync(directory)) return 0;
  let latest = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !accept(entry.name)) continue;
    latest = Math.max(latest, statSync(path.join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  }
  return latest;
}

const modified = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

function installDependencies() {
  const marker = inRoot("node_modules", ".package-lock.json");
  if (modified(marker) >= modified(inRoot("package-lock.json")) && existsSync(inRoot("node_modules", "typescript")))
    return;
  tell("installing the dependencies, the pinned Node among them (npm ci)");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { stdio: ["ignore", 2, 2] });
}

/** The pinned Node, as installed for this machine. */
function pinnedNode() {
  for (const name of readdirSync(inRoot("node_modules"))) {
    const binary = inRoot("node_modules", name, "bin", "node");
    if (name.startsWith("node-linux-") && existsSync(binary)) return binary;
  }
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  return fail("no Node 24 for this machine in node_modules: install Node 24 or newer and try again");
}

function build(node) {
  const isSource = (name) => name.endsWith(".ts") && !name.endsWith(".test.ts");
  const sources = Math.max(
    newest(inRoot("src"), isSource),
    newest(inRoot("elements"), isSource),
    modified(inRoot("scripts", "bundle.mjs")),
  );
  const plane = Math.max(newest(inRoot("plane"), isSource), newest(inRoot("src", "plane"), isSource));
  if (modified(inRoot("dist", "built")) > Math.max(sources, plane)) return;
  mkdirSync(inRoot("dist"), { recursive: true });
  const started = Date.now();
  tell("building: emitting JavaScript");
  run(node, [inRoot("scripts", "bundle.mjs")], { stdio: ["ignore", 2, 2] });
  const elements = newest(inRoot("elements"), (name) => isSource(name));
  const compiler = newest(inRoot("src", "library"), isSource);
  if (modified(inRoot("dist", "library", "catalogue.json")) <= Math.max(elements, compiler)) {
    tell("building: compiling the element library");
    run(node, [inRoot("src", "library", "build.ts")], { stdio: ["ignore", 2, 2] });
  }
  if (modified(inRoot("dist", "plane", "fabric.wasm")) <= plane) {
    tell("building: compiling the fabric's data plane");
    run(node, [inRoot("src", "plane", "build.ts")], { stdio: ["ignore", 2, 2] });
  }
  writeFileSync(inRoot("dist", "built"), "");
  tell(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

function findTests(...directories) {
  const files = [];
  for (const directory of directories) {
    for (const name of readdirSync(inRoot(directory), { recursive: true }))
      if (String(name).endsWith(".test.ts")) files.push(path.join(directory, String(name)));
  }
  return files.sort();
}

const TASKS = {
  build: () => undefined,
  demo: (node, args) => {
    installPrograms("demo", tell);
    run(node, [inRoot("src", "bin", "demo.ts"), ...args]);
  },
  test: (node, args) => {
    installPrograms("test", tell);
    const files = args.length > 0 ? args : findTests("src", "elements", "plane", "test", "bench");
    run(node, ["--test", "--test-timeout=180000", ...files]);
  },
  bench: (node, args) => run(node, [inRoot("bench", "run.ts"), ...args]),
  docs: (node, args) => run(node, [inRoot("src", "bin", "docs.ts"), ...args]),
  check: (node) => {
    run(node, [inRoot("node_modules", "typescript", "bin", "tsc"), "--noEmit", "-p", "tsconfig.json"]);
    run(inRoot("node_modules", ".bin", "biome"), ["check", "--error-on-warnings"]);
  },
};

const [name, ...args] = process.argv.slice(2);
const task = TASKS[name ?? ""];
if (!task) fail(`unknown task '${name ?? ""}': one of ${Object.keys(TASKS).join(", ")}`);
installDependencies();
const node = pinnedNode();
build(node);
task(node, args);
