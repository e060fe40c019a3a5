import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseHostPort } from "./daemonCommand.ts";
import { UsageFault } from "./faults.ts";
import { parseHandlerWords } from "./handlerCommands.ts";
import { collectParameter, parseDevice, parseVif, positiveInteger, positiveNumber, wholeNumber } from "./options.ts";
import { parsePlace } from "./packetCommands.ts";

describe("--vif", () => {
  it("has members in any order", () => {
    assert.deepEqual(parseVif("attach=switch:lan,mac=02:00:00:00:00:01,vlan=10,name=eth1,rate=1000"), {
      name: "eth1",
      mac: "02:00:00:00:00:01",
      attach: "switch:lan",
      vlan: 10,
      packetRate: 1000,
    });
  });

  it("may have commas in values", () => {
    assert.deepEqual(parseVif("attach=pcap:in.pcap,out.pcap,trunk=10,20"), {
      attach: "pcap:in.pcap,out.pcap",
      trunk: [10, 20],
    });
  });

  for (const [text, fault] of [
    ["", /'' is none of name=, mac=/],
    ["lan", /'lan' is none of/],
    ["attach=switch:lan,vlam=10", /'vlam=10' is none of/],
    ["vlan=ten", /'vlan=' needs a whole number, got 'ten'/],
    ["vlan=1e3", /got '1e3'/],
    ["trunk=10,", /'trunk=' needs a whole number, got ''/],
    ["mac=1,mac=2", /'mac=' is there twice/],
  ] as const)
    it(`refuses '${text}'`, () => assert.throws(() => parseVif(text), { message: fault }));
});

describe("--device", () => {
  it("is a device, and its place on the switch", () => {
    assert.deepEqual(parseDevice("packet:eth0"), { device: "packet:eth0" });
    assert.deepEqual(parseDevice("tap:vm0,vlan=10"), { device: "tap:vm0", vlan: 10 });
    assert.deepEqual(parseDevice("pcap:a,b,trunk=1,2"), { device: "pcap:a,b", trunk: [1, 2] });
    assert.throws(() => parseDevice("tap:vm0,speed=1"), UsageFault);
  });
});

describe("numbers", () => {
  it("are what their options need", () => {
    assert.deepEqual([wholeNumber("0"), positiveInteger("64"), positiveNumber("0.5")], [0, 64, 0.5]);
    for (const text of ["", "-1", "1.5", "0x10", "1e3", " 1", "9".repeat(30)])
      assert.throws(() => wholeNumber(text), /whole number/, text);
    for (const text of ["", " ", "0", "-1", "NaN", "Infinity", "1s"])
      assert.throws(() => positiveNumber(text), /above 0/);
    assert.throws(() => positiveInteger("0"), /at least 1/);
  });
});

describe("--param", () => {
  it("collects names and values, which may be empty and have any character", () => {
    assert.deepEqual(collectParameter("B=x=y", collectParameter("A=")), { A: "", B: "x=y" });
    for (const text of ["", "A", "=1"]) assert.throws(() => collectParameter(text), /NAME=VALUE/);
  });
});

describe("a handler on the command line", () => {
  for (const [words, handler, rest] of [
    [["c.count"], "c.count", []],
    [["c", "count"], "c.count", []],
    [["a/b.count", "1", "2"], "a/b.count", ["1", "2"]],
    [["a/b", "count", "1", "2"], "a/b.count", ["1", "2"]],
    [["list"], "list", []],
    [[".stop", "now"], "stop", ["now"]],
    [["c.handler.with.dots"], "c.handler.with.dots", []],
  ] as const)
    it(`is ${handler} in '${words.join(" ")}'`, () => assert.deepEqual(parseHandlerWords(words), { handler, rest }));
});

describe("an output of an element", () => {
  it("is 0 unless it is said", () => {
    assert.deepEqual(parsePlace("fw[1]"), { element: "fw", port: 1 });
    assert.deepEqual(parsePlace("a/b@3"), { element: "a/b@3", port: 0 });
    for (const text of ["", "[1]", "fw[", "fw[]", "fw[-1]", "fw[1]x", "[1]fw[1]", "fw[999999]"])
      assert.throws(() => parsePlace(text), /write ELEMENT\[PORT\]/, text);
  });
});

describe("--tcp", () => {
  it("is a host and a port", () => {
    assert.deepEqual(parseHostPort("127.0.0.1:7070"), { host: "127.0.0.1", port: 7070 });
    assert.deepEqual(parseHostPort("[::1]:0"), { host: "::1", port: 0 });
    for (const text of ["", "7070", ":7070", "::1:7070", "host:", "host:65536", "host:http"])
      assert.throws(() => parseHostPort(text), /write HOST:PORT/, text);
  });
});
