import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ArgumentContext, HandlerFacts } from "./argumentType.ts";
import { parseHandler } from "./references.ts";
import { contextOf } from "./testContext.ts";
import { argumentType } from "./types.ts";

const READ: HandlerFacts = { readable: true, writable: false, takesParameter: false };
const WRITE: HandlerFacts = { readable: false, writable: true, takesParameter: false };

/** As the context is once handlers exist. */
const running: ArgumentContext = {
  ...contextOf("gw/nat/x"),
  findHandler(element, handler) {
    const name = element === undefined ? handler : `${element.name}.${handler}`;
    return new Map([
      ["gw/q.length", READ],
      ["gw/q.lookup", { ...READ, takesParameter: true }],
      ["gw/q.reset", WRITE],
      ["gw/nat/x.count", READ],
      ["stop", WRITE],
    ]).get(name);
  },
};

function handler(type: string, text: string, context = running): string {
  const parsed = argumentType(type).parse(text, context);
  return parsed.ok ? argumentType(type).format(parsed.value) : `error: ${parsed.error}`;
}

describe("handler arguments", () => {
  it("name an element as it is seen from the compound", () => {
    assert.equal(handler("handler", "q.length"), "gw/q.length");
    assert.equal(handler("handler(write)", "q.reset  1 2"), "gw/q.reset 1 2");
    assert.equal(handler("handler", '"q.reset" "a b"'), 'gw/q.reset "a b"');
  });

  it("without an element are the element's own, or else global", () => {
    assert.equal(handler("handler", "count"), "gw/nat/x.count");
    assert.equal(handler("handler", "stop"), "stop");
    assert.equal(handler("handler", ".stop now"), "stop now");
  });

  it("are checked for their use once handlers exist", () => {
    assert.equal(handler("handler(read)", "q.nothing"), "error: no 'gw/q.nothing' read handler");
    assert.equal(handler("handler(read)", "q.reset"), "error: no 'gw/q.reset' read handler");
    assert.equal(handler("handler(write)", "q.length"), "error: no 'gw/q.length' write handler");
    assert.equal(handler("handler(read)", "q.length 5"), "error: read handler 'gw/q.length' does not take parameters");
    assert.equal(handler("handler(read)", "q.lookup 5"), "gw/q.lookup 5");
    assert.equal(handler("handler(write)", "q.anything", contextOf("gw/nat/x")), "gw/q.anything");
  });

  it("are refused when they are no handler's name", () => {
    for (const text of ["", "q.", '""', "."])
      assert.equal(handler("handler", text), "error: syntax error\nparse error", text);
    assert.equal(handler("handler", "none.x"), "error: no element named 'none'\nparse error");
  });

  it("give the reason alone to callers that are not arguments", () =>
    assert.deepEqual(parseHandler("none.x", running), { ok: false, error: "no element named 'none'" }));
});
