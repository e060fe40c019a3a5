import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { flowCodeFault, inputsOfOutput, outputsOfInput } from "./flow.ts";

describe("flow codes", () => {
  const cases: readonly [code: string, input: number, outputs: number, expected: readonly number[]][] = [
    ["x/x", 0, 3, [0, 1, 2]],
    ["x/y", 0, 3, []],
    ["#/#", 1, 3, [1]],
    ["#/[^#]", 1, 3, [0, 2]],
    ["x/xy", 0, 3, [0]],
    ["xy/x", 1, 1, []],
    ["xy/[xy]x", 1, 2, [0]],
    ["[^x]/xy", 0, 2, [1]],
    ["x", 0, 2, [0, 1]],
  ];
  for (const [code, input, outputs, expected] of cases) {
    it(`lead packets of ${code} from input ${input} to ${expected.length > 0 ? `outputs ${expected}` : "nowhere"}`, () => {
      assert.deepEqual(outputsOfInput(code, input, outputs), expected);
    });
  }

  it("say the same seen from either side", () =>
    fc.assert(
      fc.property(fc.stringMatching(/^([xy#]|\[\^?[xy#]{1,2}\]){1,3}\/([xy#]|\[\^?[xy#]{1,2}\]){1,3}$/), (code) => {
        for (const port of [0, 1, 2, 3]) {
          for (const other of [0, 1, 2, 3]) {
            const there = outputsOfInput(code, port, 4).includes(other);
            assert.equal(inputsOfOutput(code, other, 4).includes(port), there);
          }
        }
      }),
    ));

  it("are checked", () => {
    for (const code of ["x/x", "x", "#/[^#]", "xy/[xy]z"]) assert.equal(flowCodeFault(code), undefined, code);
    assert.equal(flowCodeFault("x/"), "missing or bad '/'");
    assert.equal(flowCodeFault("x/[ab"), "missing ']'");
    assert.equal(flowCodeFault("x/1"), "invalid character '1'");
  });
});
