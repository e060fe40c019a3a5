import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatBytes, formatCount, formatDuration } from "./units.ts";

describe("numbers for people", () => {
  it("have three digits that count, and a unit", () => {
    assert.deepEqual([0, 7, 0.5, 999, 1000, 12_345, 14_880_000, 1e12].map(formatCount), [
      "0",
      "7",
      "0.50",
      "999",
      "1.00k",
      "12.3k",
      "14.9M",
      "1.00T",
    ]);
    assert.deepEqual([0, 1023, 1024, 2.5 * 2 ** 20, 2 ** 60].map(formatBytes), [
      "0 B",
      "1023 B",
      "1.00 KiB",
      "2.50 MiB",
      "1048576 TiB",
    ]);
  });

  it("are durations of two units, and never negative, whatever the clocks say", () => {
    assert.deepEqual([-5, 0.9, 59, 192, 18_120, 273_600].map(formatDuration), [
      "0s",
      "0s",
      "59s",
      "3m12s",
      "5h2m",
      "3d4h",
    ]);
  });
});
