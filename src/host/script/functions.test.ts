import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ScriptRouter } from "./router.fixture.ts";

const router = new ScriptRouter({ s: "TYPE PASSIVE, export x 5" });
router.files.set("f", 'a "b"\n');

/** The value of a function, or the message of its error after `!`. */
function value(call: string): string {
  const space = call.indexOf(" ");
  const name = space < 0 ? call : call.slice(0, space);
  const before = router.messages.length;
  const text = router.read(`s.${name}`, space < 0 ? "" : call.slice(space + 1));
  const message = router.messages.slice(before).join();
  return message === "" ? text : `!${message}`;
}

/** Calls and the values that Click gives them. */
const CASES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "folds numbers": [
    ["add 1 2 3", "6"],
    ["sub 10 2 2", "6"],
    ["min 10 6 20", "6"],
    ["max -1 6 3", "6"],
    ["mul 1 2 3", "6"],
    ["div 75 2.5 5", "6"],
    ["idiv 60 2 5", "6"],
    ["add", "0"],
    ["mul", "1"],
    ["min", "1"],
    ["div", "1"],
    ["add 1.5 2", "3.5"],
    ["add 0xff 0b11 010 1_000", "1266"],
    ["add 08 1", "9"],
    ["add 0x1p3 1", "9"],
    ["add inf 1", "inf"],
    ["add 9223372036854775807 1", "-9223372036854775808"],
    ["add 9223372036854775808 1", "9.22337203685e+18"],
    ["mul 1e10 1e10", "1e+20"],
    ["mul 100000 100000.5", "10000050000"],
    ["mul 123456789012 1000.0", "1.23456789012e+14"],
    ["div 1 3", "0.333333333333"],
    ["div 1000000 7", "142857.142857"],
    ["div 1 0", "inf"],
    ["div 0 0", "-nan"],
    ["idiv 1 0", "-9223372036854775808"],
    ["idiv -7 2", "-3"],
    ["add 0.0001 0", "0.0001"],
    ["add 0.00001 0", "1e-05"],
    ["add 1 x", "!expected list of numbers"],
    ["add 1e400 1", "!expected list of numbers"],
    ['add 1.5 ""', "!expected list of numbers"],
  ],
  "takes remainders and signs": [
    ["mod 7 3", "1"],
    ["mod -7 3", "-1"],
    ["mod 7.5 2", "!expected two numbers"],
    ["mod 7", "!expected two numbers"],
    ["mod 7 3 1", "!expected two numbers"],
    ["mod 7 0", "!division by zero"],
    ["mod -9223372036854775808 -1", "0"],
    ["rem 7.5 2", "1.5"],
    ["rem 7 4", "3"],
    ["rem 5 0.0", "-nan"],
    ["neg 3", "-3"],
    ["neg -0.0", "0"],
    ["abs -2.5", "2.5"],
    ["abs -9223372036854775808", "-9223372036854775808"],
    ["neg", "!expected one number"],
    ["abs 1 2", "!expected one number"],
  ],
  "compares numbers as numbers and text as text": [
    ["eq 1 1.0", "true"],
    ["eq 10 0xA", "true"],
    ["lt 9 10", "true"],
    ["lt 9x 10", "false"],
    ["lt a b", "true"],
    ['le "a" a', "true"],
    [`eq "a b" 'a b'`, "true"],
    ["gt 2.5 2", "true"],
    ["ge 2 2", "true"],
    ["ne 1 2", "true"],
    ["eq 9223372036854775807 9223372036854775806", "false"],
    ["ne 1", "!expected two numbers"],
    ["eq 1 2 3", "!expected two numbers"],
  ],
  decides: [
    ["not yes", "false"],
    ["not maybe", "!syntax error"],
    ["and", "true"],
    ["and 1 t", "true"],
    ["and 0 junk", "false"],
    ["and 1 junk", "!syntax error"],
    ["or", "false"],
    ["or no true junk", "true"],
    ["nor", "true"],
    ["nor 0 1", "false"],
    ["nand 1 1", "false"],
    ["nand 1 0", "true"],
    ["if 1 a b", "a"],
    ["if 0 a b", "b"],
    ["if 0 a", ""],
    ["if x a", "!syntax error"],
    ["in a b a", "true"],
    ['in a b "a"', "true"],
    ["in a", "false"],
    ["in", "false"],
  ],
  formats: [
    [
      `sprintf "%5d|%-5d|%05d|%+d|% d|%.3d|%8.3d|%-8.3d|" 3 3 3 3 3 3 3 3`,
      "    3|3    |00003|+3| 3|003|     003|003     |",
    ],
    [`sprintf "%5d|%-5d|%05d|%+d|% d|%.3d|%8.3d|" -3 -3 -3 -3 -3 -3 -3`, "   -3|-3   |-0003|-3|-3|-003|    -003|"],
    ['sprintf "%x|%X|%#x|%#o|%o|%#X|%u|" 255 255 255 255 255 255 255', "ff|FF|0xff|0377|377|0XFF|255|"],
    ['sprintf "%08x|%#08x|%-#8x|%.3x|%#.3x|%#x" 255 255 255 10 10 0', "000000ff|0x0000ff|0xff    |00a|0x00a|0"],
    ['sprintf "%hd|%hx|%ld|%lld|%qd|%Lx|" 65537 65537 65537 65537 65537 65537', "1|1|65537|65537|65537|10001|"],
    ['sprintf "%5s|%-5s|%.2s|%05s|%%|%5%|" abc abc abc abc', "  abc|abc  |ab|00abc|%|    %|"],
    ['sprintf "%*d|%-*d|%.*d" 5 1 5 2 3 3', "    1|2    |003"],
    ['sprintf "%s" "a b"', "a b"],
    ['sprintf "%s" ""', ""],
    ["sprintf abc%d 5", "abc5"],
    ['sprintf "%u" 18446744073709551615', "18446744073709551615"],
    ['sprintf "%i" 0x10', "16"],
    ['sprintf "%s"', "!syntax error"],
    ['sprintf "%d" x', "!syntax error"],
    ['sprintf "%x" -1', "!syntax error"],
    ['sprintf "abc" 1', "!syntax error"],
    ['sprintf "%"', "!syntax error"],
    ['sprintf "%f" 1', "!syntax error"],
    ['sprintf "%999999999999s" 1', "!syntax error"],
    ['sprintf "%d" 18446744073709551615', "!syntax error"],
  ],
  "handles text": [
    ["first a b", "a"],
    ['first "a b" c', '"a b"'],
    ["length a  b", "4"],
    ["length", "0"],
    ['unquote "a\\nb"', "a\nb"],
    ["cat f", 'a "b"\n'],
    ["catq f", '"a \\"b\\"\\n"'],
    ["cat", "!bad FILE"],
    ["cat a b", "!bad FILE"],
    ["cat none", "!none: No such file or directory"],
  ],
  "swaps bytes": [
    ["htons 1", "256"],
    ["ntohs 258", "513"],
    ["htonl 1", "16777216"],
    ["ntohl -1", "4294967295"],
    ["htonl 0x80000000", "4294967167"],
    ["htons x", "!syntax error"],
  ],
  "knows handlers and variables": [
    ["readable s.x s.add add", "true"],
    ["readable s.x s.nope", "false"],
    ["readable s.step", "false"],
    ["writable s.set s.run", "true"],
    ["writable s.x", "false"],
    ["get x", "5"],
    ["get nope", "!undefined variable 'nope'"],
    ["get", "!no variable"],
    ["get x y", "!too many arguments"],
    ["shift", ""],
  ],
  "sends signals": [
    ["kill HUP 12 13", ""],
    ["kill", "!bad SIGNO"],
    ["kill BOGUS 1", "!bad SIGNO"],
    ["kill 33 5", "!bad SIGNO"],
    ["kill 0 x", "!bad PID"],
    ["kill 9 1", "!kill(1, 9): Operation not permitted"],
  ],
};

describe("a script function", () => {
  for (const [does, calls] of Object.entries(CASES)) {
    it(does, () => {
      for (const [call, expected] of calls) assert.equal(value(call), expected, call);
    });
  }

  it("draws random numbers from a range without favour", () => {
    router.randomNumbers.push(2_000_000_000, 2 ** 31 - 1, 0, 2 ** 31 - 1, 2 ** 30);
    assert.equal(value("random"), "2000000000");
    assert.equal(value("random 3"), "0", "the topmost number does not divide by three, and is drawn again");
    assert.equal(value("random 5 8"), "8");
    assert.equal(value("random 10"), "5");
    router.randomNumbers.push(2 ** 31 - 1, 2 ** 31 - 1);
    assert.equal(value("random 0 4294967295"), "4294967295");
    assert.equal(value("random 0"), "!bad N");
    assert.equal(value("random 3 2"), "!bad N");
    assert.equal(value("random x"), "!N1: invalid number");
    assert.equal(value("random 1 -1"), "!N2: invalid number");
    assert.equal(value("random 5000000000"), "!N1: out of range, bound 4294967295");
    assert.equal(value("random 1 2 3"), "!too many arguments");
  });

  it("sends each signal to each process", () => {
    value("kill USR1 7 8");
    assert.deepEqual(router.signalsSent.slice(-2), ["10 to 7", "10 to 8"]);
  });
});
