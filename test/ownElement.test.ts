/** A user's own element: compiled, linked and run with the stock ones; its faults are told with their place. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { runClick } from "../src/bin/clickCommand.ts";

const EXAMPLE = fileURLToPath(new URL("../examples/own-element/", import.meta.url));
const CLICK = fileURLToPath(new URL("../bin/click", import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), "clickos-own-"));
after(() => rmSync(folder, { recursive: true }));

async function click(...words: string[]): Promise<{ out: string; messages: string; status: number }> {
  const result = { out: "", messages: "", status: 0 };
  result.status = await runClick(words, {
    readStandardInput: () => Buffer.alloc(0),
    print: (text) => {
      result.out += text;
    },
    printMessage: (text) => {
      result.messages += text;
    },
  });
  return result;
}

/** Writes an element file in which one line of the example is another. */
function variant(name: string, line: string, replacement: string): string {
  const file = path.join(folder, `${name}.ts`);
  const source = readFileSync(path.join(EXAMPLE, "EveryNth.ts"), "utf8");
  assert.ok(source.includes(line));
  writeFileSync(file, source.replace(line, replacement));
  return file;
}

describe("an element of one's own", () => {
  for (const link of ["off", "eager"]) {
    it(`runs with the stock elements, --link=${link}`, async () => {
      const words = [
        `--link=${link}`,
        "--element",
        path.join(EXAMPLE, "EveryNth.ts"),
        path.join(EXAMPLE, "sample.click"),
      ];
      assert.deepEqual(await click(...words, "-h", "nth.chosen", "-h", "rest.count"), {
        out: "nth.chosen:\n100\n\nrest.count:\n900\n\n",
        messages: "",
        status: 0,
      });
    });
  }

  it("is refused with file and line when it does not compile", async () => {
    const file = variant("Wrong", "this.chosen++;", 'this.chosen += "one";');
    const { messages, status } = await click("--element", file, path.join(EXAMPLE, "sample.click"));
    assert.match(messages, /ERROR TS2322: Type '~lib\/string\/String' is not assignable to type 'u64'/);
    assert.match(messages, new RegExp(`in ${file}\\(26,\\d+\\)`));
    assert.equal(status, 1);
  });

  it("is refused without colours where CI is set, which the compiler reads as it starts", () => {
    const file = variant("Wrong", "this.chosen++;", 'this.chosen += "one";');
    const { stderr, status } = spawnSync(CLICK, ["--element", file, path.join(EXAMPLE, "sample.click")], {
      encoding: "utf8",
      env: { ...process.env, CI: "true" },
    });
    assert.match(stderr, /^ERROR TS2322: Type '~lib/);
    assert.equal(status, 1);
  });

  for (const link of ["off", "eager"]) {
    it(`that traps stops the guest, and the report names it, --link=${link}`, async () => {
      const file = variant("Trap", "this.chosen++;", "unreachable();");
      const { messages, status } = await click(`--link=${link}`, "--element", file, path.join(EXAMPLE, "sample.click"));
      assert.match(
        messages,
        /^click: the guest stopped: unreachable(, in a task of 'InfiniteSource@1 :: InfiniteSource')?\n {2}in /,
      );
      assert.match(messages, link === "eager" ? /nth/ : /EveryNth/);
      assert.equal(status, 1);
    });
  }
});

describe("click --profile", () => {
  it("tells packets and time of each element", async () => {
    const { messages } = await click(
      "--profile",
      "-e",
      "InfiniteSource(LIMIT 1000, STOP true) -> c :: Counter -> Strip(14) -> d :: Discard",
    );
    assert.match(messages, /^element +class +packets +ns\/packet +time\n/);
    assert.match(messages, /^c +Counter +1000 /m);
    assert.match(messages, /^d +Discard +1000 /m);
  });
});
