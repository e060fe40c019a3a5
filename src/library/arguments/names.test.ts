import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NameDatabases, scopesOutward } from "./names.ts";
import { parseDefaultGateway, parseNameFile } from "./systemNames.ts";
import { testSystem } from "./testContext.ts";

function databases(): NameDatabases {
  return new NameDatabases(testSystem);
}

describe("scopesOutward", () => {
  it("names the compounds around an element, the innermost first", () => {
    assert.deepEqual(scopesOutward("a/b/c"), ["a/b/", "a/", ""]);
    assert.deepEqual(scopesOutward("c"), [""]);
    assert.deepEqual(scopesOutward("/"), ["/", ""]);
  });
});

describe("address names", () => {
  it("are seen in their compound and inside it, the innermost first", () => {
    const names = databases();
    names.defineAddresses("ai", ["a 1.1.1.1", "b 2.2.2.2"]);
    names.defineAddresses("gw/ai", ["a 3.3.3.3"]);
    assert.equal(names.namesFor("gw/nat/x").ipAddress("a"), 0x03030303);
    assert.equal(names.namesFor("gw/nat/x").ipAddress("b"), 0x02020202);
    assert.equal(names.namesFor("x").ipAddress("a"), 0x01010101);
    assert.equal(names.namesFor("gateway/x").ipAddress("a"), 0x01010101);
  });

  it("have one value of each kind, chosen by a suffix", () => {
    const names = databases();
    names.defineAddresses("ai", ["n 10.1.2.3/16 0:1:2:3:4:5 1::2/64"]);
    const seen = names.namesFor("x");
    assert.equal(seen.ipAddress("n"), 0x0a010203);
    assert.equal(seen.ipAddress("n:IP4"), 0x0a010203);
    assert.equal(seen.ipAddress("n:bcast"), 0x0a01ffff);
    assert.equal(seen.ipAddress("n:gw"), 0x0a010001);
    assert.equal(seen.ipAddress("n:eth"), undefined);
    assert.deepEqual(seen.ipPrefix("n:ipnet"), { address: 0x0a010203, mask: 0xffff0000 });
    assert.deepEqual(seen.address("n"), { address: 0x0a010203, mask: 0xffffffff });
    assert.equal(seen.etherAddress("n:eth"), 0x000102030405);
    assert.equal(seen.ip6Address("n:ip6"), (1n << 112n) | 2n);
    assert.deepEqual(seen.ip6Prefix("n:ip6net"), { address: (1n << 112n) | 2n, length: 64 });
  });

  it("of a network without a host part are no addresses", () => {
    const names = databases();
    names.defineAddresses("ai", ["n 10.0.0.0/8"]);
    assert.equal(names.namesFor("x").ipAddress("n"), undefined);
    assert.deepEqual(names.namesFor("x").address("n"), { address: 0x0a000000, mask: 0xff000000 });
  });

  it("take a plain value over one that a text has besides", () => {
    const names = databases();
    names.defineAddresses("ai", ["n 9.9.9.9 10.1.1.1/16", "m 10.1.1.1/16 9.9.9.9"]);
    assert.equal(names.namesFor("x").ipAddress("n"), 0x09090909);
    assert.equal(names.namesFor("x").ipAddress("m"), 0x09090909);
  });

  it("win over interfaces of the system", () => {
    const names = databases();
    assert.equal(names.namesFor("x").ipAddress("eth0:gw"), 0xc0a80101);
    names.defineAddresses("ai", ["eth0 1.1.1.1"]);
    assert.equal(names.namesFor("x").ipAddress("eth0"), 0x01010101);
  });

  it("that cannot be understood are reported", () => {
    assert.deepEqual(databases().defineAddresses("ai", ["a", "", "b 1.2.3", "c 1.2.3.4", "d c"]), [
      "expected 'NAME [ADDRS]'",
      "'1.2.3' is not a recognizable address",
    ]);
  });
});

describe("port names", () => {
  it("are defined for both protocols, or for the one given", () => {
    const names = databases();
    const errors = names.definePorts("pi", [
      "web 8080 www2",
      "mail 26/tcp # old",
      "# comment",
      "x 80/nothing",
      "y z",
      "q 0x50/udp",
    ]);
    assert.deepEqual(errors, ["expected 'NAME PORT/PROTO'"]);
    const seen = names.namesFor("x");
    assert.equal(seen.port("web", 6), 8080);
    assert.equal(seen.port("www2", 17), 8080);
    assert.equal(seen.port("mail", 6), 26);
    assert.equal(seen.port("mail", 17), undefined);
    assert.equal(seen.port("q", 17), 80);
    assert.equal(seen.port("old", 6), undefined);
  });

  it("are sought in the configuration, the built-in list, and the system", () => {
    const names = databases();
    assert.equal(names.namesFor("x").port("domain", 17), 53);
    assert.equal(names.namesFor("x").port("http", 6), 80);
    assert.equal(names.namesFor("x").port("http", 17), undefined);
    names.definePorts("pi", ["domain 5353"]);
    assert.equal(names.namesFor("x").port("domain", 17), 5353);
  });
});

describe("other names", () => {
  const seen = databases().namesFor("x");

  it("of protocols and ICMP messages are built in", () => {
    assert.equal(seen.protocol("tcp"), 6);
    assert.equal(seen.protocol("ospf"), 89);
    assert.equal(seen.icmpType("timeexceeded"), 11);
    assert.equal(seen.icmpCode(3, "needfrag"), 4);
    assert.equal(seen.icmpCode(4, "needfrag"), undefined);
  });

  it("of annotations give place and size", () => {
    assert.deepEqual(seen.annotation("AGGREGATE"), { offset: 20, size: 4 });
    assert.deepEqual(seen.annotation("DST_IP"), { offset: 0, size: 4 });
    assert.deepEqual(seen.annotation("PERFCTR"), { offset: 40, size: 8 });
    assert.equal(seen.annotation("NOTHING"), undefined);
  });
});

describe("system files", () => {
  it("are lines of names and numbers, with comments", () => {
    const services = parseNameFile(
      "# services\nhttp\t80/tcp www # web\r\n\nbad x/tcp\nhuge 70000/udp\ndns 53/udp\n",
      0xffff,
    );
    assert.deepEqual(
      [...services],
      [
        ["http/tcp", 80],
        ["www/tcp", 80],
        ["dns/udp", 53],
      ],
    );
    assert.deepEqual(
      [...parseNameFile("icmp 1 ICMP\nip 0", 255)],
      [
        ["icmp", 1],
        ["ICMP", 1],
        ["ip", 0],
      ],
    );
  });

  it("tell the default gateway of an interface", () => {
    const table = [
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
      "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
      "eth1\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    ].join("\n");
    assert.equal(parseDefaultGateway(table, "eth0"), 0xc0a80101);
    assert.equal(parseDefaultGateway(table, "eth1"), undefined);
    assert.equal(parseDefaultGateway("", "eth0"), undefined);
  });
});
