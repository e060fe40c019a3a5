import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Budget } from "./budget.ts";
import { Environment, substitute } from "./variables.ts";

function environment(values: Readonly<Record<string, string>>): Environment {
  const result = new Environment();
  for (const [name, value] of Object.entries(values)) result.set(name, value);
  return result;
}

function expand(text: string, values: Readonly<Record<string, string>>): string {
  return substitute(text, environment(values), new Budget());
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are Click's variables
describe("substitute", () => {
  it("replaces plain and braced names", () => {
    assert.equal(expand("$x-${x}y ${ x }", { x: "1" }), "1-1y 1");
  });

  it("leaves unknown names, single quotes, comments and escapes alone", () => {
    const text = "$y '$x' \"\\$x\" /* $x */ // $x";
    assert.equal(expand(text, { x: "1" }), text);
    assert.equal(expand("\\$x", { x: "1" }), "\\1");
  });

  it("escapes values inside double quotes", () => {
    assert.equal(expand('"$x" $x', { x: 'a"\n' }), '"a\\"\\n" a"\n');
  });

  it("takes a default where the name is unknown, and a word by its index", () => {
    assert.equal(expand("${y-d e}${x-d}", { x: "1" }), "d e1");
    assert.equal(expand("${x[0]}:${x[1]}:${x[2]}:${x[9]}:${y[1]-z}", { x: "a 'b c' d" }), "a:'b c':d::z");
  });

  it("expands values in values, and names in names", () => {
    assert.equal(expand("$a ${$n}", { a: "$b!", b: "2", n: "b" }), "2! 2");
    assert.equal(expand("${q$b}", { b: "2" }), "${q2}");
  });

  it("ends cycles by leaving a reference", () => {
    assert.match(expand("$a", { a: "$b", b: "$a" }), /^\$[ab]$/);
  });

  it("looks names up from the inside outwards", () => {
    const inner = new Environment(environment({ a: "outer", b: "outer $a" }));
    inner.set("a", "inner");
    assert.equal(substitute("$a, $b", inner, new Budget()), "inner, outer inner");
  });

  it("leaves a text that would become empty", () => {
    assert.equal(expand("$x", { x: "" }), "$x");
  });

  it("stops where a reference does not end", () => {
    assert.equal(expand("$x ${x", { x: "1" }), "1 ${x");
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
