import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Diagnostics } from "./diagnostics.ts";

describe("Diagnostics", () => {
  it("prefixes a message with its landmark, and a warning with its severity", () => {
    const diagnostics = new Diagnostics();
    diagnostics.error("a.click:3", "undeclared element 'x'");
    diagnostics.warning("a.click:4", "doubtful");
    diagnostics.message("", "plain");
    assert.deepEqual(diagnostics.lines, ["a.click:3: undeclared element 'x'", "a.click:4: warning: doubtful", "plain"]);
    assert.equal(diagnostics.errorCount, 1);
  });

  it("gives every line of a text the landmark", () => {
    const diagnostics = new Diagnostics();
    diagnostics.error("f:1", "first\nsecond\n");
    assert.deepEqual(diagnostics.lines, ["f:1: first", "f:1: second"]);
  });

  it("drops space and one colon at the end of a landmark", () => {
    const diagnostics = new Diagnostics();
    diagnostics.error("boot: ", "x");
    assert.deepEqual(diagnostics.lines, ["boot: x"]);
  });

  it("prints the heading of a block once, before its first message, and indents the messages", () => {
    const diagnostics = new Diagnostics();
    const block = diagnostics.within("f:1", "While configuring 'fw :: IPFilter':");
    assert.deepEqual(diagnostics.lines, []);
    block.error("", "pattern 0: syntax error");
    block.warning("", "odd");
    assert.deepEqual(diagnostics.lines, [
      "f:1: While configuring 'fw :: IPFilter':",
      "  pattern 0: syntax error",
      "  warning: odd",
    ]);
    assert.deepEqual(block.lines, diagnostics.lines);
  });

  it("indents nested blocks further, and counts their errors outside as well", () => {
    const diagnostics = new Diagnostics();
    const inner = diagnostics.within("f:1", "Outer:").within("", "Inner:");
    inner.error("g:2", "deep");
    assert.deepEqual(diagnostics.lines, ["f:1: Outer:", "g:2:   Inner:", "g:2:     deep"]);
    assert.equal(diagnostics.errorCount, 1);
    assert.equal(inner.errorCount, 1);
  });

  it("gives a heading without landmark the landmark of the first message", () => {
    const diagnostics = new Diagnostics();
    diagnostics.within("", "candidates are:").message("f:7", "X[0 inputs, 0 outputs]");
    assert.deepEqual(diagnostics.lines, ["f:7: candidates are:", "f:7:   X[0 inputs, 0 outputs]"]);
  });

  it("tells its listener of each line once, as it comes", () => {
    const heard: string[] = [];
    const diagnostics = new Diagnostics((line) => heard.push(line));
    diagnostics.error("f:1", "a");
    diagnostics.within("", "block:").error("", "b");
    assert.deepEqual(heard, ["f:1: a", "block:", "  b"]);
  });
});
