/** Runs the cases of `test/cases` as a user would, over both tiers: dynamic dispatch, and linked. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { runClick } from "../src/bin/clickCommand.ts";
import type { Case } from "./cases/case.ts";

const DIRECTORY = new URL("./cases/", import.meta.url);

for (const link of ["off", "eager"]) {
  for (const file of readdirSync(DIRECTORY).toSorted()) {
    const module: { readonly cases?: readonly Case[] } = await import(new URL(file, DIRECTORY).href);
    if (!module.cases) continue;
    describe(`${file}, --link=${link}`, () => {
      for (const each of module.cases ?? []) it(each.name, () => check(each, link));
    });
  }
}

async function check(
  { arguments: words = [], configuration, stdin = "", stdout = "", stderr = "", status = 0 }: Case,
  link: string,
): Promise<void> {
  const output = { out: "", messages: "" };
  const result = await runClick([`--link=${link}`, ...words, "-e", configuration], {
    readStandardInput: () => Buffer.from(stdin, "latin1"),
    print: (text) => {
      output.out += text;
    },
    printMessage: (text) => {
      output.messages += text;
    },
  });
  assert.deepEqual({ stdout: output.out, stderr: output.messages, status: result }, { stdout, stderr, status });
}
