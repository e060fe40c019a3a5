import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LiveTable } from "./liveTable.ts";

function show(isTerminal: boolean, rows = 10) {
  let time = 0;
  let output = "";
  const screen = {
    isTerminal,
    rows,
    columns: 20,
    write: (text: string) => {
      output += text;
    },
  };
  const table = new LiveTable(screen, () => time);
  const wait = (milliseconds: number): void => {
    time += milliseconds;
  };
  return { table, wait, output: () => output };
}

describe("a live table", () => {
  it("goes back over itself on a terminal", () => {
    const { table, wait, output } = show(true);
    table.refresh(() => "a\nb\n");
    wait(1000);
    table.refresh(() => "c\nd\n");
    table.finish("e\n");
    assert.equal(output(), "a\nb\n\x1b[2A\x1b[Jc\nd\n\x1b[2A\x1b[Je\n");
  });

  it("is printed once in a pipe", () => {
    const { table, output } = show(false);
    table.refresh(() => "a\n");
    table.finish("b\n");
    assert.equal(output(), "b\n");
  });

  it("does not flicker: what comes too soon is not shown", () => {
    const { table, wait, output } = show(true);
    table.refresh(() => "a\n");
    wait(10);
    table.refresh(() => assert.fail("made for nothing"));
    assert.equal(output(), "a\n");
  });

  it("shows on a small terminal what has room, and says what is missing", () => {
    const { table, output } = show(true, 5);
    table.refresh(() => "1\n2\n3\n4\n5\n");
    assert.equal(output(), "1\n2\n... 3 more\n");
    table.finish("1\n2\n3\n4\n5\n");
    assert.ok(output().endsWith("1\n2\n3\n4\n5\n"));
  });

  it("cuts lines that would wrap", () => {
    const { table, output } = show(true);
    table.refresh(() => `${"x".repeat(50)}\n`);
    assert.equal(output(), `${"x".repeat(19)}\n`);
  });
});
