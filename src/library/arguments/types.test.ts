import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { ArgumentValue } from "./argumentType.ts";
import { NameDatabases } from "./names.ts";
import { contextOf, testSystem } from "./testContext.ts";
import { argumentType, UnknownTypeError } from "./types.ts";

const context = contextOf("gw/nat/x");

/** What a type makes of a text: the value, or the message. */
function read(type: string, text: string): ArgumentValue {
  const parsed = argumentType(type).parse(text, context);
  return parsed.ok ? parsed.value : `error: ${parsed.error}`;
}

const INVALID = "error: invalid number";
const PARSE_ERROR = "error: parse error";

/** Type, text, value or message. The messages and values are those of Click 2.1. */
const CASES: readonly (readonly [string, string, ArgumentValue])[] = [
  ["bool", "yes", true],
  ["bool", "0", false],
  ["bool", "True", PARSE_ERROR],
  ["bool", "", PARSE_ERROR],

  ["u32", "0x7F", 127],
  ["u32", "0b101", 5],
  ["u32", "017", 15],
  ["u32", "0", 0],
  ["u32", "1_000", 1000],
  ["u32", "+7", 7],
  ["u32", "1__0", INVALID],
  ["u32", "1_", INVALID],
  ["u32", "08", INVALID],
  ["u32", "0x", INVALID],
  ["u32", "-1", INVALID],
  ["u32", '"5"', INVALID],
  ["u32", "4294967295", 4294967295],
  ["u32", "4294967296", "error: out of range, bound 4294967295"],
  ["u32", "9".repeat(100_000), "error: out of range, bound 4294967295"],
  ["unsigned", "5", 5],
  ["u8", "300", "error: out of range, bound 255"],
  ["u16", "0177777", 65535],
  ["i8", "-128", -128],
  ["i8", "-129", "error: out of range, bound -128"],
  ["int", "-0x80000000", -2147483648],
  ["int", "2147483648", "error: out of range, bound 2147483647"],
  ["u64", "0xffff_ffff_ffff_ffff", 0xffff_ffff_ffff_ffffn],
  ["i64", "-9223372036854775808", -9223372036854775808n],
  ["i64", "-9223372036854775809", "error: out of range, bound -9223372036854775808"],
  ["int[0..7]", "7", 7],
  ["int[0..7]", "8", "error: out of range, bound 7"],
  ["int[-1..0xFFFF]", "-2", "error: out of range, bound -1"],
  ["range", "3-7", { low: 3, high: 7 }],
  ["range", "3", { low: 3, high: 3 }],
  ["range", "7-3", PARSE_ERROR],
  ["range", "3-", PARSE_ERROR],

  ["fixed(16)", "0.5", 32768],
  ["fixed(16)", ".25", 16384],
  ["fixed(16)", "1.", 65536],
  ["fixed(16)", "-1", PARSE_ERROR],
  ["fixed(16)", "1.2.3", PARSE_ERROR],
  ["fixed(16)", "65536", "error: out of range, bound 65535.99998"],
  ["fixed(28)", "16", "error: out of range, bound 15.9999999966"],
  ["fixed(28)", "1e999999999", "error: out of range, bound 15.9999999966"],
  ["fixed(28)", "1e-999999999", 0],
  ["double", "-1.5e3", -1500],
  ["double", "0x1p-3", 0.125],
  ["double", "inf", Infinity],
  ["double", "1e400", "error: out of range, bound inf"],
  ["double", "1e-400", "error: underflow, rounded to 0"],
  ["double", "0e-400", 0],
  ["double", "1x", PARSE_ERROR],
  ["double", " 1", PARSE_ERROR],

  ["bandwidth", "1000", 1000],
  ["bandwidth", "10kbps", 1250],
  ["bandwidth", "10 kBps", 10_000],
  ["bandwidth", "1.5Mb/s", 187_500],
  ["bandwidth", "9600baud", 1200],
  ["bandwidth", "34.3Gbps", 4_287_500_000],
  ["bandwidth", "40Gbps", "error: out of range"],
  ["bandwidth", "10k", PARSE_ERROR],
  ["bandwidth", "bps", PARSE_ERROR],

  ["seconds", "2h", 7200],
  ["seconds", "1.99 hr", 7164],
  ["seconds", "3.6e6 msec", 3600],
  ["seconds", "1day", 86_400],
  ["seconds(3)", "20ms", 20],
  ["seconds(3)", "0.4ms", 0],
  ["seconds(3 dp)", "1.5", 1500],
  ["seconds(3)", "4294967.296", "error: out of range"],
  ["seconds(3)", "1x", PARSE_ERROR],
  ["seconds(3)", "-1", PARSE_ERROR],
  ["timestamp", "1.5", 1_500_000_000n],
  ["timestamp", "100 nsec", 100n],
  ["timestamp", "1.99m", 119_400_000_000n],
  ["timestamp", "4294967296", 4_294_967_295_999_999_999n],
  ["timestamp", "-1", PARSE_ERROR],
  ["timestamp(signed)", "-1.5", -1_500_000_000n],

  ["IPAddress", "1.2.3.4", 0x01020304],
  ["IPAddress", "01.02.003.4", 0x01020304],
  ["IPAddress", "255.255.255.255", 0xffffffff],
  ["IPAddress", "1.2.3", PARSE_ERROR],
  ["IPAddress", "1.2.3.256", PARSE_ERROR],
  ["IPAddress", "1.2.3.4.5", PARSE_ERROR],
  ["IPAddress", "eth0", 0xc0a80105],
  ["IPAddress...", "1.2.3.4  5.6.7.8", [0x01020304, 0x05060708]],
  ["IPAddress...", "1.2.3.4 x", PARSE_ERROR],
  ["IPPrefix", "10/8", { address: 0x0a000000, mask: 0xff000000 }],
  ["IPPrefix", "10.0.0.1/255.255.0.255", { address: 0x0a000001, mask: 0xffff00ff }],
  ["IPPrefix", "0/0", { address: 0, mask: 0 }],
  ["IPPrefix", "10/9", PARSE_ERROR],
  ["IPPrefix", "10.0.0.0/33", PARSE_ERROR],
  ["IPPrefix", "10.0.0.0/", PARSE_ERROR],
  ["IPPrefix", "10.0.0.0", PARSE_ERROR],
  ["IPPrefix", "eth0", { address: 0xc0a80105, mask: 0xffffff00 }],
  ["IPPrefix(bare-addr-ok)", "10.0.0.1", { address: 0x0a000001, mask: 0xffffffff }],
  ["EtherAddress", "0:1:2:a:B:c", 0x000102_0a0b0c],
  ["EtherAddress", "ff-ff-ff-ff-ff-ff", 0xffffff_ffffff],
  ["EtherAddress", "0:1:2-3:4:5", PARSE_ERROR],
  ["EtherAddress", "0:1:2:3:4", PARSE_ERROR],
  ["EtherAddress", "000:1:2:3:4:5", PARSE_ERROR],
  ["EtherAddress", "eth0:eth", 0x020000000005],
  ["IP6Address", "::", 0n],
  ["IP6Address", "1:2:3:4:5:6:7:8", 0x0001_0002_0003_0004_0005_0006_0007_0008n],
  ["IP6Address", "1::1.2.3.4", (1n << 112n) | 0x01020304n],
  ["IP6Address", "1:2:3:4:5:6:7::", 0x0001_0002_0003_0004_0005_0006_0007_0000n],
  ["IP6Address", "1:2:3:4:5:6:7", PARSE_ERROR],
  ["IP6Address", "1::2::3", PARSE_ERROR],
  ["IP6Address", "12345::", PARSE_ERROR],
  ["IP6Address", ":1", PARSE_ERROR],
  ["IP6Prefix", "1::/16", { address: 1n << 112n, length: 16 }],
  ["IP6Prefix", "1::/ffff:ffff::", { address: 1n << 112n, length: 32 }],
  ["IP6Prefix", "1::/129", PARSE_ERROR],
  ["IP6Prefix", "1::", PARSE_ERROR],
  ["IP6Prefix(bare-addr-ok)", "::1", { address: 1n, length: 128 }],

  ["port", "0x50", 80],
  ["port", "domain", 53],
  ["port", "http", PARSE_ERROR],
  ["port(tcp)", "http", 80],
  ["port", "65536", "error: overflow, range 0-65535"],
  ["port", "-1", PARSE_ERROR],
  ["named-int(ip_proto)", "tcp", 6],
  ["named-int(ip_proto)", "ospf", 89],
  ["named-int(ip_proto)", "-1", -1],
  ["named-int(ip_proto)", "x", INVALID],
  ["named-int(icmp_type)", "echo-reply", 0],

  ["anno(1)", "PAINT", 16],
  ["anno(1)", "17", 17],
  ["anno(1)", "0x10010", 16],
  ["anno(1)", "DST_IP", PARSE_ERROR],
  ["anno(1)", "48", PARSE_ERROR],
  ["anno(1)", "-1", PARSE_ERROR],
  ["anno(4)", "45", PARSE_ERROR],
  ["anno(4)", "44", 44],
  ["anno", "DST_IP", 0],

  ["string", `a"b c"'d'`, "ab cd"],
  ["string", '""', ""],
  ["string", "a b", PARSE_ERROR],
  ["string", "", PARSE_ERROR],
  ["word", "a<b", "a<b"],
  ["word", '"a b"', PARSE_ERROR],
  ["keyword", "KEY.x?!:_1", "KEY.x?!:_1"],
  ["keyword", '"KEY"', PARSE_ERROR],
  ["raw", '"a" b', '"a" b'],
  ["filename", '"/a//b///c"', "/a/b/c"],
  ["filename", "-", "-"],
  ["filename", '""', PARSE_ERROR],
  ["filename", "~nobody-of-that-name/x", "~nobody-of-that-name/x"],

  ["Element", "q", { index: 1, name: "gw/q", className: "SimpleQueue" }],
  ["Element", "nat/x", { index: 3, name: "gw/nat/x", className: "Counter" }],
  ["Element", "none", "error: does not name an element"],
  ["Element", '"q"', "error: does not name an element"],
  ["Element(ARPTable)", "table", { index: 2, name: "gw/table", className: "ARPTable" }],
  ["Element(ARPTable)", "q", "error: element type mismatch, expected ARPTable"],
];

describe("argument types", () => {
  for (const [type, text, expected] of CASES) {
    const shown = text.length > 40 ? `${text.slice(0, 40)}...` : text;
    it(`${type} reads ${JSON.stringify(shown)}`, () => assert.deepEqual(read(type, text), expected));
  }

  it("refuse a type that does not exist", () => {
    for (const name of [
      "",
      "u33",
      "fixed",
      "fixed(29)",
      "seconds(x)",
      "bool(1)",
      "port(icmp)",
      "constructor",
      "...",
      "anno(-1)",
    ])
      assert.throws(() => argumentType(name), UnknownTypeError, name);
  });

  it("look names up in the configuration", () => {
    const databases = new NameDatabases(testSystem);
    databases.defineAddresses("ai", ["host 1.2.3.4", "net 10.1.0.0/16"]);
    const parsed = argumentType("IPPrefix").parse("host/24", contextOf("x", databases));
    assert.deepEqual(parsed, { ok: true, value: { address: 0x01020304, mask: 0xffffff00 } });
    assert.deepEqual(argumentType("IPPrefix").parse("net", contextOf("x", databases)), {
      ok: true,
      value: { address: 0x0a010000, mask: 0xffff0000 },
    });
  });

  it("expand ~ to the home directory", () => {
    const before = process.env.HOME;
    process.env.HOME = "/home/ann";
    try {
      assert.equal(read("filename", '"~//x"'), "/home/ann/x");
      assert.equal(read("filename", "~"), "/home/ann");
    } finally {
      if (before === undefined) delete process.env.HOME;
      else process.env.HOME = before;
    }
  });
});

/** Type, value, text. */
const FORMATS: readonly (readonly [string, ArgumentValue, string])[] = [
  ["bool", true, "true"],
  ["u64", 18446744073709551615n, "18446744073709551615"],
  ["fixed(16)", 32768, "0.5"],
  ["fixed(28)", 89478485, "0.33333333244"],
  ["double", 0.1, "0.1"],
  ["double", 1e300, "1e+300"],
  ["double", 1234567890123, "1.23456789012e+12"],
  ["double", 100000, "100000"],
  ["bandwidth", 0, "0kbps"],
  ["bandwidth", 124_999, "999.992kbps"],
  ["bandwidth", 125_000, "1Mbps"],
  ["bandwidth", 125_000_000, "1Gbps"],
  ["bandwidth", 0x2000_0000, "536.870912MBps"],
  ["seconds", 5, "5"],
  ["seconds(3)", 20, "20ms"],
  ["seconds(3)", 1500, "1.5s"],
  ["seconds(3)", 0, "0s"],
  ["seconds(6)", 999, "999us"],
  ["timestamp", 1_500_000_000n, "1.500000"],
  ["timestamp", 1_000_000_001n, "1.000000001"],
  ["timestamp", -500_000_000n, "-0.500000"],
  ["interval", 0n, "0ms"],
  ["interval", 20_000_000n, "20ms"],
  ["interval", 1_500_000n, "1500us"],
  ["interval", 1n, "1ns"],
  ["interval", 2_000_000_000n, "2.000000s"],
  ["IPAddress", 0xff000001, "255.0.0.1"],
  ["IPPrefix", { address: 0x0a000001, mask: 0xff000000 }, "10.0.0.1/8"],
  ["IPPrefix", { address: 0x0a000001, mask: 0xff00ff00 }, "10.0.0.1/255.0.255.0"],
  ["EtherAddress", 0x00aabbccddee, "00-AA-BB-CC-DD-EE"],
  ["IP6Address", 0n, "::"],
  ["IP6Address", 0xffff01020304n, "::ffff:1.2.3.4"],
  ["IP6Address", (1n << 112n) | 1n, "1::1"],
  ["IP6Address", 0x0001_0000_0000_0001_0000_0000_0001_0001n, "1::1:0:0:1:1"],
  ["IP6Prefix", { address: 1n << 112n, length: 16 }, "1::/16"],
  ["IPAddress...", [1, 2], "0.0.0.1 0.0.0.2"],
];

describe("argument types, printing", () => {
  for (const [type, value, text] of FORMATS)
    it(`${type} prints ${text}`, () => assert.equal(argumentType(type).format(value), text));

  const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
  const u64 = fc.bigInt(0n, (1n << 64n) - 1n);
  const u128 = fc.bigInt(0n, (1n << 128n) - 1n);
  const length = fc.integer({ min: 0, max: 32 });
  const values: Readonly<Record<string, fc.Arbitrary<ArgumentValue>>> = {
    bool: fc.boolean(),
    int: fc.integer(),
    u32,
    u64,
    "fixed(5)": u32,
    "fixed(16)": u32,
    "seconds(3)": u32,
    "seconds(6)": u32,
    timestamp: fc.bigInt(0n, 4_294_967_295_999_999_999n),
    "timestamp(signed)": fc.bigInt(-4_294_967_295_999_999_999n, 4_294_967_295_999_999_999n),
    interval: fc.bigInt(-4_294_967_295_999_999_999n, 4_294_967_295_999_999_999n),
    bandwidth: u32,
    IPAddress: u32,
    IPPrefix: fc.oneof(
      fc.record({ address: u32, mask: u32 }, { noNullPrototype: true }),
      fc
        .tuple(u32, length)
        .map(([address, bits]) => ({ address, mask: bits === 0 ? 0 : (0xffff_ffff << (32 - bits)) >>> 0 })),
    ),
    IP6Address: fc.oneof(
      u128,
      u32.map(BigInt),
      u64.map((value) => value << 16n),
    ),
    IP6Prefix: fc.record({ address: u128, length: fc.integer({ min: 0, max: 128 }) }, { noNullPrototype: true }),
    EtherAddress: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    "IPAddress...": fc.array(u32),
    range: fc.tuple(u32, u32).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) })),
  };
  for (const [type, arbitrary] of Object.entries(values))
    it(`${type} reads back what it prints`, () =>
      fc.assert(
        fc.property(arbitrary, (value) => {
          assert.deepEqual(read(type, argumentType(type).format(value)), value);
        }),
      ));
});

describe("fixed(28)", () => {
  it("reads back what it prints to within the last bit, as far as Click's printer goes", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffff_fffe }), (value) => {
        const back = read("fixed(28)", argumentType("fixed(28)").format(value));
        assert.ok(Math.abs(Number(back) - value) <= 1, `${value} became ${back}`);
      }),
    ));
});

describe("argument types, any text", () => {
  const types = [...new Set([...CASES.map(([type]) => type), "handler", "interval"])];
  const pieces = fc.constantFrom(
    "0",
    "1",
    "9",
    ".",
    "/",
    ":",
    "-",
    "+",
    "e",
    "x",
    "_",
    "s",
    " ",
    '"',
    "'",
    "\\",
    "<",
    "m",
    "bps",
    "a",
  );
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.array(pieces).map((parts) => parts.join("")),
  );

  it("gives a value or a message, and never throws", () =>
    fc.assert(
      fc.property(fc.constantFrom(...types), texts, (type, text) => {
        const parsed = argumentType(type).parse(text, context);
        if (parsed.ok) assert.equal(typeof argumentType(type).format(parsed.value), "string");
        else assert.match(parsed.error, /\S/);
      }),
      { numRuns: 3000 },
    ));

  it("takes no time to speak of, however long the text is", () => {
    const started = performance.now();
    for (const type of types)
      for (const piece of ["1", "1_", " ", "0", ".", "e1", "::", "/", "a", "'"])
        argumentType(type).parse(piece.repeat(20_000), context);
    assert.ok(performance.now() - started < 3000, "a quadratic reader would need minutes");
  });
});
