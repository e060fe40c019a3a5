import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { sortAsClick } from "./phaseOrder.ts";

describe("sortAsClick", () => {
  it("sorts", () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (numbers) => {
        assert.deepEqual(
          sortAsClick(numbers, (a, b) => a - b),
          numbers.toSorted((a, b) => a - b),
        );
      }),
    ));

  it("leaves equal items where they are, except that seven exchange the first and the fourth", () => {
    const equal = (): number => 0;
    const items = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
    for (const count of [0, 1, 6, 8, 40, 41, 100]) assert.deepEqual(sortAsClick(items(count), equal), items(count));
    assert.deepEqual(sortAsClick(items(7), equal), [3, 1, 2, 0, 4, 5, 6]);
  });
});
