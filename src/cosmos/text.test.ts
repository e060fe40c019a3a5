import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import fc from "fast-check";
import { guestPrinter, typedBytes, visible } from "./text.ts";

function printed(chunks: readonly string[], terminal: object): Buffer {
  const output = Object.assign(new PassThrough(), terminal);
  const print = guestPrinter(output);
  for (const chunk of chunks) void print(chunk);
  return output.read() ?? Buffer.alloc(0);
}

describe("a guest's text", () => {
  it("reaches files and pipes byte by byte", () =>
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString("latin1");
        assert.deepEqual(printed([text], {}), Buffer.from(bytes));
      }),
    ));

  it("cannot control a terminal, however it is cut into pieces", () =>
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(), (bytes, cut) => {
        const text = Buffer.from(bytes).toString("latin1");
        const at = bytes.length === 0 ? 0 : cut % bytes.length;
        const shown = printed([text.slice(0, at), text.slice(at)], { isTTY: true }).toString();
        assert.doesNotMatch(shown, /[^\n\t\P{Cc}]/u);
      }),
    ));

  it("keeps its letters, even where one is cut in two", () => {
    const bytes = typedBytes("Grüße\n");
    assert.equal(printed([bytes.slice(0, 3), bytes.slice(3)], { isTTY: true }).toString(), "Grüße\n");
  });

  it("shows what is hidden", () => {
    assert.equal(visible("a\x1b[2J\n\u009b1m"), "a\\x1b[2J\\x0a\\x9b1m");
  });
});
