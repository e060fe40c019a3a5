import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Diagnostics } from "./diagnostics.ts";
import { read } from "./fixtures.ts";
import { flatten } from "./flatten.ts";
import { parseConfiguration } from "./parse.ts";

/** Pieces of Click source, so that random texts get past the first token. */
// biome-ignore-start format: one piece a line would be a page
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are Click's variables
const PIECES = [
  "a",
  "b",
  "Idle",
  "Null",
  "Queue",
  "X",
  "input",
  "output",
  "::",
  "->",
  "=>",
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  ",",
  ";",
  "||",
  "|",
  "...",
  "elementclass ",
  "define(",
  "require(",
  "$a",
  "0",
  "1",
  "-",
  "[0]",
  "[1-]",
  "\n",
  "#",
  '# 3 "f"\n',
  "//",
  "/*",
  "*/",
  '"',
  "'",
  "\\",
  "\\<",
  ">",
  " ",
  "K $k",
  "__REST__ $r",
  "${a",
  "${a[1]-x}",
  "\xe9",
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
// biome-ignore-end format: see above

const sourceText = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(" "));

/** Long texts, each with a reason why a careless reader would hang, overflow its stack or fill the memory. */
const TRAPS: Readonly<Record<string, () => string>> = {
  "compounds without end": () => "{".repeat(1_000_000),
  "groups without end": () => "(".repeat(1_000_000),
  "nested chains": () => "{->".repeat(300_000),
  "compounds that double at each level": () =>
    `elementclass A0 { Idle }\n${levels(60, (i) => `elementclass A${i} { A${i - 1}; A${i - 1} }\n`)}A59`,
  "empty compounds that double at each level": () =>
    `elementclass A0 { }\n${levels(60, (i) => `elementclass A${i} { A${i - 1}; A${i - 1} }\n`)}A59`,
  "a class that wraps a class that wraps a class": () =>
    `elementclass A0 { Idle }\n${levels(20_000, (i) => `elementclass A${i} { A${i - 1} }\n`)}A19999`,
  "variables that multiply": () =>
    `define($a0 "x", ${levels(11, (i) => `$a${i} ${`$a${i - 1}`.repeat(50)}, `)})\nPrint(x$a10)`,
  "empty variables that multiply": () =>
    `define($a0 "", ${levels(11, (i) => `$a${i} ${`$a${i - 1}`.repeat(50)}, `)})\nPrint(x$a10)`,
  "long port ranges": () => `a :: Idle;${"a [0-65535] => [0-65535] a;".repeat(5000)}`,
  "high port numbers": () => "Idle [65535] -> [65535] Idle;".repeat(5000),
  "high port numbers in groups": () => "([65535] -> Idle -> [65535]);".repeat(5000),
  "many sources times many targets": () =>
    `elementclass F { -> ; } f :: F;${levels(4000, (i) => `a${i}::Idle -> f -> b${i} :: Idle;`)}`,
  "groups in a row": () => `Idle -> ${"(->) -> ".repeat(20_000)}Discard`,
  "a long chain": () => `a::Null${" -> Null".repeat(50_000)}`,
  "open ports that are decided one by one, from the far end": () =>
    `${levels(20_000, (i) => `a${20_000 - i} :: Null;`)}${levels(19_998, (i) => `a${i} -> a${i + 1};`)}a19998->Discard`,
  "a line number of a million digits": () => `# ${"9".repeat(1_000_000)}\nx::Foo`,
  "comments that do not end": () => "/*".repeat(500_000),
  "wrong line directives": () => "#\n".repeat(500_000),
  "an escape at every character": () => `Idle("${"\\".repeat(1_000_000)}`,
  "references in references": () => `Print(${"${".repeat(100_000)}${"}".repeat(100_000)})`,
};

function levels(count: number, each: (i: number) => string): string {
  return Array.from({ length: count - 1 }, (_, i) => each(i + 1)).join("");
}

describe("a configuration from a stranger", () => {
  it("is read without an exception, whatever the bytes", () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        read(bytes);
      }),
    ));

  it("is read without an exception, whatever the order of tokens", () =>
    fc.assert(
      fc.property(sourceText, (source) => {
        read(source);
      }),
      { numRuns: 2000 },
    ));

  it("gives the same configuration whether syntax faults are reported by the parser or in their place", () =>
    fc.assert(
      fc.property(sourceText, (source) => {
        const [early, late] = [new Diagnostics(), new Diagnostics()];
        const options = { isClass: () => true };
        const reported = flatten(parseConfiguration(source, "config", early), options, early);
        const interleaved = flatten(parseConfiguration(source, "config"), options, late);
        assert.deepEqual(reported, interleaved);
        assert.deepEqual(early.lines.toSorted(), late.lines.toSorted());
      }),
    ));

  it("may be a million random bytes", () => {
    const bytes = new Uint8Array(1_000_000);
    let state = 1;
    for (let at = 0; at < bytes.length; at++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      bytes[at] = state >>> 16;
    }
    const { messages } = read(bytes);
    assert.match(messages, /^config:1: syntax error/);
  });

  for (const [trap, source] of Object.entries(TRAPS)) {
    it(`does no harm with ${trap}`, () => {
      const start = performance.now();
      const { configuration } = read(source());
      assert.ok(configuration.elements.length <= 1 << 20);
      // Some 0.3 s on one core; a hang, or a quadratic algorithm, takes minutes.
      assert.ok(performance.now() - start < 20_000);
    });
  }
});
