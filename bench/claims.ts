/** What is claimed of the figures, and whether it holds. A missed claim is told, never an error: a busy machine must not fail a build. */
import { formatNumber } from "../src/report/index.ts";
import type { NamedFigure } from "./figure.ts";
import type { Measurement } from "./measure.ts";

export interface Verdict {
  readonly claim: string;
  /** What was measured, in the claim's words. */
  readonly measured: string;
  /** undefined = it could not be judged; `measured` says why. */
  readonly holds: boolean | undefined;
}

/** A ratio between two drivers on one path, by their best runs. */
interface RatioClaim {
  readonly path: string;
  readonly frame: number;
  readonly peer: "click" | "reference";
  /** Click: at least so many times as fast. Reference: at most so many times its time. */
  readonly factor: number;
}

const FASTER_THAN_CLICK: readonly (readonly [path: string, factor: number])[] = [
  ["source", 1],
  ["firewall-10", 4],
  ["firewall-100", 20],
  ["firewall-1000", 150],
  ["nat-1-flow", 3],
  ["nat-10k-flows", 2],
  ["router-queue", 4],
  ["classifier-21", 2.5],
  ["ip-classifier-21", 2.5],
];

const RATIO_CLAIMS: readonly RatioClaim[] = [
  { path: "firewall-path", frame: 64, peer: "reference", factor: 1.7 },
  ...FASTER_THAN_CLICK.map(([path, factor]): RatioClaim => ({ path, frame: 64, peer: "click", factor })),
];

/** How many times as fast as a peer the linked guest is on a path; undefined when one of them has no figure. */
export function speedup({ figures }: Measurement, peer: string): number | undefined {
  const [ours, theirs] = [figures.linked, figures[peer]];
  if (!ours || !theirs || typeof ours === "string" || typeof theirs === "string") return undefined;
  return theirs.long.best / ours.long.best;
}

/** How many times as fast as a peer we claim to be on that path, if we claim anything. */
export function claimedSpeedup(path: string, frame: number, peer: string): number | undefined {
  const claim = RATIO_CLAIMS.find((each) => each.path === path && each.frame === frame && each.peer === peer);
  return claim && (claim.peer === "click" ? claim.factor : 1 / claim.factor);
}

/** Judges the claims about paths that were measured. */
export function judgePaths(measurements: readonly Measurement[]): readonly Verdict[] {
  return RATIO_CLAIMS.flatMap((claim) => {
    const measurement = measurements.find(({ path, frame }) => path === claim.path && frame === claim.frame);
    return measurement ? [judgeRatio(claim, measurement)] : [];
  });
}

function judgeRatio({ path, frame, peer, factor }: RatioClaim, measurement: Measurement): Verdict {
  const ratio = speedup(measurement, peer);
  const claim =
    peer === "click"
      ? `${path}, ${frame} B: at least ${factor} times as fast as Click`
      : `${path}, ${frame} B: at most ${factor} times the time of hand-fused C`;
  if (ratio === undefined) return { claim, measured: whyNot(measurement, peer), holds: undefined };
  return peer === "click"
    ? { claim, measured: `${formatNumber(ratio)} times as fast`, holds: ratio >= factor }
    : { claim, measured: `${formatNumber(1 / ratio)} times the time`, holds: 1 / ratio <= factor };
}

function whyNot({ figures }: Measurement, peer: string): string {
  for (const name of ["linked", peer]) {
    const figure = figures[name];
    if (figure === undefined) return `skipped: ${name} was not measured`;
    if (typeof figure === "string") return `${name} failed: ${figure}`;
  }
  return "not measured";
}

/** Judges the figures of which something is claimed; of a latency, what half of the runs stay below. */
export function judgeFigures(figures: readonly NamedFigure[]): readonly Verdict[] {
  return figures.flatMap(({ what, value, unit, atMost: most, atLeast: least }) => {
    const measured = typeof value === "object" ? value.p50 : value;
    return [
      ...(most === undefined ? [] : [atMost(what, measured, most, unit)]),
      ...(least === undefined ? [] : [atLeast(what, measured, least, unit)]),
    ];
  });
}

/** Judges that a figure is at most `limit`. */
export function atMost(what: string, measured: number | string, limit: number, unit: string): Verdict {
  const claim = `${what}: at most ${limit} ${unit}`;
  if (typeof measured === "string") return { claim, measured, holds: undefined };
  return { claim, measured: `${formatNumber(measured)} ${unit}`, holds: measured <= limit };
}

/** Judges that a figure is at least `limit`. */
export function atLeast(what: string, measured: number | string, limit: number, unit: string): Verdict {
  const claim = `${what}: at least ${limit} ${unit}`;
  if (typeof measured === "string") return { claim, measured, holds: undefined };
  return { claim, measured: `${formatNumber(measured)} ${unit}`, holds: measured >= limit };
}
