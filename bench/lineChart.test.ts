import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type LineChart, lineChart } from "./lineChart.ts";

const chart = (change: Partial<LineChart> = {}): string =>
  lineChart({
    title: "speed",
    caption: "more is better",
    xTitle: "guests",
    yTitle: "Mpps",
    lines: [
      {
        label: "64 B",
        points: [
          { x: 1, y: 20 },
          { x: 100, y: 2 },
        ],
      },
    ],
    claims: [],
    ...change,
  });

/** Of the markers of points, in their order. */
const places = (svg: string): { x: number; y: number }[] =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));

describe("line charts", () => {
  it("put more further to the right, and faster further up", () => {
    const [first, last] = places(chart());
    assert.ok(first && last && first.x < last.x && first.y < last.y);
  });

  it("give equal ratios equal distances", () => {
    const points = [1, 10, 100].map((x) => ({ x, y: x }));
    const [a, b, c] = places(chart({ lines: [{ label: "a", points }] }));
    assert.ok(a && b && c);
    assert.ok(Math.abs(b.x - a.x - (c.x - b.x)) < 0.2 && Math.abs(b.y - a.y - (c.y - b.y)) < 0.2);
  });

  it("keep the names of lines apart that end at the same place", () => {
    const points = [{ x: 1, y: 5 }];
    const svg = chart({
      lines: [
        { label: "first", points },
        { label: "second", points },
      ],
    });
    const [first, second] = ["first", "second"].map((label) =>
      Number(new RegExp(`y="([\\d.]+)" [^>]*>${label}<`).exec(svg)?.[1]),
    );
    assert.ok(first !== undefined && second !== undefined && Math.abs(first - second) >= 14);
  });

  it("mark what is claimed, within the picture", () => {
    const svg = chart({ claims: [{ x: 100, y: 50 }] });
    assert.match(svg, /<path d="M[\d.]+,92\.0 /); // the highest value is at the top of the plot
    assert.doesNotMatch(chart(), /<path/);
  });

  it("write any text as text", () => assert.match(chart({ title: "<a> & b" }), /&lt;a&gt; &amp; b/));

  it("need no more than one point", () =>
    assert.doesNotMatch(chart({ lines: [{ label: "a", points: [{ x: 1, y: 1 }] }] }), /NaN|Infinity/));
});
