/** Bar charts of ratios as SVG: horizontal bars on a logarithmic scale that start at 1, to the right where we are faster. */

export interface Bar {
  readonly label: string;
  /** Above 0. */
  readonly ratio: number;
  /** The ratio that is claimed, shown as a mark across the bar. */
  readonly claim?: number;
}

export interface BarChart {
  readonly title: string;
  /** What a ratio means, below the title. */
  readonly caption: string;
  readonly bars: readonly Bar[];
}

const LABEL_WIDTH = 230;
const PLOT_WIDTH = 560;
/** Room for the number at the end of the longest bar. */
const VALUE_WIDTH = 70;
const BAR_HEIGHT = 16;
const ROW_HEIGHT = 24;
const HEADER_HEIGHT = 84;
const MARGIN = 16;

const COLOURS = { faster: "#2f7d5b", slower: "#b5533c", claim: "#222222", grid: "#dddddd", text: "#222222" } as const;
const STEPS = [1, 2, 5];

/** @returns a whole SVG document */
export function barChart({ title, caption, bars }: BarChart): string {
  const ratios = bars.flatMap(({ ratio, claim = 1 }) => [ratio, claim]);
  const low = Math.min(0.5, ...ratios);
  const high = Math.max(2, ...ratios);
  const x = (ratio: number): number => LABEL_WIDTH + (PLOT_WIDTH * Math.log(ratio / low)) / Math.log(high / low);
  const height = HEADER_HEIGHT + bars.length * ROW_HEIGHT + MARGIN;
  const width = LABEL_WIDTH + PLOT_WIDTH + VALUE_WIDTH + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="${COLOURS.text}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${MARGIN}" y="26" font-size="16" font-weight="bold">${escapeText(title)}</text>`,
    `<text x="${MARGIN}" y="46">${escapeText(caption)}</text>`,
    ...gridValues(low, high).map((value) => gridLine(value, x(value), height)),
    ...bars.map((bar, index) => barRow(bar, HEADER_HEIGHT + index * ROW_HEIGHT, x)),
    "</svg>",
    "",
  ].join("\n");
}

/** 1, 2 and 5 times powers of ten within the limits. */
export function gridValues(low: number, high: number): readonly number[] {
  const values: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.ceil(Math.log10(high)); exponent++) {
    for (const step of STEPS) {
      const value = step * 10 ** exponent;
      if (value >= low * 0.999 && value <= high * 1.001) values.push(Number(value.toPrecision(1)));
    }
  }
  return values;
}

function gridLine(value: number, x: number, height: number): string {
  const colour = value === 1 ? COLOURS.text : COLOURS.grid;
  return (
    `<line x1="${round(x)}" y1="${HEADER_HEIGHT - 8}" x2="${round(x)}" y2="${height - MARGIN}" stroke="${colour}"/>` +
    `<text x="${round(x)}" y="${HEADER_HEIGHT - 14}" text-anchor="middle">${value}×</text>`
  );
}

function barRow({ label, ratio, claim }: Bar, top: number, x: (ratio: number) => number): string {
  const [left, right] = [Math.min(x(1), x(ratio)), Math.max(x(1), x(ratio))];
  const colour = ratio >= 1 ? COLOURS.faster : COLOURS.slower;
  const baseline = top + BAR_HEIGHT - 4;
  const mark =
    claim === undefined
      ? ""
      : `<line x1="${round(x(claim))}" y1="${top - 2}" x2="${round(x(claim))}" y2="${top + BAR_HEIGHT + 2}" stroke="${COLOURS.claim}" stroke-width="2"/>`;
  return (
    `<text x="${LABEL_WIDTH - 8}" y="${baseline}" text-anchor="end">${escapeText(label)}</text>` +
    `<rect x="${round(left)}" y="${top}" width="${round(right - left)}" height="${BAR_HEIGHT}" fill="${colour}"/>` +
    mark +
    `<text x="${round(Math.max(right, x(claim ?? ratio)) + 6)}" y="${baseline}">${ratio.toPrecision(3)}×</text>`
  );
}

export function round(position: number): string {
  return position.toFixed(1);
}

export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
