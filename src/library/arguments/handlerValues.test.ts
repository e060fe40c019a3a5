import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatHandlerValue, parseHandlerValue } from "./handlerValues.ts";
import { contextOf } from "./testContext.ts";

const context = contextOf("x");

describe("writing to a field's handler", () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ["bool", "maybe", "expected boolean"],
    ["u8", "256", "expected uint8_t"],
    ["u16", "-1", "expected uint16_t"],
    ["u32", "4294967296", "expected integer"],
    ["int", "1.5", "expected integer"],
    ["u64", "", "expected integer"],
    ["double", "x", "expected real number"],
    ["IPAddress", "1.2.3", "expected IP address"],
    ["EtherAddress", "1:2", "expected Ethernet address"],
    ["timestamp", "-1", "expected timestamp"],
    ["interval", "soon", "expected time in seconds"],
    ["bandwidth", "10k", "syntax error"],
    ["seconds(3)", "x", "syntax error"],
  ];
  for (const [type, text, error] of refused)
    it(`refuses ${JSON.stringify(text)} for ${type} with '${error}'`, () =>
      assert.deepEqual(parseHandlerValue(type, text, context), { ok: false, error }));

  it("takes what the argument takes", () => {
    assert.deepEqual(parseHandlerValue("u32", "0x10", context), { ok: true, value: 16 });
    assert.deepEqual(parseHandlerValue("interval", "-1.5", context), { ok: true, value: -1_500_000_000n });
  });

  it("that sets an argument is refused as the argument is", () => {
    const refusal = { argument: "RATE" };
    assert.deepEqual(parseHandlerValue("bandwidth", "x", context, refusal), { ok: false, error: "RATE: parse error" });
    assert.deepEqual(parseHandlerValue("handler", "none.x", context, { argument: "END_CALL" }), {
      ok: false,
      error: "END_CALL: no element named 'none'\nEND_CALL: parse error",
    });
    assert.deepEqual(parseHandlerValue("string", '"a"', context, refusal), { ok: true, value: "a" });
  });

  it("can have a text of its own", () =>
    assert.deepEqual(parseHandlerValue("timestamp", "x", context, { text: "delay must be a timestamp" }), {
      ok: false,
      error: "delay must be a timestamp",
    }));

  it("takes a string as it is", () =>
    assert.deepEqual(parseHandlerValue("string", '"a" b', context), { ok: true, value: '"a" b' }));
});

describe("reading a field's handler", () => {
  it("prints the value as Click does", () => {
    assert.equal(formatHandlerValue("bool", false), "false");
    assert.equal(formatHandlerValue("EtherAddress", 0xaabbccddeeff), "AA-BB-CC-DD-EE-FF");
    assert.equal(formatHandlerValue("timestamp", 1_000_000_001n), "1.000000001");
    assert.equal(formatHandlerValue("u64", 0xffff_ffff_ffff_ffffn), "18446744073709551615");
  });
});
