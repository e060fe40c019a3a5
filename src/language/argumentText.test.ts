import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  isWord,
  joinArguments,
  parseString,
  parseWord,
  quote,
  shiftWord,
  splitArguments,
  splitKeyword,
  splitWords,
  uncomment,
  unquote,
} from "./argumentText.ts";

/** Any bytes, one in each character. */
const byteString = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("latin1"));

const nastyText = fc
  .array(fc.constantFrom("a", " ", ",", '"', "'", "\\", "\\<", ">", "/*", "*/", "//", "\n", "\r\n", "4"), {
    maxLength: 20,
  })
  .map((pieces) => pieces.join(""));

describe("splitArguments", () => {
  it("splits at commas outside quotes, comments and data, and trims", () => {
    assert.deepEqual(splitArguments(" a , \"b, c\" /* , */ , 'd,' , \\<41, 42> , (e, f"), [
      "a",
      '"b, c"',
      "'d,'",
      "\\<41, 42>",
      "(e",
      "f",
    ]);
  });

  it("drops an empty last argument and keeps empty inner ones", () => {
    assert.deepEqual(splitArguments("a,,b,"), ["a", "", "b"]);
    assert.deepEqual(splitArguments(""), []);
    assert.deepEqual(splitArguments(" "), []);
    assert.deepEqual(splitArguments(","), [""]);
  });

  it("makes one space of a comment and the space around it", () => {
    assert.deepEqual(splitArguments("a /* x */   b  c // end\n, d"), ["a b  c", "d"]);
  });

  it("gives the same arguments again when they are joined, for any text", () =>
    fc.assert(
      fc.property(nastyText, (text) => {
        const once = splitArguments(text);
        // An argument whose quote does not close swallows what follows it, and an empty last one is dropped.
        fc.pre(once.every((argument) => isClosed(argument)) && once.at(-1) !== "");
        assert.deepEqual(splitArguments(joinArguments(once)), once);
      }),
    ));
});

/** Whether nothing stays open at the end of an argument. */
function isClosed(argument: string): boolean {
  return splitArguments(`${argument},x`).at(-1) === "x" && !argument.endsWith("\\") && !argument.endsWith("/");
}

describe("words", () => {
  it("are split at white space and comments outside quotes", () => {
    assert.deepEqual(splitWords(" a  'b c'd/* x */e \\<41 42>f // g"), ["a", "'b c'd", "e", "\\<41 42>f"]);
  });

  it("are shifted one at a time", () => {
    assert.deepEqual(shiftWord("  a 'b c' d"), { word: "a", rest: "'b c' d" });
    assert.deepEqual(shiftWord(" /* nothing */ "), { word: "", rest: "" });
  });

  it("are printable and free of quotes, backslashes and commas", () => {
    assert.ok(isWord("a:b/c-[d]{~}!"));
    for (const text of ["", "a b", 'a"', "a'", "a\\", "a,", "\x7f", "\xe9"]) assert.ok(!isWord(text), text);
  });

  it("may be quoted", () => {
    assert.equal(parseWord("'a'\"b\"c"), "abc");
    assert.equal(parseWord("'a b'"), undefined);
    assert.equal(parseString("'a b'"), "a b");
    assert.equal(parseString("a b"), undefined);
    assert.equal(parseString(""), undefined);
    assert.equal(parseString('""'), "");
  });
});

describe("unquote", () => {
  it("joins adjacent pieces and leaves single quotes literal", () => {
    assert.equal(unquote('a"b\\"c"\'d\\n\'e'), 'ab"cd\\ne');
  });

  it("knows the escapes of double quotes", () => {
    assert.equal(unquote('"\\a\\b\\t\\n\\v\\f\\r\\\\\\"\\$\\q"'), '\x07\b\t\n\v\f\r\\"$q');
    assert.equal(unquote('"\\1\\12\\1234\\x41\\x141\\x"'), "\x01\nS4\x41\x41\0");
    assert.equal(unquote('"a\\\nb\\\r\nc"'), "abc");
    assert.equal(unquote('"\\<48 65 /* 6c */ 6C 6f 2>!"'), "Helo!");
  });

  it("reads data outside quotes as well", () => {
    assert.equal(unquote("x\\<4142>'\\<43>'"), "xAB\\<43>");
  });

  it("is the inverse of quote for any bytes", () =>
    fc.assert(
      fc.property(byteString, (text) => {
        assert.equal(unquote(quote(text)), text);
        assert.equal(unquote(quote(text, "kept")), text);
      }),
    ));
});

describe("quote", () => {
  it("escapes as Click does", () => {
    assert.equal(quote(""), '""');
    assert.equal(quote('a\\b"c$d\t\r\n\x01\xe9'), '"a\\\\b\\"c\\$d\\t\\r\\n\\001\\351"');
    assert.equal(quote("a\nb", "kept"), '"a\nb"');
  });
});

describe("splitKeyword", () => {
  it("takes the first word if it could be a keyword", () => {
    assert.deepEqual(splitKeyword("LIMIT  5 x"), { keyword: "LIMIT", rest: "5 x" });
    assert.deepEqual(splitKeyword("STOP"), { keyword: "STOP", rest: "" });
    for (const text of ["", '"LIMIT" 5', "a,b 5", "a/b"]) assert.equal(splitKeyword(text), undefined, text);
  });
});

describe("uncomment", () => {
  it("changes nothing the second time, for any text", () =>
    fc.assert(
      fc.property(nastyText, (text) => {
        const once = uncomment(text);
        fc.pre(isClosed(once) && !once.includes("/"));
        assert.equal(uncomment(once), once);
      }),
    ));
});
