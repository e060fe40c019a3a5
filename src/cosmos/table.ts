/** Tables for people: columns as wide as their cells, no lines between them. */
import { styleText } from "node:util";
import { visible } from "./text.ts";

export type Style = "green" | "yellow" | "red" | "dim";

/** A cell's text, and how a terminal shows it. */
export type Cell = string | { readonly text: string; readonly style: Style };

export interface Column<Row> {
  readonly title: string;
  readonly align?: "right";
  readonly cell: (row: Row) => Cell;
}

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** @returns the title's line, and a line a row */
export async function formatTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  colours: boolean,
): Promise<string> {
  const { default: Table } = await import("cli-table3");
  const table = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align }) => align ?? "left"),
    chars: NO_LINES,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => columns.map(({ cell }) => paint(cell(row), colours))));
  return table
    .toString()
    .split("\n")
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

function paint(cell: Cell, colours: boolean): string {
  if (typeof cell === "string") return visible(cell);
  const text = visible(cell.text);
  return colours ? styleText(cell.style, text, { validateStream: false }) : text;
}
