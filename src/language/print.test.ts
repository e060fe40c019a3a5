import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Diagnostics } from "./diagnostics.ts";
import { read } from "./fixtures.ts";
import { type Configuration, flatten } from "./flatten.ts";
import { parseConfiguration } from "./parse.ts";
import { printConfiguration } from "./print.ts";

const namePart = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_@]{0,5}$/);
const RESERVED = new Set(["elementclass", "require", "provide", "define"]);
const name = fc
  .array(namePart, { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join("/"))
  .filter((text) => !RESERVED.has(text) && !/^C\d$/.test(text));

/** Arguments as they can stand between parentheses: quotes closed, parentheses paired, no reference to a variable. */
const argument = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9 .,/:+-]{0,12}$/).filter((text) => !/\/[/*]/.test(text)),
  fc.stringMatching(/^"[A-Za-z0-9 ()',$#\n]{0,8}"$/).filter((text) => !text.includes("\n#")),
  fc.constantFrom("(a (b))", "'x)\\'", '"\\")"', "\\<41 )>", "/* ) */ x", "// )\n"),
);
const configurationText = fc.array(argument, { maxLength: 3 }).map((parts) => parts.join(", "));

/** Flat configurations of classes C0, C1 ..., with connections in order and none twice. */
const flatConfiguration: fc.Arbitrary<Configuration> = fc
  .uniqueArray(name, { minLength: 1, maxLength: 8 })
  .chain((names) => {
    const index = fc.nat(names.length - 1);
    const port = fc.nat(3);
    return fc.record({
      elements: fc.tuple(
        ...names.map((elementName) =>
          fc.record({
            name: fc.constant(elementName),
            className: fc.constantFrom("C0", "C1", "C2"),
            configuration: configurationText,
            landmark: fc.constant(""),
          }),
        ),
      ),
      connections: fc
        .uniqueArray(fc.tuple(index, port, index, port), { maxLength: 12, selector: (each) => each.join() })
        .map((tuples) =>
          tuples
            .toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3])
            .map(([to, toPort, from, fromPort]) => ({ from, fromPort, to, toPort, landmark: "" })),
        ),
      requirements: fc.array(
        fc.record({ kind: fc.constant("package"), value: fc.stringMatching(/^[a-z"$\\\n ]{1,6}$/) }),
        { maxLength: 2 },
      ),
    });
  });

function withoutLandmarks({ elements, connections, requirements }: Configuration): Configuration {
  return {
    elements: elements.map((element) => ({ ...element, landmark: "" })),
    connections: connections.map((connection) => ({ ...connection, landmark: "" })),
    requirements: requirements.map((requirement) => ({ ...requirement })),
  };
}

describe("printConfiguration", () => {
  it("writes what reads as the same configuration", () =>
    fc.assert(
      fc.property(flatConfiguration, (configuration) => {
        const diagnostics = new Diagnostics();
        const text = Buffer.from(printConfiguration(configuration), "latin1");
        const again = flatten(
          parseConfiguration(text, "config"),
          { isClass: (className) => /^C\d$/.test(className) },
          diagnostics,
        );
        assert.deepEqual(diagnostics.lines, []);
        assert.deepEqual(withoutLandmarks(again), withoutLandmarks(configuration));
      }),
      { numRuns: 500 },
    ));

  it("writes requirements, declarations and chains with Click's spacing", () => {
    const { flat } = read("require(compact_config) a :: Tee(2) -> b :: Null -> Discard; a[1] -> [0]Discard; Idle -> a");
    assert.equal(
      flat,
      `require(compact_config);

a :: Tee(2);
b :: Null;
Discard@3 :: Discard;
Discard@4 :: Discard;
Idle@5 :: Idle;

Idle@5 -> a
    -> b
    -> Discard@3;
a [1] -> Discard@4;
`,
    );
  });

  it("writes cycles, each once", () => {
    const { configuration } = read("a :: Null -> b :: Null -> a");
    assert.match(printConfiguration(configuration), /\n\nb -> a\n {4}-> b;\n$/);
  });

  it("writes nothing for an empty configuration", () => {
    assert.equal(printConfiguration({ elements: [], connections: [], requirements: [] }), "");
  });
});
