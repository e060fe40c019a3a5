import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { MemoryToolstack } from "../api/toolstack.fixture.ts";
import { ToolstackError } from "../domain/toolstack.ts";
import { SHELLS, type Shell } from "./completionScripts.ts";
import { run } from "./run.fixture.ts";

async function someToolstack(): Promise<MemoryToolstack> {
  const toolstack = new MemoryToolstack();
  await toolstack.create({ name: "web", config: "x", vifs: [{ name: "lan0" }] });
  await toolstack.create({ name: "dns" });
  await toolstack.writeHandler("web", "c.count", "0");
  await toolstack.defineNetwork({ name: "office" });
  await toolstack.chainUp({ name: "shop" });
  return toolstack;
}

/** The words that are offered, or "files". */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const { out } = await run(await someToolstack(), ["__complete", "--", ...words]);
  const [kind = "", ...lines] = out.trimEnd().split("\n");
  return kind === "words" ? lines.map((line) => line.split("\t")[0] ?? "") : [kind];
}

describe("completion", () => {
  it("offers commands, and those of a command", async () => {
    assert.deepEqual(await offered("cre"), ["create"]);
    assert.deepEqual(await offered("chain", ""), ["up", "down", "status", "list", "help"]);
    assert.ok(!(await offered("")).includes("__complete"));
  });

  it("offers options, the general ones too", async () => {
    assert.deepEqual(await offered("create", "--p"), ["--param", "--paused"]);
    assert.deepEqual(await offered("info", "--j"), ["--json"]);
    assert.deepEqual(await offered("create", "--on-crash", "re"), ["restart"]);
    assert.deepEqual(await offered("completion", ""), ["bash", "zsh", "fish"]);
  });

  it("offers names of what there is", async () => {
    assert.deepEqual(await offered("info", ""), ["web", "dns"]);
    assert.deepEqual(await offered("stop", "dns", "w"), ["web"]);
    assert.deepEqual(await offered("--socket", "/run/x", "info", "--json", "d"), ["dns"]);
    assert.deepEqual(await offered("detach", "web", ""), ["lan0"]);
    assert.deepEqual(await offered("read", "web", "c."), ["c.count"]);
    assert.deepEqual(await offered("capture", "web", ""), ["lan0", "c"]);
    assert.deepEqual(await offered("network", "remove", ""), ["office"]);
    assert.deepEqual(await offered("chain", "down", ""), ["shop"]);
  });

  it("leaves files to the shell", async () => {
    assert.deepEqual(await offered("create", ""), ["files"]);
    assert.deepEqual(await offered("create", "--config", ""), ["files"]);
    assert.deepEqual(await offered("start", "web", ""), ["files"]);
  });

  it("asks the daemon that the command line names", async () => {
    const { endpoints } = await run(await someToolstack(), ["__complete", "--", "--socket", "/run/x", "info", ""]);
    assert.deepEqual(endpoints, [{ url: "unix:/run/x", token: undefined }]);
  });

  it("offers nothing where the daemon does not answer", async () => {
    const silent = new MemoryToolstack();
    silent.list = () => Promise.reject(new ToolstackError("UNREACHABLE", "no daemon"));
    assert.deepEqual(await run(silent, ["__complete", "--", "info", ""]).then(({ out }) => out), "words\n");
  });
});

/** What each shell is asked for, and how its answer is printed: the words that it offers behind `cosmos info `. */
const QUESTIONS: Readonly<Record<Shell, string>> = {
  bash: `COMP_WORDS=(cosmos info ''); COMP_CWORD=2; _cosmos; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // Outside of its line editor zsh has no completion: its two functions print what they are given.
  zsh: `_describe() { print -rl \${(P)2} }; _files() { print files }; words=(cosmos info ''); CURRENT=3; _cosmos`,
  fish: "complete -C 'cosmos info '",
};

describe("a completion script", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "cosmos-completion-"));
  after(() => rmSync(directory, { recursive: true }));
  const command = path.join(directory, "cosmos");
  const answer = `[ "$*" = "__complete -- info " ] && printf 'words\\nweb\\trunning\\nd:ns\\tstopped\\n'`;
  writeFileSync(command, `#!/bin/sh\n${answer}\n`);
  chmodSync(command, 0o755);

  for (const shell of SHELLS) {
    const missing = spawnSync(shell, ["-c", ":"]).error !== undefined;
    it(`makes ${shell} offer names`, { skip: missing && `skipped: no ${shell}` }, async () => {
      const { out: script } = await run(new MemoryToolstack(), ["completion", shell]);
      const quiet = shell === "zsh" ? "compdef() { }; " : "";
      const { stdout } = spawnSync(shell, ["-c", `${quiet}${script}\n${QUESTIONS[shell]}`], {
        env: { PATH: `${directory}:${process.env.PATH}`, HOME: directory },
        encoding: "utf8",
      });
      const expected = {
        bash: "web\nd:ns\n",
        zsh: "web:running\nd\\:ns:stopped\n",
        fish: "d:ns\tstopped\nweb\trunning\n",
      };
      assert.equal(stdout, expected[shell]);
    });
  }
});
