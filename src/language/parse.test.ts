import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseConfiguration } from "./parse.ts";
import type { Chain, Statement } from "./tree.ts";

function parse(source: string): { statements: readonly Statement[]; faults: string[]; end: string } {
  const { statements, faults, end } = parseConfiguration(source, "f.click");
  return { statements, end, faults: faults.map(({ landmark, text }) => `${landmark}: ${text}`) };
}

function chain(source: string): Chain {
  const [statement] = parse(source).statements;
  assert.equal(statement?.kind, "chain");
  return statement as Chain; // the line above has made sure
}

describe("parseConfiguration", () => {
  it("keeps names, types, configurations and ports of a chain, each with its place", () => {
    const { steps } = chain('a :: A ( x, ")" ) [1, 3-5]\n=> [0] b, [2-] c [];');
    assert.deepEqual(steps[0], {
      arrow: "",
      continues: true,
      items: [
        {
          head: { kind: "name", name: "a" },
          type: { kind: "class", name: "A", place: { landmark: "f.click:1", faultsBefore: 0 } },
          configuration: { text: ' x, ")" ', place: { landmark: "f.click:1", faultsBefore: 0 } },
          outputs: {
            ranges: [
              { first: 1, last: 1 },
              { first: 3, last: 3 },
              { first: 4, last: 5 },
            ],
            expandable: false,
          },
          place: { landmark: "f.click:1", faultsBefore: 0 },
        },
      ],
      place: { landmark: "f.click:2", faultsBefore: 0 },
    });
    const [b, c] = steps[1]!.items;
    assert.equal(steps[1]!.arrow, "=>");
    assert.deepEqual(b!.inputs, { ranges: [{ first: 0, last: 0 }], expandable: false });
    assert.deepEqual(c!.inputs, { ranges: [{ first: 2, last: 2 }], expandable: true });
    assert.deepEqual(c!.outputs, { ranges: [{ first: 0, last: 0 }], expandable: true });
  });

  it("reads ends that are left out as 'input' and 'output', inside compounds and groups only", () => {
    const { statements, faults } = parse("{ [1] -> X -> [2] }");
    assert.deepEqual(faults, []);
    assert.match(JSON.stringify(statements), /"implicit","name":"input"\},"outputs":\{"ranges":\[\{"first":1/);
    assert.match(JSON.stringify(statements), /"implicit","name":"output"\},"inputs":\{"ranges":\[\{"first":2/);
    assert.deepEqual(parse("-> X").faults, ["f.click:1: syntax error near '->'"]);
  });

  it("goes on after a fault, and tells each node how many come before it", () => {
    const { statements, faults } = parse("a ~ b;\nelementclass X -> c");
    assert.deepEqual(faults, ["f.click:1: syntax error near '~'", "f.click:2: syntax error near '->'"]);
    const places = statements.map((statement) => (statement.kind === "chain" ? statement.end.faultsBefore : "-"));
    assert.deepEqual(places, [1, 1, "-", 2]);
  });

  it("understands every way to write a requirement and a definition", () => {
    const { statements } = parse('require(a, package "b c", library d/e, compact_config) define($x 1, $y a "b, c")');
    const seen = statements.map((statement) => {
      if (statement.kind === "require") return `${statement.what} ${statement.value}`;
      return statement.kind === "define" ? `$${statement.name} = ${statement.value}` : statement.kind;
    });
    assert.deepEqual(seen, ["package a", "package b c", "library d/e", "compact_config ", "$x = 1", '$y = a "b, c"']);
  });

  it("counts lines that end in LF, CR or CRLF, in configurations and comments too", () => {
    assert.equal(parse("a\nb\rc\r\nd").end, "f.click:4");
    assert.equal(parse("a :: A(\n\r\n\r) /* \n\r\n */ // \r").end, "f.click:7");
  });

  it("obeys line directives, in configurations too", () => {
    assert.equal(parse('a\n# 9 "g"\nb').end, "g:9");
    assert.equal(parse('a\n#line 9\nb\n# 3 ""\n').end, "f.click:3");
    const { steps } = chain('a :: A(x\n# 7 "h"\ny)');
    assert.equal(steps[0]!.items[0]!.configuration!.text, "x\n\ny");
    assert.equal(steps[0]!.place.landmark, "h:7");
  });

  it("refuses ports beyond the highest", () => {
    assert.deepEqual(parse("a [65536]").faults, ["f.click:1: port number 65536 too large, maximum 65535"]);
  });
});
