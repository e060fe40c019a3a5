import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatNumber, formatTable } from "./table.ts";

describe("formatTable", () => {
  it("lines columns up, and leaves no blanks at the ends of lines", () => {
    const text = formatTable(
      [
        { title: "path", align: "left" },
        { title: "ns", align: "right" },
        { title: "note", align: "left" },
      ],
      [
        ["queue", "7.5", "x"],
        ["firewall", "123"],
      ],
    );
    assert.equal(
      text,
      ["path       ns  note", "--------  ---  ----", "queue     7.5  x", "firewall  123", ""].join("\n"),
    );
  });
});

describe("formatNumber", () => {
  it("keeps three digits that count", () =>
    assert.deepEqual([0.123, 9.994, 12.34, 99.94, 123.4, 7023].map(formatNumber), [
      "0.12",
      "9.99",
      "12.3",
      "99.9",
      "123",
      "7023",
    ]));
});
