import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { splitArguments } from "../../language/argumentText.ts";
import { Diagnostics } from "../../language/diagnostics.ts";
import type { Program } from "./instructions.ts";
import { parseScript, type ScriptSurroundings } from "./parse.ts";

const ALONE: ScriptSurroundings = { inputs: 0, outputs: 0, hasDriverScript: false };

function parse(
  text: string,
  surroundings: Partial<ScriptSurroundings> = {},
): { program?: Program; lines: readonly string[] } {
  const diagnostics = new Diagnostics();
  const program = parseScript(splitArguments(text), { ...ALONE, ...surroundings }, diagnostics, "f:1");
  return { ...(program === undefined ? {} : { program }), lines: diagnostics.lines };
}

describe("parseScript", () => {
  it("reports every faulty instruction by its name, and missing labels last", () => {
    const text =
      "foo, wait x y, label, goto zip, set x, end now, pause x, init, label a b, export, stopq, pause 4294967296, __proto__";
    const faults = ["foo", "label", "set", "end", "pause", "init", "label", "export", "stopq", "pause", "__proto__"];
    const expected = faults.map((name) => `f:1: syntax error at '${name}'`);
    assert.deepEqual(parse(text), { lines: [...expected, "f:1: no such label 'zip'"] });
  });

  it("finds the type in the TYPE argument, the class, or the ports", () => {
    assert.equal(parse("stop").program?.type, "active");
    assert.equal(parse("stop", { inputs: 1 }).program?.type, "packet");
    assert.equal(parse("stop, TYPE PUSH", { inputs: 1, outputs: 2 }).program?.type, "packet");
    assert.equal(parse("TYPE PASSIVE").program?.type, "passive");
    assert.equal(parse("TYPE PROXY").program?.type, "proxy");
    assert.equal(parse("TYPE PASSIVE, TYPE ACTIVE").program?.type, "active");
    assert.equal(parse("", { defaultType: "driver" }).program?.type, "driver");
    assert.equal(parse("TYPE ACTIVE", { defaultType: "driver" }).program?.type, "active");
    assert.deepEqual(parse("TYPE SIGNAL INT USR1 15").program?.signals, [2, 10, 15]);
  });

  it("refuses types that do not exist or do not fit", () => {
    const refusal = (text: string, surroundings: Partial<ScriptSurroundings> = {}) => parse(text, surroundings).lines;
    assert.deepEqual(refusal("TYPE FOO"), ["f:1: bad TYPE"]);
    assert.deepEqual(refusal("TYPE ACTIVE now"), ["f:1: bad TYPE"]);
    assert.deepEqual(refusal("TYPE toString"), ["f:1: bad TYPE"]);
    for (const signals of ["", "FOO", "INT 40", "-1", "INT FOO"]) {
      assert.deepEqual(refusal(`TYPE SIGNAL ${signals}`), ["f:1: bad signal number"]);
    }
    assert.deepEqual(refusal("TYPE PACKET"), ["f:1: PACKET script must have inputs"]);
    assert.deepEqual(refusal("end", { outputs: 1 }), ["f:1: PACKET script must have inputs"]);
    assert.deepEqual(refusal("TYPE PASSIVE", { inputs: 1 }), ["f:1: ports allowed only on PACKET scripts"]);
    assert.deepEqual(refusal("TYPE DRIVER", { hasDriverScript: true }), [
      "f:1: router has more than one driver script",
    ]);
  });

  it("adds a beginning to scripts that do not block at once, and an ending to all", () => {
    const kinds = (text: string, surroundings: Partial<ScriptSurroundings> = {}) =>
      parse(text, surroundings).program?.instructions.map(({ kind }) => kind);
    assert.deepEqual(kinds(""), ["initial", "finish"]);
    assert.deepEqual(kinds("pause"), ["pause", "finish"]);
    assert.deepEqual(kinds("wait 1, , label x"), ["wait", "label", "finish"]);
    assert.deepEqual(kinds("set a b"), ["initial", "set", "finish"]);
    assert.deepEqual(kinds("", { defaultType: "driver" }), ["pause", "finish"]);
  });

  it("lists exported variables in order", () => {
    assert.deepEqual(parse("init a 1, export b, exportq c 2, export b").program?.exported, ["b", "c", "b"]);
  });

  it("takes any text without throwing", () => {
    const words = fc.constantFrom(
      "set",
      "goto",
      "label",
      "TYPE",
      "SIGNAL",
      "pause",
      "x",
      '"',
      "'",
      "\\<",
      ",",
      "$(",
      "wait",
      "/*",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string())), fc.nat(2), (parts, inputs) => {
        const { program, lines } = parse(parts.join(" "), { inputs });
        return program === undefined ? lines.length > 0 : lines.length === 0;
      }),
    );
  });
});
