import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CaptureInput } from "./captureInput.ts";
import { CaptureOutput } from "./captureOutput.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "clickos-capture-"));
after(() => rmSync(folder, { recursive: true }));

const content = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7919) >> 3));

function place(name: string): string {
  return path.join(folder, name);
}

function has(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

function readAll(name: string): Buffer {
  const input = CaptureInput.open(name);
  try {
    const into = Buffer.alloc(content.length + 1);
    return into.subarray(0, input.read(into));
  } finally {
    input.close();
  }
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !condition(); tries++) await sleep(10);
  assert.ok(condition());
}

describe("a capture file", () => {
  it("is read from any place, and knows its size", () => {
    writeFileSync(place("plain"), content);
    const input = CaptureInput.open(place("plain"));
    assert.equal(input.size, content.length);
    assert.ok(input.seek(1000));
    const into = Buffer.alloc(10);
    assert.equal(input.read(into), 10);
    assert.deepEqual(into, content.subarray(1000, 1010));
    assert.equal(input.position, 1010);
    assert.ok(!input.seek(-1));
    assert.ok(input.seek(content.length + 5));
    assert.equal(input.read(into), 0);
    input.close();
  });

  it("that is missing, or a directory, is a system error", () => {
    assert.throws(() => CaptureInput.open(place("missing")), { code: "ENOENT" });
    const input = CaptureInput.open(folder);
    assert.throws(() => input.read(Buffer.alloc(1)), { code: "EISDIR" });
    input.close();
    assert.throws(() => CaptureOutput.open(place("missing/file"), ""), { code: "ENOENT" });
    assert.throws(() => CaptureOutput.open(place("missing/file.gz"), ""), { code: "ENOENT" });
  });

  for (const [compressor, ending] of [
    ["gzip", "gz"],
    ["bzip2", "bz2"],
  ] as const) {
    it(`compressed by ${compressor} is decompressed, whatever its name`, { skip: !has(compressor) }, () => {
      const { stdout } = spawnSync(compressor, ["-c"], { input: content, maxBuffer: 1 << 24 });
      writeFileSync(place(`it's compressed ${ending}`), stdout);
      assert.ok(readAll(place(`it's compressed ${ending}`)).equals(content));
    });

    it(`named .${ending} is compressed as it is written`, { skip: !has(compressor) }, async () => {
      const name = place(`out.${ending}`);
      const output = CaptureOutput.open(name, "");
      output.write(content);
      output.close();
      const whole = (): boolean => {
        const { stdout, status } = spawnSync(compressor, ["-dc", name], { maxBuffer: 1 << 24 });
        return status === 0 && stdout.equals(content);
      };
      await eventually(whole);
    });
  }

  it("that is only named as if it were compressed is taken as it is", () => {
    writeFileSync(place("false.gz"), "plain text");
    assert.equal(readAll(place("false.gz")).toString(), "plain text");
  });

  it("that is open already is gone on with, and ends with the last of its writers", () => {
    const first = CaptureOutput.open(place("shared"), "form");
    first.begin(Buffer.from("header "));
    const second = CaptureOutput.open(place("shared"), "form");
    second.begin(Buffer.from("header "));
    second.write(Buffer.from("second "));
    first.write(Buffer.from("first "));
    first.close();
    second.write(Buffer.from("last"));
    second.close();
    assert.equal(readFileSync(place("shared"), "utf8"), "header second first last");
    CaptureOutput.open(place("shared"), "form").close();
    assert.equal(readFileSync(place("shared"), "utf8"), "");
  });

  it("is written as a whole", () => {
    const output = CaptureOutput.open(place("written"), "");
    output.write(content.subarray(0, 5));
    output.write(content.subarray(5));
    output.close();
    assert.ok(readFileSync(place("written")).equals(content));
  });
});
