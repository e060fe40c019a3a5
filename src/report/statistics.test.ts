import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { latency, percentile, summarize } from "./statistics.ts";

const measurements = () => fc.array(fc.double({ noNaN: true, min: 0, max: 1e9 }), { minLength: 1, maxLength: 50 });

describe("percentile", () => {
  it("is a value that was measured, and no smaller one will do", () =>
    fc.assert(
      fc.property(measurements(), fc.integer({ min: 1, max: 100 }), (values, percent) => {
        const found = percentile(values, percent);
        const share = (limit: (value: number) => boolean): number => values.filter(limit).length / values.length;
        assert.ok(values.includes(found));
        assert.ok(share((value) => value <= found) >= percent / 100 - 1e-12);
        assert.ok(share((value) => value < found) < percent / 100 + 1e-12);
      }),
    ));

  it("does not depend on the order", () =>
    fc.assert(
      fc.property(measurements(), (values) => {
        assert.equal(percentile(values, 50), percentile(values.toReversed(), 50));
      }),
    ));

  it("takes the middle of three, and the largest as the last", () => {
    assert.equal(percentile([30, 10, 20], 50), 20);
    assert.equal(percentile([30, 10, 20], 100), 30);
  });

  it("refuses what has no percentile", () => {
    assert.throws(() => percentile([], 50), RangeError);
    assert.throws(() => percentile([1], 0), RangeError);
    assert.throws(() => percentile([1], 101), RangeError);
  });
});

describe("summarize and latency", () => {
  it("tell best and median, p50 and p99, and of how many", () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    assert.deepEqual(summarize(values), { best: 1, median: 50, runs: 100 });
    assert.deepEqual(latency(values), { p50: 50, p99: 99, runs: 100 });
  });

  it("have nothing to tell of nothing", () => {
    assert.equal(summarize([]), undefined);
    assert.equal(latency([]), undefined);
  });
});
