import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeFigures } from "./claims.ts";
import { measureInTurn, type NamedFigure } from "./figure.ts";

const fast: NamedFigure = { what: "speed", value: 20, unit: "Mpps", atLeast: 15 };
const slow: NamedFigure = { what: "delay", value: { p50: 3, p99: 80, runs: 9 }, unit: "us", atMost: 10 };

describe("named figures", () => {
  it("are all measured, also when one fails, which says why", async () => {
    const fail = (): never => {
      throw new Error("it broke\nand this is how");
    };
    const figures = await measureInTurn([
      { what: "a", measure: () => [fast] },
      { what: "b", measure: fail },
      { what: "c", measure: async () => [slow] },
    ]);
    assert.deepEqual(figures, [fast, { what: "b", value: "failed: it broke", unit: "" }, slow]);
  });

  it("hold from the claim on, in either direction; of latencies the median counts", () => {
    assert.deepEqual(
      judgeFigures([fast, slow, { ...fast, value: 14.9 }, { ...slow, atMost: 2 }]).map(({ holds }) => holds),
      [true, true, false, false],
    );
  });

  it("are told in the claim's words", () =>
    assert.deepEqual(judgeFigures([fast]), [{ claim: "speed: at least 15 Mpps", measured: "20.0 Mpps", holds: true }]));

  it("stay open when they could not be measured, and are not judged when nothing is claimed", () => {
    assert.deepEqual(judgeFigures([{ ...fast, value: "skipped: no root" }]), [
      { claim: "speed: at least 15 Mpps", measured: "skipped: no root", holds: undefined },
    ]);
    assert.deepEqual(judgeFigures([{ what: "speed", value: 1, unit: "Mpps" }]), []);
  });
});
