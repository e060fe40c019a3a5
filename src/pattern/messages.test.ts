import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compileForTest, ELEMENTS } from "./rules.testing.ts";

/** IPFilter arguments and what Click says about them. */
const IP_FILTER: readonly [string, string[]][] = [
  ['""', ["empty pattern 0"]],
  ["foo tcp", ["pattern 0: unknown slot ID 'foo'"]],
  ["9 tcp", ["pattern 0: slot '9' out of range"]],
  ["allow not", ["pattern 0: missing expression after 'not'"]],
  ["allow ()", ["pattern 0: missing expression", "pattern 0: missing expression after '('"]],
  ["allow tcp ? udp", ["pattern 0: missing ':' in ternary expression"]],
  ["allow tcp and", ["pattern 0: missing expression"]],
  [
    "allow foo",
    [
      "pattern 0: empty term near 'foo'",
      "pattern 0: missing expression",
      "pattern 0: garbage after expression at 'foo'",
    ],
  ],
  [
    "allow ip ttl > foo",
    [
      "pattern 0: dangling operator near 'foo'",
      "pattern 0: 'ip ttl': value missing",
      "pattern 0: empty term near 'foo'",
      "pattern 0: garbage after expression at 'foo'",
    ],
  ],
  ["allow ip ttl", ["pattern 0: 'ip ttl': value missing"]],
  ["allow src", ["pattern 0: partial directive"]],
  ["allow 80", ["pattern 0: specify header field or 'port'"]],
  ["allow tcp udp", ["pattern 0: transport protocol specified twice"]],
  ["allow ip ttl ttl 3", ["pattern 0: type specified twice"]],
  ["allow src dst host 1.2.3.4", ["pattern 0: 'src' or 'dst' specified twice"]],
  ["allow host 80", ["pattern 0: 'ip host': address missing"]],
  ["allow echo", ["pattern 0: '<none>  echo' is ambiguous; try 'port  echo', 'port  echo', 'icmp type  echo'"]],
  ["allow tcp port echo-reply", ["pattern 0: 'port tcp echo-reply' is meaningless; try 'icmp type tcp echo-reply'"]],
  [
    "allow ip[1:9] 3",
    [
      "pattern 0: LEN in '[POS:LEN]' out of range, should be between 1 and 4",
      "pattern 0: specify header field or 'port'",
    ],
  ],
  [
    "allow ip[3:2] 3",
    ["pattern 0: field [3:2] does not fit in a single word", "pattern 0: specify header field or 'port'"],
  ],
  [
    "allow ip[x] 3",
    ["pattern 0: syntax error after '[', expected '[POS]' or '[POS:LEN]'", "pattern 0: specify header field or 'port'"],
  ],
  ["allow ip[3", ["pattern 0: missing ']'", "pattern 0: specify header field or 'port'"]],
  ["allow ip ttl 300", ["pattern 0: 'ip ttl': out of range, bound 255"]],
  ["allow ip ttl & 256 3", ["pattern 0: 'ip ttl': mask out of range, bound 0xFF"]],
  ["allow port 80 & 0", ["pattern 0: zero mask ignored", "pattern 0: partial directive"]],
  ["allow port & 0 80", ["pattern 0: zero mask ignored"]],
  ["allow icmp port 80", ["pattern 0: 'port': bad protocol 1"]],
  ["allow udp opt syn", ["pattern 0: 'tcp opt udp syn' is meaningless; try 'tcp opt udp syn'"]],
  ["allow opt != syn", ["pattern 0: 'tcp opt': operator or mask not supported"]],
  ["allow tcp opt 256", ["pattern 0: 'tcp opt': value 256 out of range"]],
  ["allow host > 1.2.3.4", ["pattern 0: 'ip host': operator not supported"]],
  ["allow proto > tcpudp", ["pattern 0: 'tcpudp': operator or mask not supported"]],
  ["allow ip ce 3", ["pattern 0: 'ip ce': value not supported"]],
  ["allow ip ttl < 256", ["pattern 0: warning: relation '< 256' is always true (range 0-255)"]],
  ["allow ip ttl >= 0", ["pattern 0: warning: relation '>= 0' is always true (range 0-255)"]],
  ["allow ip frag 2", ["pattern 0: 'ip frag': value not supported"]],
  ["allow src ip ttl 3", ["pattern 0: warning: 'src ip ttl': 'src' or 'dst' ignored"]],
  ["allow ether ttl 3", ["pattern 0: 'ip ttl': ip only"]],
  ["allow host & 0:1:2:3:4:5 1.2.3.4", ["pattern 0: 'ip host': bad mask"]],
  ['allow "tcp "', ["pattern 0: empty term near ''", "pattern 0: garbage after expression at ''"]],
  ["allow ip proto tcp udp", ["pattern 0: transport protocol specified twice"]],
  ["allow proto", ["pattern 0: 'proto': value missing"]],
  ["allow (tcp", ["pattern 0: missing ')'"]],
  ["allow tcp )", ["pattern 0: garbage after expression at ')'"]],
];

/** Classifier patterns and what Click says about them. */
const CLASSIFIER: readonly [string, string[]][] = [
  ["12", ["pattern 0: expected '/'"]],
  ["x", ["pattern 0: expected a digit"]],
  ["12/", ["pattern 0: value has less than 2 hex digits"]],
  ["12/0", ["pattern 0: value has less than 2 hex digits"]],
  ["12/080", ["pattern 0: value has odd number of hex digits"]],
  ["12/0800%ff", ["pattern 0: mask has too few hex digits"]],
  ["12/08%ffff", ["pattern 0: mask has too many hex digits"]],
  ["12/0800!", ["pattern 0: expected a digit"]],
  ["!", ["pattern 0: expected a digit"]],
  ["12/08zz", ["pattern 0: expected a digit"]],
  ["12/%ff", ["pattern 0: value has less than 2 hex digits"]],
];

describe("Messages about patterns", () => {
  for (const [rule, messages] of IP_FILTER)
    it(`are Click's for IPFilter(${rule})`, () => {
      assert.deepEqual(compileForTest("IPFilter", [rule], { outputs: 1 }).lines, messages);
    });

  for (const [pattern, messages] of CLASSIFIER)
    it(`are Click's for Classifier(${pattern})`, () => {
      assert.deepEqual(compileForTest("Classifier", [pattern]).lines, messages);
    });

  it("tell how many patterns are needed", () => {
    for (const element of ["Classifier", "IPClassifier"] as const)
      assert.deepEqual(compileForTest(element, ["-"], { outputs: 2 }).lines, ["need 2 arguments, one per output port"]);
  });

  it("warn of outputs that no packet reaches", () => {
    assert.deepEqual(compileForTest("IPClassifier", ["tcp", "tcp port 80", "-"]).lines, [
      "warning: output 1 matches no packets",
    ]);
    assert.deepEqual(compileForTest("Classifier", ["12/0806 12/0800"]).lines, ["warning: output 0 matches no packets"]);
  });

  it("tell where the faulty pattern is", () => {
    const { lines, pattern } = compileForTest("IPFilter", ["allow tcp", "allow ip ttl 256"], {
      landmark: "fw.click:3",
    });
    assert.deepEqual(lines, ["fw.click:3: pattern 1: 'ip ttl': out of range, bound 255"]);
    assert.equal(pattern, undefined);
  });

  it("stop at nesting that no person writes", () => {
    for (const nested of ["not ", "(", "!("]) {
      const { lines } = compileForTest("IPFilter", [`allow ${nested.repeat(100_000)}tcp`]);
      assert.ok(lines.includes("pattern 0: expression nested too deeply"), lines[0]);
    }
  });

  it("are all that any text causes", () => {
    const words = ["allow", "src", "dst", "and", "or", "not", "(", ")", "[", "]", "?", ":", "&", "=", ">", "<", "!"];
    const values = ["tcp", "port", "80", "1.2.3.4", "10/8", "ip", "ttl", "ether", "host", "-1", "99999999999", "true"];
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc
        .array(fc.constantFrom(...words, ...values, "0/", "12/0800", "%ff", "??"), { maxLength: 20 })
        .map((w) => w.join(" ")),
    );
    fc.assert(
      fc.property(fc.constantFrom(...ELEMENTS), fc.array(text, { maxLength: 4 }), (element, patterns) => {
        const { pattern, errors } = compileForTest(element, patterns);
        assert.equal(pattern === undefined, errors > 0);
        pattern?.programTable();
      }),
      { numRuns: 2000 },
    );
  });
});
