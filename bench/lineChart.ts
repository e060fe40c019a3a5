/** Line charts as SVG, both axes logarithmic: how something goes with a size or a number. */
import { escapeText, gridValues, round } from "./chart.ts";

export interface Point {
  /** Both above 0. */
  readonly x: number;
  readonly y: number;
}

export interface Line {
  readonly label: string;
  readonly points: readonly Point[];
}

export interface LineChart {
  readonly title: string;
  /** What is measured how, below the title. */
  readonly caption: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly lines: readonly Line[];
  /** What is claimed: shown as marks. */
  readonly claims: readonly Point[];
}

const LEFT = 70;
const TOP = 92;
const PLOT_WIDTH = 560;
const PLOT_HEIGHT = 320;
/** Room for the names of lines at their ends. */
const LABEL_WIDTH = 130;
const FOOT = 56;
const LINE_HEIGHT = 14;
const COLOURS = ["#2f7d5b", "#3a6ea5", "#b5533c", "#8a6d1f", "#6b4c9a"];
const [TEXT, GRID] = ["#222222", "#dddddd"];

/** @returns a whole SVG document */
export function lineChart({ title, caption, xTitle, yTitle, lines, claims }: LineChart): string {
  const points = [...lines.flatMap((line) => line.points), ...claims];
  const x = scale(
    points.map((point) => point.x),
    LEFT,
    LEFT + PLOT_WIDTH,
  );
  const y = scale(
    points.map((point) => point.y),
    TOP + PLOT_HEIGHT,
    TOP,
  );
  const xValues = [...new Set(lines.flatMap((line) => line.points.map((point) => point.x)))];
  const width = LEFT + PLOT_WIDTH + LABEL_WIDTH;
  const height = TOP + PLOT_HEIGHT + FOOT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="${TEXT}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(LEFT, 26, title, 'font-size="16" font-weight="bold"'),
    text(LEFT, 46, caption),
    text(LEFT - 8, TOP - 16, yTitle, 'text-anchor="end"'),
    text(LEFT + PLOT_WIDTH / 2, height - 12, xTitle, 'text-anchor="middle"'),
    ...xValues.map((value) => verticalLine(x.place(value), value)),
    ...gridValues(y.low, y.high).map((value) => horizontalLine(y.place(value), value)),
    ...lines.map((line, index) => plot(line, COLOURS[index % COLOURS.length] ?? TEXT, x.place, y.place)),
    ...labels(lines, y.place),
    ...claims.map((claim) => mark(x.place(claim.x), y.place(claim.y))),
    "</svg>",
    "",
  ].join("\n");
}

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly place: (value: number) => number;
}

function scale(values: readonly number[], from: number, to: number): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = Math.log(high / low) || 1;
  return { low, high, place: (value) => from + ((to - from) * Math.log(value / low)) / span };
}

function text(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escapeText(content)}</text>`;
}

function verticalLine(x: number, value: number): string {
  return (
    `<line x1="${round(x)}" y1="${TOP}" x2="${round(x)}" y2="${TOP + PLOT_HEIGHT}" stroke="${GRID}"/>` +
    text(x, TOP + PLOT_HEIGHT + LINE_HEIGHT + 4, String(value), 'text-anchor="middle"')
  );
}

function horizontalLine(y: number, value: number): string {
  return (
    `<line x1="${LEFT}" y1="${round(y)}" x2="${LEFT + PLOT_WIDTH}" y2="${round(y)}" stroke="${GRID}"/>` +
    text(LEFT - 8, y + 4, String(value), 'text-anchor="end"')
  );
}

type Place = (value: number) => number;

function plot({ points }: Line, colour: string, x: Place, y: Place): string {
  const places = points.map((point) => ({ x: round(x(point.x)), y: round(y(point.y)) }));
  return (
    `<polyline points="${places.map((place) => `${place.x},${place.y}`).join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>` +
    places.map((place) => `<circle cx="${place.x}" cy="${place.y}" r="3" fill="${colour}"/>`).join("")
  );
}

/** The names of lines at their ends, moved down where they would lie upon each other. */
function labels(lines: readonly Line[], y: Place): readonly string[] {
  const ends = lines
    .map(({ label, points }, index) => ({ label, index, end: y(points.at(-1)?.y ?? 1) }))
    .toSorted((a, b) => a.end - b.end);
  let lowest = Number.NEGATIVE_INFINITY;
  return ends.map(({ label, index, end }) => {
    lowest = Math.max(end, lowest + LINE_HEIGHT);
    return text(LEFT + PLOT_WIDTH + 10, lowest + 4, label, `fill="${COLOURS[index % COLOURS.length]}"`);
  });
}

/** A claim: at least that much. */
function mark(x: number, y: number): string {
  return `<path d="M${round(x - 8)},${round(y)} h16 M${round(x)},${round(y)} v-8 m-3,3 l3,-3 l3,3" fill="none" stroke="${TEXT}" stroke-width="2"/>`;
}
