import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { readChainDescription, readDomainDescription, readNetworkDescription } from "./read.ts";
import { temporaryDirectory } from "./toolstack.fixture.ts";
import { ToolstackError } from "./toolstack.ts";

/** @returns the lines of the refusal */
function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof ToolstackError, String(error));
    assert.equal(error.code, "INVALID");
    return error.messages;
  }
  return [];
}

const domainFaults = (text: string, file = "fw.toml"): readonly string[] =>
  faultsOf(() => readDomainDescription(text, file));
const chainFaults = (text: string): readonly string[] => faultsOf(() => readChainDescription(text, "c.toml"));

describe("reading a domain's description", () => {
  it("takes TOML, with interfaces one by one or as a list", () => {
    const expected = { name: "fw", config: "Idle;", vifs: [{ attach: "switch:lan" }, { mac: "02:00:00:00:00:01" }] };
    const text = `name = "fw"\nconfig = "Idle;"\n`;
    const singly = `${text}[[vif]]\nattach = "switch:lan"\n[[vif]]\nmac = "02:00:00:00:00:01"\n`;
    const listed = `${text}vifs = [ { attach = "switch:lan" },\n { mac = "02:00:00:00:00:01" } ]`;
    assert.deepEqual(readDomainDescription(singly, "x.toml"), expected);
    assert.deepEqual(readDomainDescription(listed, "x.toml"), expected);
  });

  it("takes JSON, by its look or by the file's name", () => {
    const expected = { name: "fw", vifs: [{ name: "lan" }] };
    assert.deepEqual(readDomainDescription('\n{"name": "fw", "vif": [{"name": "lan"}]}', "<stdin>"), expected);
    assert.deepEqual(domainFaults("name = 1", "x.json"), ["x.json:1: not JSON: Unexpected token 'a'"]);
  });

  it("reads a configuration from the file that is named, relative to the description", (test) => {
    const directory = temporaryDirectory(test);
    const file = path.join(directory, "fw.click");
    writeFileSync(file, "Idle -> Discard;");
    writeFileSync(path.join(directory, "plain"), "Idle;");
    const read = (config: string): unknown =>
      readDomainDescription(`name = "fw"\nconfig = '${config}'`, path.join(directory, "fw.toml"));
    assert.deepEqual(read("fw.click"), { name: "fw", config: "Idle -> Discard;", configFile: file });
    assert.deepEqual(read(file), { name: "fw", config: "Idle -> Discard;", configFile: file });
    assert.deepEqual(read("plain"), { name: "fw", config: "Idle;", configFile: path.join(directory, "plain") });
    assert.deepEqual(read("Idle;"), { name: "fw", config: "Idle;" });
  });

  it("says where a configuration's file is missed", () => {
    assert.deepEqual(domainFaults('name = "fw"\n\nconfig = "/nowhere/x.click"'), [
      "fw.toml:3: config: cannot read '/nowhere/x.click': No such file or directory",
    ]);
  });

  it("reads an image from the file that is named, relative to the description", (test) => {
    const directory = temporaryDirectory(test);
    const file = path.join(directory, "fw.image");
    writeFileSync(file, Uint8Array.from([0, 0xff, 7]));
    const expected = { name: "fw", image: "AP8H", configFile: file };
    const place = path.join(directory, "fw.toml");
    assert.deepEqual(readDomainDescription('name = "fw"\nimage = "fw.image"', place), expected);
    const chain = readChainDescription('name = "c"\n[[domain]]\nname = "fw"\nimage = "fw.image"', place);
    assert.deepEqual(chain.domains, [expected]);
  });

  it("says what is wrong with an image, and where", (test) => {
    const directory = temporaryDirectory(test);
    const file = path.join(directory, "fw.toml");
    writeFileSync(path.join(directory, "empty"), "");
    const faults = (text: string): readonly string[] =>
      domainFaults(`name = "fw"\n${text}`, file).map((line) => line.replace(directory, ""));
    assert.deepEqual(faults('image = "none"'), [
      `/fw.toml:2: image: cannot read '${directory}/none': No such file or directory`,
    ]);
    assert.match(faults('config = "Idle;"\nimage = "empty"')[0] ?? "", /^\/fw.toml:3: image: .*or an image: leave out/);
    assert.deepEqual(faults('image = "empty"'), ["/fw.toml:2: image: is empty"]);
    assert.match(faults('image = "empty"\n[parameters]\nX = "1"')[0] ?? "", /:3: parameters: an image was built with/);
    assert.deepEqual(faults("image = 7"), ["/fw.toml:2: image: must be a string, not a number"]);
  });

  it("tells the line of a syntax error", () => {
    assert.deepEqual(domainFaults('name = "fw"\nconfig = \n'), ["fw.toml:2: not TOML: invalid value"]);
    assert.deepEqual(domainFaults('{\n "name": "fw",\n}'), [
      "fw.toml:3: not JSON: Expected double-quoted property name",
    ]);
    assert.deepEqual(domainFaults('{"name": \n\n oops}'), ["fw.toml:3: not JSON: Unexpected token 'o'"]);
    assert.deepEqual(domainFaults('{"name": "x"\n'), ["fw.toml:2: not JSON: Expected ',' or '}' after property value"]);
    assert.deepEqual(domainFaults('{"name": "x"}\n}'), [
      "fw.toml:2: not JSON: Unexpected non-whitespace character after JSON",
    ]);
  });

  it("tells each fault with its place and what would be right", () => {
    const text = `nam = "fw" # no name
memory = 0
on_crash = "restrt"
machine = "kvm"
parameters = { PORT = 80 }
`;
    assert.deepEqual(domainFaults(text), [
      "fw.toml:1: 'name' is missing",
      "fw.toml:1: nam: there is no such key; did you mean 'name'?",
      "fw.toml:2: memory: must be >= 1, not 0",
      "fw.toml:3: on_crash: must be 'destroy', 'restart' or 'preserve', not 'restrt'; did you mean 'restart'?",
      "fw.toml:4: machine: must be 'v8', not 'kvm'",
      "fw.toml:5: parameters.PORT: must be a string, not a number",
    ]);
  });

  it("tells the place within lists", () => {
    const text = `name = "fw"
[[vif]]
mac = "02:00:00:00:00:01"

[[vif]]
mca = "02:00:00:00:00:01"
vlan = 4095
trunk = "all"
`;
    assert.deepEqual(domainFaults(text), [
      "fw.toml:6: vifs[1].mca: there is no such key; did you mean 'mac'?",
      "fw.toml:7: vifs[1].vlan: must be <= 4094, not 4095",
      "fw.toml:8: vifs[1].trunk: must be an array, not a string",
    ]);
  });

  it("tells what no schema can say", () => {
    const faults = (rest: string): readonly string[] => domainFaults(`name = "fw"\n${rest}`);
    assert.deepEqual(domainFaults('name = "12"'), [
      "fw.toml:1: name: '12' would be taken for a domain's number: a name needs something else than digits",
    ]);
    assert.deepEqual(faults('vifs = [{ name = "a" },\n{ name = "a" }]'), [
      "fw.toml:3: vifs[1].name: 'a' is taken by vifs[0]",
    ]);
    assert.deepEqual(faults('vif = [{ mac = "01:00:00:00:00:00" }]'), [
      "fw.toml:2: vifs[0].mac: '01:00:00:00:00:00' is a group address: the first byte must be even",
    ]);
    assert.match(
      faults('vif = [{ attach = "lan" }]')[0]!,
      /^fw.toml:2: vifs\[0\].attach: 'lan' is nothing to attach to/,
    );
    assert.match(faults('vif = [{ attach = "switch:a/b" }]')[0]!, /'switch:a\/b' is nothing to attach to/);
    assert.match(faults('vif = [{ attach = "packet:eth0", vlan = 3 }]')[0]!, /only a port of a switch has VLANs/);
    assert.match(faults("vif = [{}]\nvifs = [{}]")[0]!, /'vifs' is there already/);
  });

  it("repeats hostile text on one line only, and not all of it", () => {
    const [fault] = domainFaults(JSON.stringify({ name: `a\n\u001b[31m${"x".repeat(100000)}` }));
    assert.match(fault!, /^fw.toml:1: name: 'a\\n\\u001b\[31mx+\.\.\.' does not fit: letters/);
    assert.ok(fault!.length < 300);
  });

  it("survives any text: it is read, or refused with lines of `file:line: message`", () =>
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), fc.constantFrom("[".repeat(5000), '{"a":'.repeat(50000), "a=[[[", '"""')),
        fc.constantFrom("x.toml", "x.json"),
        (text, file) => {
          for (const fault of domainFaults(text, file)) assert.match(fault, /^x\.(toml|json):\d+: [^\n]+$/);
        },
      ),
    ));

  it("finds the lines of keys behind strings that look like keys", () => {
    const text = `name = "fw"
config = """
[[vif]]
mac = 1 \\""" "" x
"""
# memory = 1
parameters."a.b" = '[x'
[[vif]]
[[vif]]
vlan = 1.5 # [
`;
    assert.deepEqual(domainFaults(text), ["fw.toml:10: vifs[1].vlan: must be an integer, not 1.5"]);
  });
});

describe("reading a network's description", () => {
  it("takes devices of the host only", () => {
    assert.deepEqual(readNetworkDescription('name = "lan"\nageing = 60\n[[device]]\ndevice = "tap:t0"', "n.toml"), {
      name: "lan",
      ageing: 60,
      devices: [{ device: "tap:t0" }],
    });
    const faults = faultsOf(() => readNetworkDescription('name = "lan"\n[[device]]\ndevice = "switch:x"', "n.toml"));
    assert.match(faults[0]!, /^n.toml:3: devices\[0\].device: 'switch:x' is no device of the host: packet:INTERFACE/);
  });
});

describe("reading a chain's description", () => {
  const chain = `
name = "web"
[[domain]]
name = "fw"
config = "Idle;"
[[domain.vif]]
attach = "wire:a"
[[domain.vif]]
attach = "switch:lan"

[[namespace]]
name = "server"
route = ["default via 10.0.0.1"]
run = ["nginx -g 'daemon off;'"]
[[namespace.interface]]
name = "eth0"
attach = "wire:a"
addresses = ["10.0.0.2/24", "fd00::2/64"]
`;

  it("takes domains, networks and namespaces", () => {
    const read = readChainDescription(chain, "c.toml");
    assert.equal(read.domains?.[0]?.vifs?.length, 2);
    assert.deepEqual(read.namespaces?.[0]?.routes, ["default via 10.0.0.1"]);
    assert.deepEqual(read.namespaces?.[0]?.interfaces[0]?.attach, "wire:a");
  });

  it("refuses names that stand twice, with the place of the second", () => {
    assert.deepEqual(chainFaults(`${chain}[[domain]]\nname = "fw"\n`), [
      "c.toml:20: domains[1].name: 'fw' is taken by domains[0]",
    ]);
  });

  it("refuses wires with other than two ends, or without a domain", () => {
    const wire = (name: string): string => `[[namespace.interface]]\nname = "${name}"\nattach = "wire:b"\n`;
    assert.deepEqual(chainFaults(chain + wire("eth1")), [
      "c.toml:21: namespaces[0].interfaces[1].attach: 'wire:b' has 1 end in this chain: a wire has two",
    ]);
    assert.match(chainFaults(chain + wire("eth1") + wire("eth2") + wire("eth3"))[0]!, /has 3 ends in this chain/);
    assert.match(chainFaults(chain + wire("eth1") + wire("eth2"))[0]!, /joins two namespaces/);
  });

  it("refuses what Linux would refuse", () => {
    const faults = (from: string, to: string): readonly string[] => chainFaults(chain.replace(from, to));
    assert.match(
      faults("10.0.0.2/24", "10.0.0.2")[0]!,
      /^c.toml:18: .*addresses\[0\]: '10.0.0.2' is no ADDRESS\/PREFIX/,
    );
    assert.match(faults("10.0.0.2/24", "10.0.0.2/33")[0]!, /is no ADDRESS\/PREFIX/);
    assert.match(faults("fd00::2/64", "fd00::2/129")[0]!, /addresses\[1\]/);
    assert.match(faults('"eth0"', '"abcdefghijklmnop"')[0]!, /at most 15 characters/);
    assert.match(faults('"eth0"', '"lo"')[0]!, /loopback/);
    assert.match(faults("default via", "--batch x")[0]!, /routes\[0\]/);
    assert.match(
      faults('name = "server"', 'name = "server"\nruns = []')[0]!,
      /runs: there is no such key; did you mean 'run'/,
    );
    assert.match(faults('attach = "wire:a"\nadd', 'attach = "tap:x"\nadd')[1]!, /must be switch:NAME or wire:NAME/);
  });
});
