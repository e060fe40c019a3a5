import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { portCounts, portProcessing } from "./ports.ts";

describe("portCounts", () => {
  const cases: readonly [
    code: string,
    used: readonly [number, number],
    counts: readonly [number, number] | undefined,
  ][] = [
    ["1/1", [0, 0], [1, 1]],
    ["1/1-2", [1, 2], [1, 2]],
    ["1/1-2", [1, 9], [1, 2]],
    ["-/-", [3, 0], [3, 0]],
    ["-2/3-", [5, 1], [2, 3]],
    ["1", [0, 4], [1, 1]],
    ["1-/=", [3, 9], [3, 3]],
    ["-/=+", [2, 0], [2, 3]],
    ["-/=++", [0, 0], [0, 2]],
    ["x/1", [0, 0], undefined],
    ["1/y", [0, 0], undefined],
  ];
  for (const [code, used, counts] of cases) {
    it(`gives ${counts?.join(" and ") ?? "nothing"} for ${code} with ${used.join(" and ")} in use`, () => {
      assert.deepEqual(portCounts(code, ...used), counts && { inputs: counts[0], outputs: counts[1] });
    });
  }
});

describe("portProcessing", () => {
  it("gives each port its letter, and the last letter to all further ports", () => {
    assert.deepEqual(portProcessing("a/ah", "input", 2), ["agnostic", "agnostic"]);
    assert.deepEqual(portProcessing("a/ah", "output", 3), ["agnostic", "push", "push"]);
    assert.deepEqual(portProcessing("l", "output", 1), ["pull"]);
  });

  it("does not know other letters", () => {
    assert.equal(portProcessing("z/h", "input", 1), undefined);
  });
});
