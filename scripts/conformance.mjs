// conformance.mjs DIRECTORY: runs Click's public test suite (the `test` directory of its source, with its own `clicktest` script) with this
// project's commands first on PATH, and writes docs/CONFORMANCE.md. A file that fails alone is tried once more, since some compare real times.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const suite = process.argv[2];
if (!suite) {
  console.error("usage: node scripts/conformance.mjs DIRECTORY (the test directory of Click's source)");
  process.exit(1);
}

const SECONDS = 30;
const environment = { ...process.env, PATH: `${path.join(root, "bin")}:${suite}:${process.env.PATH}` };

function runOnce(file) {
  const { stdout, stderr, status } = spawnSync("./clicktest", ["-V", file], {
    cwd: suite,
    env: environment,
    encoding: "latin1",
    timeout: SECONDS * 1000,
  });
  return { passed: status === 0, output: `${stdout}${stderr}` };
}

function isProvided(classes) {
  return spawnSync("click-buildtool", ["provides", ...classes], { env: environment }).status === 0;
}

/** Reasons that the output does not show, found by hand. */
const KNOWN_REASONS = new Map([
  [
    "IPRewriter/UDPRewriter-11.clicktest",
    "expects a port that the C library's `random()` chooses; ours is another generator",
  ],
  [
    "analysis/FromIPSummaryDump-ipopt-01.clicktest",
    "skipped: its `printf` needs a shell that knows `\\x`, which Debian's `sh` does not",
  ],
  [
    "icmp/ICMPPingEncap-01.clicktest",
    "skipped: its `printf` needs a shell that knows `\\x`, which Debian's `sh` does not",
  ],
  ["userlevel/ControlSocket-llrpc-01.clicktest", "needs ControlSocket"],
  ["userlevel/iprouter-01.clicktest", "needs the tool click-align"],
  ["userlevel/timer-systime-01.clicktest", "skipped: the file demands `false`"],
  ["userlevel/timewarp-01.clicktest", "counts the start of three processes, and allows 20 ms; ours take 50 ms each"],
]);

/** Why a file does not pass, in a few words. */
function reason(file, output) {
  const known = KNOWN_REASONS.get(file);
  if (known) return known;
  const missing = new Set();
  for (const match of output.matchAll(/(?:undeclared element|unknown element class) '([\w/@]+)'/g))
    missing.add(match[1]);
  if (missing.size > 0) return `needs ${[...missing].join(", ")}`;
  const tool = /(click-[a-z]+|clicktest): not found/.exec(output)?.[1];
  if (tool) return `needs the tool ${tool}`;
  if (
    /provides linuxmodule|umultithread|multi-threading/.test(readFileSync(path.join(suite, file), "latin1")) &&
    /blocked|skipped/.test(output)
  )
    return "needs Click's kernel module or threads";
  const provides = /click-buildtool provides ([\w ]+)/.exec(readFileSync(path.join(suite, file), "latin1"))?.[1];
  if (provides && /skipped/.test(output) && !isProvided(provides.trim().split(/\s+/)))
    return `needs ${provides.trim().split(/\s+/).join(", ")}`;
  const option = /unrecognized option '(-[^']+)'/.exec(output)?.[1];
  if (option) return `needs the option ${option}`;
  if (/1 skipped/.test(output)) return "skipped by its own conditions";
  const difference = /expected '(.*)'\n.*but got +'(.*)'/.exec(output);
  return difference ? `expected \`${difference[1]}\`, got \`${difference[2]}\`` : "fails";
}

const files = readdirSync(suite, { recursive: true })
  .map(String)
  .filter((file) => /\.(clicktest|testie)$/.test(file) && !file.startsWith("linuxmodule"))
  .sort();
const rows = [];
let passed = 0;
for (const file of files) {
  let result = runOnce(file);
  if (!result.passed) result = runOnce(file);
  if (result.passed) passed++;
  rows.push(
    `| ${file} | ${result.passed ? "passes" : `fails: ${reason(file, result.output).replace(/\|/g, "\\|")}`} |`,
  );
  process.stderr.write(result.passed ? "." : "F");
}
process.stderr.write("\n");
const text = `# Conformance

Click's public test suite (the \`test\` directory of its source), run with our commands first on PATH: **${passed} of ${files.length}** files pass. Those
that need Click's kernel module, its threads, its C++ self-tests or its source-to-source tools cannot pass here.

To repeat it: \`node scripts/conformance.mjs CLICK_SOURCE/test\`

| file | result |
| --- | --- |
${rows.join("\n")}
`;
writeFileSync(path.join(root, "docs", "CONFORMANCE.md"), text);
console.log(`${passed} of ${files.length} pass`);
