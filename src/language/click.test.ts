import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { read } from "./fixtures.ts";

/** Each case: a source, and what Click itself said and printed for it. */
const cases = readFileSync(new URL("clickCases.txt", import.meta.url), "utf8").split("\n===\n");

describe("the language, on sources that Click has read", () => {
  for (const text of cases) {
    const [source, expectedMessages, expectedFlat] = text.split(/\n--- messages\n|--- flat\n/);
    it(`gives the same messages and the same flat configuration: ${source!.slice(0, 60).replaceAll("\n", " ")}`, () => {
      const { messages, flat } = read(source!, { requirePackage: () => false });
      assert.equal(messages, expectedMessages!.trimEnd());
      assert.equal(flat.trimEnd(), expectedFlat!.trimEnd());
    });
  }
});
