import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { atMost, claimedSpeedup, judgePaths, speedup } from "./claims.ts";
import type { Figure, Measurement } from "./measure.ts";

const figure = (best: number): Figure => ({ long: { best, median: best * 1.1, runs: 3 }, short: best * 2, packets: 1 });
const measurement = (path: string, figures: Measurement["figures"]): Measurement => ({ path, frame: 64, figures });

describe("claims", () => {
  it("compare best runs: a path is as many times as fast as it takes less time", () =>
    assert.equal(speedup(measurement("source", { linked: figure(5), click: figure(10) }), "click"), 2));

  it("hold from the claimed factor on", () => {
    const judge = (click: number): boolean | undefined =>
      judgePaths([measurement("router-queue", { linked: figure(40), click: figure(click) })])[0]?.holds;
    assert.equal(judge(160), true);
    assert.equal(judge(159), false);
  });

  it("about C are upper limits of the time", () => {
    const judge = (linked: number): boolean | undefined =>
      judgePaths([measurement("firewall-path", { linked: figure(linked), reference: figure(10) })])[0]?.holds;
    assert.equal(judge(17), true);
    assert.equal(judge(18), false);
  });

  it("can be shown as speed, against either peer", () => {
    assert.equal(claimedSpeedup("router-queue", 64, "click"), 4);
    assert.equal(claimedSpeedup("firewall-path", 64, "reference"), 1 / 1.7);
    assert.equal(claimedSpeedup("router-queue", 512, "click"), undefined);
  });

  it("stay open, and say why, when a figure is missing", () => {
    const [failed] = judgePaths([measurement("source", { linked: "it broke", click: figure(10) })]);
    const [missing] = judgePaths([measurement("source", { linked: figure(5) })]);
    assert.deepEqual([failed?.holds, failed?.measured], [undefined, "linked failed: it broke"]);
    assert.deepEqual([missing?.holds, missing?.measured], [undefined, "skipped: click was not measured"]);
    assert.equal(speedup(measurement("source", { linked: figure(5) }), "click"), undefined);
  });

  it("are not made of paths that were not measured", () => assert.deepEqual(judgePaths([]), []));

  it("can be limits", () => {
    assert.deepEqual(atMost("image", 20, 32, "KB"), {
      claim: "image: at most 32 KB",
      measured: "20.0 KB",
      holds: true,
    });
    assert.equal(atMost("image", 33, 32, "KB").holds, false);
    assert.equal(atMost("image", "skipped: no linker", 32, "KB").holds, undefined);
  });
});
