import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Column, formatTable } from "./table.ts";

type Row = readonly [string, string];
const COLUMNS: readonly Column<Row>[] = [
  { title: "NAME", cell: ([name]) => name },
  { title: "N", align: "right", cell: ([, count]) => ({ text: count, style: "green" }) },
];

describe("a table", () => {
  it("has columns as wide as their cells, and no lines", async () => {
    const rows: Row[] = [
      ["a", "5"],
      ["longer", "1234"],
    ];
    assert.equal(await formatTable(COLUMNS, rows, false), "NAME       N\na          5\nlonger  1234\n");
  });

  it("without rows is its titles", async () => {
    assert.equal(await formatTable(COLUMNS, [], false), "NAME  N\n");
  });

  it("is as wide with colours as without, and keeps control characters of others out", async () => {
    const text = await formatTable(COLUMNS, [["x\x1b[31m\ny", "5"]], true);
    assert.equal(text, "NAME            N\nx\\x1b[31m\\x0ay  \x1b[32m5\x1b[39m\n");
  });
});
