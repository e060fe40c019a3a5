// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references in scripts look like this
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { quote, unquote } from "../../language/argumentText.ts";
import { expand, MAXIMUM_TEXT_LENGTH, type Substitutions } from "./expand.ts";

const VALUES: Readonly<Record<string, string>> = {
  a: "1",
  ab: "2",
  i: "ab",
  q: 'say "$a"\n',
  "?": "-22",
  "#": "3",
  $: "99",
};

const SUBSTITUTIONS: Substitutions = {
  variable: (name) => (Object.hasOwn(VALUES, name) ? VALUES[name] : undefined),
  handler: (call) => (call.startsWith("no") ? undefined : `<${call}>`),
};

const expanded = (text: string) => expand(text, SUBSTITUTIONS);

describe("expand", () => {
  it("replaces names, longest first, and leaves unknown ones", () => {
    assert.equal(expanded("$a $ab ${a}b $abc ${abc} $"), "1 2 1b $abc ${abc} $");
    assert.equal(expanded("$? $# $$ $- $."), "-22 3 99 $- $.");
  });

  it("calls handlers, with references inside the call", () => {
    assert.equal(expanded("$(x.y 1 (2) 3)"), "<x.y 1 (2) 3>");
    assert.equal(expanded("$($a $(b ${ab})) ${$i}"), "<1 <b 2>> 2");
    assert.equal(expanded('$(f ")" $a)'), '<f ")" 1>');
    assert.equal(expanded("$(f '$a')"), "<f '$a'>");
  });

  it("keeps a reference to what does not exist, with what it holds expanded", () => {
    assert.equal(expanded("$(no thing) $(no $a)"), "$(no thing) $(no 1)");
  });

  it("leaves single quotes, comments, and what follows a backslash in double quotes", () => {
    assert.equal(expanded("'$a' /* $a */ // $a\n$a"), "'$a' /* $a */ // $a\n1");
    assert.equal(expanded("\"\\$a '$a' /* $a\" \\$a"), "\"\\$a '1' /* 1\" \\1");
  });

  it("escapes values in double quotes, and quotes bare ones on request", () => {
    assert.equal(expanded('"$q"'), '"say \\"\\$a\\"\\n"');
    assert.equal(expanded("$q"), 'say "$a"\n');
    assert.equal(expand("$q", SUBSTITUTIONS, "quoted"), '"say \\"\\$a\\"\\n"');
  });

  it("stops at a bracket that is not closed", () => {
    assert.equal(expanded("$a $(f $a"), "1 $(f $a");
    assert.equal(expanded("$a ${f $a"), "1 ${f $a");
    assert.equal(expanded("$("), "$(");
  });

  it("follows nested references ten deep", () => {
    const nested = (depth: number): string => (depth === 0 ? "$a" : `$(f ${nested(depth - 1)})`);
    assert.ok(!expanded(nested(10))?.includes("$"));
    assert.ok(expanded(nested(12))?.includes("$a"));
  });

  it("refuses text that has grown too long", () => {
    const long: Substitutions = { variable: () => "x".repeat(MAXIMUM_TEXT_LENGTH / 2), handler: () => undefined };
    assert.equal(expand("$a$b", long)?.length, MAXIMUM_TEXT_LENGTH);
    assert.equal(expand("$a$b$c", long), undefined);
  });

  it("gives any value back after quotes are removed", () => {
    const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(bytes, (value) => {
        const substitutions: Substitutions = { variable: () => value, handler: () => value };
        assert.equal(unquote(expand('"$x"', substitutions) ?? ""), value);
        assert.equal(unquote(expand("$(x)", substitutions, "quoted") ?? ""), value);
        assert.equal(
          expand(`'${quote(value).replaceAll("'", "")}'`, substitutions),
          `'${quote(value).replaceAll("'", "")}'`,
        );
      }),
    );
  });

  it("takes any text without throwing, in linear time", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."$({a})\"'\\/*\n ?".split("")) }),
        (text) => expanded(text) !== undefined,
      ),
    );
    const start = performance.now();
    expanded("$(".repeat(50_000));
    expanded("${".repeat(50_000));
    assert.ok(performance.now() - start < 1000);
  });
});
