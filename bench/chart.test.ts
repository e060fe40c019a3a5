import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { barChart } from "./chart.ts";

const bars = (svg: string): { x: number; width: number; fill: string }[] =>
  [...svg.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)" height="\d+" fill="(#\w+)"/g)].map(
    ([, x, width, fill]) => ({
      x: Number(x),
      width: Number(width),
      fill: fill ?? "",
    }),
  );

describe("barChart", () => {
  it("draws a bar a ratio, to the right of 1 or to the left", () => {
    const [faster, slower] = bars(
      barChart({
        title: "t",
        caption: "c",
        bars: [
          { label: "fast", ratio: 4 },
          { label: "slow", ratio: 0.25 },
        ],
      }),
    );
    assert.ok(faster && slower);
    assert.ok(Math.abs(faster.width - slower.width) < 0.2, "4 times and a quarter are equally far from 1");
    assert.ok(Math.abs(slower.x + slower.width - faster.x) < 0.2, "both begin at 1");
    assert.notEqual(faster.fill, slower.fill);
  });

  it("has room for the largest ratio and the largest claim", () => {
    const svg = barChart({ title: "t", caption: "c", bars: [{ label: "a", ratio: 3, claim: 150 }] });
    const width = Number(/width="(\d+)"/.exec(svg)?.[1]);
    const positions = [...svg.matchAll(/x[12]?="([\d.]+)"/g)].map(([, x]) => Number(x));
    assert.ok(positions.length > 4);
    assert.ok(positions.every((x) => x >= 0 && x <= width));
    assert.ok(svg.includes(">100×<"));
  });

  it("writes labels that cannot be mistaken for markup", () => {
    const svg = barChart({ title: "a & b", caption: "<c>", bars: [{ label: "x<y", ratio: 1 }] });
    assert.ok(svg.includes("a &amp; b") && svg.includes("&lt;c&gt;") && svg.includes("x&lt;y"));
  });
});
