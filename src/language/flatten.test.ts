import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Diagnostics } from "./diagnostics.ts";
import { read } from "./fixtures.ts";
import { flatten } from "./flatten.ts";
import { parseConfiguration } from "./parse.ts";

function names(source: string): string {
  return read(source)
    .configuration.elements.map(({ name }) => name)
    .join(" ");
}

describe("flatten", () => {
  it("numbers anonymous elements by what has been declared before them in their scope", () => {
    assert.equal(names("Idle -> Null -> q::Queue -> Null -> Discard"), "Idle@1 Null@2 q Null@4 Discard@5");
    assert.equal(names("Idle@2 :: Idle; Discard; Idle; Idle"), "Idle@2 Discard@2 Idle@3 Idle@4");
    assert.equal(names("Idle -> (-> Null ->) -> Idle"), "Idle@1 Null@5 Idle@6");
  });

  it("puts members of compounds behind the elements of the file, in the order of expansion", () => {
    assert.equal(names("c :: { x :: Idle; { Idle } }; d :: Idle"), "d c/x c/@2/Idle@1");
  });

  it("goes through compounds and groups without a trace", () => {
    const { configuration } = read("a :: Null -> { -> ( -> ) -> { [0] -> [0] } -> } -> b :: Null; b -> a");
    const pairs = configuration.connections.map(({ from, to }) => [from, to]);
    assert.deepEqual(pairs, [
      [1, 0],
      [0, 1],
    ]);
  });

  it("merges connections that are written twice, and keeps the first place", () => {
    const { configuration } = read("a :: Idle -> b :: Idle;\na -> b");
    assert.deepEqual(configuration.connections, [{ from: 0, fromPort: 0, to: 1, toPort: 0, landmark: "config:1" }]);
  });

  it("takes parameters from outside over those that the file defines, but not over a compound's", () => {
    const source = "define($x file) Message(a$x) { define($x inner) Message(a$x) }";
    const { configuration } = read(source, { parameters: new Map([["x", "command"]]) });
    assert.deepEqual(
      configuration.elements.map((element) => element.configuration),
      ["acommand", "ainner"],
    );
  });

  it("keeps bytes as they are, from Unicode text as from UTF-8", () => {
    const text = 'Message("\u00e9")';
    assert.equal(read(text).configuration.elements[0]!.configuration, '"\xc3\xa9"');
    assert.deepEqual(read(Buffer.from(text)).configuration, read(text).configuration);
    assert.equal(read(Buffer.from('Message("\u00e9")', "latin1")).configuration.elements[0]!.configuration, '"\xe9"');
  });

  it("tells an element from its class by scope: a body sees the class that its own name meant before", () => {
    const source = "elementclass Idle { x :: Idle } elementclass Idle { y :: Idle || $a | z :: Idle } Idle; Idle(1)";
    assert.equal(names(source), "Idle@1/y/x Idle@2/z/x");
  });

  it("collects requirements in order", () => {
    const { configuration } = read('require(compact_config, package "a b") require(c)');
    assert.deepEqual(configuration.requirements, [
      { kind: "compact_config", value: "" },
      { kind: "package", value: "a b" },
      { kind: "package", value: "c" },
    ]);
  });

  it("reports a package that is not available", () => {
    const { messages } = read("require(mine)", {
      requirePackage(name, diagnostics) {
        diagnostics.within("", `While loading package '${name}':`).error("", "no such file");
        return false;
      },
    });
    assert.equal(messages, "While loading package 'mine':\n  no such file\nrequirement 'mine' not available");
  });

  it("reports syntax faults early if the parser has diagnostics, and in their place if it has not", () => {
    const source = "a -> b\nc :: Idle [x]";
    const faults = ["config:1: undeclared element 'a'", "config:1: undeclared element 'b'"];
    const syntax = "config:2: syntax error: port number should be integer";
    const useless = "config:2: output ports ignored at end of chain";
    const options = { isClass: (name: string) => name === "Idle" };
    const late = new Diagnostics();
    flatten(parseConfiguration(source, "config"), options, late);
    assert.deepEqual(late.lines, [...faults, syntax, useless]);
    const early = new Diagnostics();
    flatten(parseConfiguration(source, "config", early), options, early);
    assert.deepEqual(early.lines, [syntax, ...faults, useless]);
  });

  it("stops a library that requires libraries without end", () => {
    const { messages } = read("require(library l0)", {
      readLibrary: (name) => ({ text: `require(library l${Number(name.slice(1)) + 1})`, file: name }),
    });
    assert.match(messages, /maximum library nesting depth exceeded$/);
  });
});
