import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { after, describe, it } from "node:test";
import { Failure } from "./faults.ts";
import { readInput, writeOutput } from "./files.ts";

const directory = mkdtempSync(path.join(tmpdir(), "cosmos-files-"));
after(() => rmSync(directory, { recursive: true }));

const terminal = { input: new PassThrough(), output: new PassThrough(), errors: new PassThrough() };

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("half");
  throw new Failure("the daemon went away");
}

describe("a file that is written", () => {
  it("is there whole, and replaces another only if it may", async () => {
    const file = path.join(directory, "whole");
    await writeOutput({ path: file, force: false }, chunks("a", "b"), terminal);
    assert.equal(readFileSync(file, "utf8"), "ab");
    await assert.rejects(writeOutput({ path: file, force: false }, chunks("c"), terminal), /exists: .*--force/);
    assert.equal(readFileSync(file, "utf8"), "ab");
    await writeOutput({ path: file, force: true }, chunks("c"), terminal);
    assert.equal(readFileSync(file, "utf8"), "c");
  });

  it("is not there when it could not be finished, and what was there stays", async () => {
    const file = path.join(directory, "kept");
    await assert.rejects(writeOutput({ path: file, force: true }, failing(), terminal), /went away/);
    writeFileSync(file, "old");
    await assert.rejects(writeOutput({ path: file, force: true }, failing(), terminal), /went away/);
    assert.equal(readFileSync(file, "utf8"), "old");
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.startsWith("kept")),
      ["kept"],
    );
  });

  it("may be a device, which stays", async () => {
    await writeOutput({ path: "/dev/null", force: false }, chunks("x"), terminal);
    await assert.rejects(writeOutput({ path: "/dev/full", force: false }, chunks("x"), terminal), { code: "ENOSPC" });
  });

  it("is not the screen", async () => {
    const screen = { ...terminal, output: Object.assign(new PassThrough(), { isTTY: true }) };
    await assert.rejects(writeOutput({ path: "-", force: false }, chunks("x"), screen), /not for a terminal/);
  });
});

describe("a file that is read", () => {
  it("is told by its name when it cannot be", async () => {
    await assert.rejects(readInput(path.join(directory, "none"), terminal), { code: "ENOENT" });
    await assert.rejects(readInput(directory, terminal), { code: "EISDIR", path: directory });
  });
});
