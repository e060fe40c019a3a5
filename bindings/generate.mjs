// generate.mjs [FOLDER]: makes all that is generated here anew, or puts it into another folder: openapi.json from the daemon's schemas, the
// types of the TypeScript client, and the Python client. Needs Java; tools/ has the generators, which `npm ci` installs there.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const bindings = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(bindings);
const tools = path.join(bindings, "tools");
const output = path.resolve(process.argv[2] ?? bindings);
const document = path.join(output, "openapi.json");

function run(command, args, options = {}) {
  return execFileSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 64 << 20, ...options });
}

function installTools() {
  if (existsSync(path.join(tools, "node_modules"))) return;
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: tools });
}

/** As `npm run check` wants it. @param name  of the file in bindings/, which tells its language */
function format(text, name) {
  const biome = path.join(root, "node_modules", ".bin", "biome");
  return run(biome, ["format", `--stdin-file-path=${path.join("bindings", name)}`], { input: text });
}

function writeDocument() {
  const text = run(process.execPath, [path.join(root, "src", "api", "writeOpenapi.ts")]);
  mkdirSync(output, { recursive: true });
  writeFileSync(document, format(text, "openapi.json"));
}

function writeTypeScript() {
  const name = path.join("typescript", "schema.d.ts");
  const types = run(path.join(tools, "node_modules", ".bin", "openapi-typescript"), [document], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  mkdirSync(path.join(output, "typescript"), { recursive: true });
  writeFileSync(path.join(output, name), format(types, name));
}

function writePython() {
  const jar = path.join(
    tools,
    "node_modules",
    "@openapitools",
    "openapi-generator-cli",
    "bin",
    "openapi-generator.jar",
  );
  const scratch = mkdtempSync(path.join(tmpdir(), "cosmos-bindings-"));
  try {
    const what = "apis,models,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false";
    const settings = [
      "--package-name",
      "cosmos_client",
      "-p",
      "hideGenerationTimestamp=true",
      "--global-property",
      what,
    ];
    const args = ["-jar", jar, "generate", "-i", document, "-g", "python", "-o", scratch, ...settings];
    run("java", args, { stdio: ["ignore", "ignore", "inherit"] });
    const client = path.join(output, "python", "cosmos_client");
    rmSync(client, { recursive: true, force: true });
    cpSync(path.join(scratch, "cosmos_client"), client, { recursive: true });
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

installTools();
writeDocument();
writeTypeScript();
writePython();
