import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type ArgumentSpecification, parseArguments } from "./parse.ts";
import { contextOf } from "./testContext.ts";

function parameter(
  keyword: string,
  type: string,
  how: "required" | "positional" | "keyword" = "keyword",
): ArgumentSpecification {
  return { keyword, type, positional: how !== "keyword", required: how === "required" };
}

/** As Paint has them. */
const PAINT = [parameter("COLOR", "u8", "required"), parameter("ANNO", "anno(1)", "positional")];

/** Values and messages. */
function parse(specifications: readonly ArgumentSpecification[], configuration: string) {
  const messages: string[] = [];
  const values = parseArguments(specifications, configuration, contextOf("x"), {
    error: (_landmark, text) => messages.push(text),
    message: (_landmark, text) => messages.push(text),
  });
  return { values: values && Object.fromEntries(values), messages };
}

function accepts(specifications: readonly ArgumentSpecification[], configuration: string, values: object) {
  it(`takes (${configuration})`, () =>
    assert.deepEqual(parse(specifications, configuration), { values, messages: [] }));
}

function refuses(specifications: readonly ArgumentSpecification[], configuration: string, ...messages: string[]) {
  it(`refuses (${configuration})`, () =>
    assert.deepEqual(parse(specifications, configuration), { values: undefined, messages }));
}

describe("parseArguments", () => {
  accepts(PAINT, "3", { COLOR: 3 });
  accepts(PAINT, "3, 17", { COLOR: 3, ANNO: 17 });
  accepts(PAINT, "3, ANNO 17", { COLOR: 3, ANNO: 17 });
  accepts(PAINT, "ANNO 17, COLOR 1", { COLOR: 1, ANNO: 17 });
  accepts(PAINT, "COLOR 1, COLOR 2", { COLOR: 2 });
  accepts(PAINT, "COLOR x, COLOR 2", { COLOR: 2 });
  accepts(PAINT, ", 17", { ANNO: 17 });
  refuses(PAINT, "", "COLOR: required argument missing");
  refuses(PAINT, "ANNO 17", "COLOR: invalid number");
  refuses(PAINT, "ANNO 1, 3", "COLOR: invalid number");
  refuses(PAINT, "1, 16 1", "ANNO: parse error");
  refuses(PAINT, "1, FOO 2", "FOO: unknown argument");
  refuses(PAINT, "1, 2, 3", "too many arguments");
  refuses(PAINT, "1, 2, 3, X 1, Y 2", "X: unknown argument", "Y: unknown argument", "too many arguments");
  refuses(PAINT, "300, NOPE", "COLOR: out of range, bound 255", "ANNO: parse error");

  const HANDLER = [parameter("END_CALL", "handler")];
  accepts(HANDLER, "END_CALL q.reset 1", {
    END_CALL: { element: { index: 0, name: "q", className: "Queue" }, handler: "reset", value: "1" },
  });
  refuses(HANDLER, "END_CALL none.x", "END_CALL: no element named 'none'", "END_CALL: parse error");

  it("warns of a deprecated argument and takes it", () => {
    const specifications = [{ ...parameter("REAP_TIME", "seconds"), deprecated: true }];
    assert.deepEqual(parse(specifications, "REAP_TIME 5"), {
      values: { REAP_TIME: 5 },
      messages: ["REAP_TIME: warning: argument deprecated"],
    });
  });

  describe("in stages", () => {
    const RATED = [parameter("BURST", "u32"), { ...parameter("RATE", "u32", "required"), stage: 1 }];
    accepts(RATED, "BURST 2, 1", { BURST: 2, RATE: 1 });
    refuses(RATED, "BURST x, y", "BURST: invalid number");
    refuses(RATED, "BURST 2, y, 3", "RATE: invalid number", "too many arguments");
  });

  describe("with a rest parameter", () => {
    const REWRITER = [parameter("TIMEOUT", "seconds"), { ...parameter("INPUTSPEC", "raw", "required"), rest: true }];
    accepts(REWRITER, "pattern - - - - 0 1, TIMEOUT 5m, , drop", {
      TIMEOUT: 300,
      INPUTSPEC: ["pattern - - - - 0 1", "", "drop"],
    });
    accepts(REWRITER, "TIMEOUT 5m", { TIMEOUT: 300, INPUTSPEC: [] });

    const RATES = [{ ...parameter("RATE", "bandwidth", "positional"), rest: true }];
    accepts(RATES, "10kbps, 1Mbps", { RATE: [1250, 125_000] });
    accepts(RATES, "", { RATE: [] });
    refuses(RATES, "10kbps, x, y", "RATE: parse error", "RATE: parse error");
  });

  it("never throws, and reports a reason whenever it gives no values", () => {
    const pieces = fc.constantFrom("1", "x", ",", " ", "COLOR", "ANNO ", '"', "'", "\\<", "/*", "//", "\n", "FOO 1");
    const configurations = fc.oneof(
      fc.string(),
      fc.array(pieces).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(configurations, (configuration) => {
        const { values, messages } = parse(PAINT, configuration);
        assert.equal(values === undefined, messages.length > 0);
      }),
    );
  });
});
