import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type ExamplePacket, evaluate } from "./evaluate.ts";
import { DROP, type Program } from "./program.ts";
import { compileForTest, packet, ruleSet, type TestElement } from "./rules.testing.ts";
import { type Coordinates, DROPPED } from "./rules.ts";

/** Takes a packet through a program, step by step. */
function run(program: Program, coordinates: Coordinates, example: ExamplePacket): number {
  if (program.everything >= 0) return program.everything === -DROP ? DROPPED : program.everything;
  let at = 0;
  do {
    const { offset, mask, value, shortYes, to } = program.steps[at]!;
    const test = { kind: "compare" as const, offset, mask, value, whenMissing: shortYes };
    at = to[evaluate([{ output: 1, condition: test }], coordinates, example) === 1 ? 1 : 0];
  } while (at > 0);
  return at === DROP ? DROPPED : 0 - at;
}

/** Texts that Click prints for these configurations. */
const CASES: readonly { element: TestElement; configuration: string[]; text: string }[] = [
  {
    element: "Classifier",
    configuration: ["12/0806 20/0001", "12/0806 20/0002", "12/0800", "-"],
    text: `
 0  12/08060000%ffff0000  yes->step 1  no->step 3
 1  20/00010000%ffff0000  yes->[0]  no->step 2
 2  20/00020000%ffff0000  yes->[1]  no->[3]
 3  12/08000000%ffff0000  yes->[2]  no->[3]
safe length 22
alignment offset 0
`,
  },
  {
    element: "Classifier",
    configuration: ["12/08??%ff0f !23/06", "!0/01%01 33/02%12", "-"],
    text: `
 0  12/08000000%ff000000  yes->step 1  no->step 2
 1  20/00000006%000000ff  yes->step 2  no->[0]
 2   0/01000000%01000000  yes->[2]  no->step 3
 3  32/00020000%00120000  yes->[1]  no->[2]
safe length 34
alignment offset 0
`,
  },
  {
    element: "IPFilter",
    configuration: ["allow tcp and dst port > 1023 and ack", "deny all"],
    text: `
 0 264/00060000%00ff0000  yes->step 1  no->[X]
 1 260/00000000%00001fff  yes->step 2  no->[X]
 2 512/00000000%0000fc00  yes->[X]  no->step 3  short->yes
 3 524/00100000%00100000  yes->[0]  no->[X]
safe length 526
alignment offset 0
`,
  },
  {
    element: "IPFilter",
    configuration: ["deny ip frag", "allow net 10.0.0.0/8 and not udp", "1 icmp type echo"],
    text: `
 0 260/00000000%00003fff  yes->step 1  no->[X]  short->yes
 1 268/0a000000%ff000000  yes->step 3  no->step 2
 2 272/0a000000%ff000000  yes->step 3  no->step 4
 3 264/00110000%00ff0000  yes->[X]  no->[0]
 4 264/00010000%00ff0000  yes->step 5  no->[X]
 5 260/00000000%00001fff  yes->step 6  no->[X]
 6 512/08000000%ff000000  yes->[1]  no->[X]
safe length 513
alignment offset 0
`,
  },
  {
    element: "IPFilter",
    configuration: ["allow ether host 00:01:02:03:04:05 or src ether host 0:1:2:3:4:6"],
    text: `
 0   8/00010203%ffffffff  yes->step 1  no->step 2
 1  12/04050000%ffff0000  yes->[0]  no->step 2
 2   0/00000001%0000ffff  yes->step 3  no->step 4
 3   4/02030405%ffffffff  yes->[0]  no->step 4
 4   8/00010203%ffffffff  yes->step 5  no->[X]
 5  12/04060000%ffff0000  yes->[0]  no->[X]
safe length 14
alignment offset 0
`,
  },
  {
    element: "IPFilter",
    configuration: ["allow tcp dst port 1 or 2 or 256 or 3 or 4 or 5 or 6"],
    text: `
 0 264/00060000%00ff0000  yes->step 1  no->[X]
 1 260/00000000%00001fff  yes->step 2  no->[X]
 2 512/00000004%0000fffe  yes->[0]  no->step 3
 3 512/00000001%0000ffff  yes->[0]  no->step 4
 4 512/00000002%0000ffff  yes->[0]  no->step 5
 5 512/00000003%0000ffff  yes->[0]  no->step 6
 6 512/00000006%0000ffff  yes->[0]  no->step 7
 7 512/00000100%0000ffff  yes->[0]  no->[X]
safe length 516
alignment offset 0
`,
  },
  {
    element: "IPFilter",
    configuration: ["0 tcp ? dst port 80 : udp", "1 (src 1.2.3.4 and not (dst port 53 or 67)) or ip ttl < 3"],
    text: `
 0 264/00060000%00ff0000  yes->step 1  no->step 3
 1 260/00000000%00001fff  yes->step 2  no->step 4
 2 512/00000050%0000ffff  yes->[0]  no->step 4
 3 264/00110000%00ff0000  yes->[0]  no->step 4
 4 268/01020304%ffffffff  yes->step 5  no->step 9
 5 264/00060000%00ff0000  yes->step 6  no->[1]
 6 260/00000000%00001fff  yes->step 7  no->[1]
 7 512/00000035%0000ffff  yes->step 9  no->step 8
 8 512/00000043%0000ffff  yes->step 9  no->[1]
 9 264/00000000%fc000000  yes->step 10  no->[X]
10 264/03000000%03000000  yes->[X]  no->[1]  short->yes
safe length 516
alignment offset 0
`,
  },
  {
    element: "IPFilter",
    configuration: ["allow ip[0:2] & 0x0f00 > 0x0500"],
    text: `
 0 256/00000000%08000000  yes->step 1  no->[0]  short->yes
 1 256/06000000%06000000  yes->[0]  no->[X]
safe length 257
alignment offset 0
`,
  },
  {
    element: "IPFilter",
    configuration: ["allow tcp and not transp"],
    text: `
 0 264/00060000%00ff0000  yes->[X]  no->[0]
safe length 266
alignment offset 0
`,
  },
  {
    element: "IPFilter",
    configuration: ["allow transp"],
    text: `
all->[2147483647]
safe length 0
alignment offset 0
`,
  },
  {
    element: "IPFilter",
    configuration: ["allow src & 255 10.0.0.1", "0 src and dst net 18.26/16", "1 ip ect or ip ce"],
    text: `
 0 268/0a000000%ff000000  yes->[0]  no->step 1
 1 268/121a0000%ffff0000  yes->step 2  no->step 3
 2 272/121a0000%ffff0000  yes->[0]  no->step 3
 3 256/00000000%00030000  yes->[X]  no->[1]  short->yes
safe length 274
alignment offset 0
`,
  },
  {
    element: "IPFilter",
    configuration: ["deny ip vers >= 17", "0 ip[23:1] & 34 != 86"],
    text: `
 0 276/00000002%00000022  yes->[X]  no->[0]  short->yes
safe length 280
alignment offset 0
`,
  },
  {
    element: "IPClassifier",
    configuration: [
      "tcp dst port 6000 and src net 10.1.0.0/16",
      "udp dst port 7000 and ip ttl < 5",
      "udp dst port 53",
      "-",
    ],
    text: `
 0 264/00060000%00ff0000  yes->step 1  no->step 4
 1 260/00000000%00001fff  yes->step 2  no->[3]
 2 268/0a010000%ffff0000  yes->step 3  no->[3]
 3 512/00001770%0000ffff  yes->[0]  no->[3]
 4 264/00110000%f8ff0000  yes->step 5  no->step 9
 5 260/00000000%00001fff  yes->step 6  no->[3]
 6 512/00001b58%0000ffff  yes->step 7  no->step 11
 7 264/04000000%04000000  yes->step 8  no->[1]  short->yes
 8 264/00000000%03000000  yes->[1]  no->[3]
 9 264/00110000%00ff0000  yes->step 10  no->[3]
10 260/00000000%00001fff  yes->step 11  no->[3]
11 512/00000035%0000ffff  yes->[2]  no->[3]
safe length 516
alignment offset 0
`,
  },
];

describe("The program handler", () => {
  for (const { element, configuration, text } of CASES)
    it(`prints what Click prints for ${element}(${configuration.join(", ")})`, () => {
      const { pattern, lines } = compileForTest(element, configuration);
      assert.equal(pattern?.programText(), text.slice(1), lines.join("\n"));
    });

  it("counts offsets from the packet's data whatever the alignment", () => {
    const { pattern } = compileForTest("Classifier", ["12/0800 !23/06", "12/08??%ff0f 30/0a000001", "-"], {
      alignOffset: 2,
    });
    assert.equal(
      pattern?.programText(),
      [
        " 0  10/00000800%0000ffff  yes->step 1  no->step 2",
        " 1  22/00060000%00ff0000  yes->step 3  no->[0]",
        " 2  10/00000800%0000ff00  yes->step 3  no->[2]",
        " 3  30/0a000001%ffffffff  yes->[1]  no->[2]",
        "safe length 34",
        "alignment offset 2",
        "",
      ].join("\n"),
    );
  });

  // where a packet ends inside of a tested field, Click's optimisation may turn a decision over
  it("shows a program that decides as the patterns do, for packets with all bytes asked for", () => {
    const wholePacket = packet.filter(
      ({ end, networkHeader, transportHeader, macHeader }) =>
        end === 96 && networkHeader !== undefined && transportHeader !== undefined && macHeader !== undefined,
    );
    fc.assert(
      fc.property(
        ruleSet,
        fc.array(wholePacket, { minLength: 20, maxLength: 20 }),
        ({ element, configuration }, packets) => {
          const { pattern } = compileForTest(element, configuration);
          fc.pre(pattern !== undefined);
          for (const each of packets)
            assert.equal(
              run(pattern.program(), pattern.coordinates, each),
              evaluate(pattern.rules, pattern.coordinates, each),
            );
        },
      ),
      { numRuns: 150, endOnFailure: true },
    );
  });

  it("is made within two seconds for 1000 rules", () => {
    const rules = Array.from(
      { length: 1000 },
      (_, i) => `deny src net 10.${i % 250}.${i >> 8}.0/24 && udp && dst port ${1000 + i}`,
    );
    const { pattern } = compileForTest("IPFilter", rules);
    const start = performance.now();
    assert.match(pattern?.programText() ?? "", /^ 0 268\/0a/);
    assert.ok(performance.now() - start < 2000);
  });
});
