import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import fc from "fast-check";
import { encodePcap, type Mix, makeTraffic } from "../../traffic/index.ts";
import { findNetworkHeader, summarizePacket } from "./packetSummary.ts";

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(" ", ""), "hex");

function summary(hex: string, networkOffset?: number): string {
  const data = bytes(hex);
  return summarizePacket(data, data.length, networkOffset);
}

const ETHERNET = "0000c0ca68ef 0050ba8584a9";
/** IPv4 from 10.0.0.1 to 192.168.1.5, without the fields in front of the protocol and behind the time to live. */
const ip4 = (
  protocol: string,
  payload: string,
  { length = 20 + bytes(payload).length, fragment = "0000" } = {},
): string =>
  `4500 ${length.toString(16).padStart(4, "0")} 0001 ${fragment} 40 ${protocol} 0000 0a000001 c0a80105 ${payload}`;
/** IPv6 from 2001:db8::1 to ff02::1. */
const ip6 = (next: string, payload: string): string =>
  `60000000 ${bytes(payload).length.toString(16).padStart(4, "0")} ${next} ff 20010db8000000000000000000000001 ff020000000000000000000000000001 ${payload}`;
const TCP = "04d2 0050 00000001 00000002 50 12 4000 0000 0000";

/** Kinds of conversations that tcpdump prints without a look at what is above TCP and UDP. */
const PLAIN: Partial<Mix> = { dns: 0, dns6: 0, malformed: 0, fragments: 0, icmpError: 0 };

describe("a packet's summary", () => {
  it("is what tcpdump prints", (context) => {
    const packets = [...makeTraffic({ seed: 5, packets: 2000, mix: PLAIN })];
    const input = Buffer.concat([...encodePcap(packets)]);
    const { status, stdout } = spawnSync("tcpdump", ["-n", "-t", "-S", "-r", "-"], { input, maxBuffer: 1 << 24 });
    if (status !== 0) return context.skip("skipped: tcpdump is not installed");
    const theirs = String(stdout)
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/, options \[.*?\]/, "").replace(/(length \d+): .*/, "$1"));
    assert.deepEqual(
      packets.map(({ data }) => summarizePacket(data, data.length)),
      theirs,
    );
  });

  it("finds the network header behind Ethernet, behind a VLAN tag, at the start, and where it is marked", () => {
    const packet = ip4("11", "04d2 0035 0009 0000 ff");
    const line = "IP 10.0.0.1.1234 > 192.168.1.5.53: UDP, length 1";
    assert.equal(summary(`${ETHERNET} 0800 ${packet}`), line);
    assert.equal(summary(`${ETHERNET} 8100 000a 0800 ${packet}`), line);
    assert.equal(summary(packet), line);
    assert.equal(summary(`ffffff ${packet}`, 3), line);
    assert.equal(summary(`${ETHERNET} 0800 ${packet}`, 2), line, "a mark that is wrong");
    assert.equal(summary(packet, -14), line, "a mark in front of the data");
  });

  it("names ARP requests, replies, and what else there is", () => {
    const arp = (operation: string): string =>
      `${ETHERNET} 0806 0001 0800 06 04 ${operation} 0050ba8584a9 0a000001 000000000000 0a000002`;
    assert.equal(summary(arp("0001")), "ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28");
    assert.equal(summary(arp("0002")), "ARP, Reply 10.0.0.1 is-at 00:50:ba:85:84:a9, length 28");
    assert.equal(summary(arp("0009")), "ARP, operation 9, length 28");
    assert.equal(summary(`${ETHERNET} 0806 0006`), "ARP, length 2");
  });

  it("names ICMP messages", () => {
    const icmp = (type: string): string => summary(ip4("01", `${type} 0000 0001 0007`)).replace(/^.*: /, "");
    assert.equal(icmp("0800"), "ICMP echo request, id 1, seq 7, length 8");
    assert.equal(icmp("0303"), "ICMP unreachable code 3, length 8");
    assert.equal(icmp("2a01"), "ICMP type 42 code 1, length 8");
    const solicitation = summary(ip6("3a", "8700 0000 00000000"));
    assert.equal(solicitation, "IP6 2001:db8::1 > ff02::1: ICMP6, neighbor solicitation code 0, length 8");
  });

  it("says what a packet lacks", () => {
    assert.equal(summary(""), "unknown, length 0");
    assert.equal(summary("00"), "unknown, length 1");
    assert.equal(summary(`${ETHERNET} 0800`), "unknown, length 14");
    assert.equal(summary("45"), "IP, truncated, length 1");
    assert.equal(summary("60"), "IP6, truncated, length 1");
    assert.equal(summary(ip4("06", "04d2")), "IP 10.0.0.1 > 192.168.1.5: tcp, truncated, length 2");
    assert.equal(
      summary(ip4("06", TCP, { length: 30 })),
      "IP 10.0.0.1 > 192.168.1.5: tcp, truncated, length 10",
      "the packet ends inside the header, whatever follows",
    );
    assert.equal(summary(ip4("11", "", { length: 19 })), "IP 10.0.0.1 > 192.168.1.5: bad header, length 20");
    assert.equal(summary(ip4("06", TCP, { fragment: "2001" })), "IP 10.0.0.1 > 192.168.1.5: tcp, fragment, length 20");
    assert.equal(summary(ip4("63", "00")), "IP 10.0.0.1 > 192.168.1.5: ip-proto-99, length 1");
    assert.match(summary(ip4("06", TCP.replace("50 12", "40 12"))), /: bad header length 16$/);
  });

  it("is one printable line for any bytes whatever", () => {
    const start = fc.constantFrom(
      "",
      `${ETHERNET}0800`,
      `${ETHERNET}0806`,
      `${ETHERNET}81000001`,
      ip4("06", ""),
      ip6("3a", ""),
    );
    fc.assert(
      fc.property(
        start,
        fc.uint8Array({ maxLength: 80 }),
        fc.nat(70000),
        fc.option(fc.integer()),
        (hex, rest, length, offset) => {
          const data = Buffer.concat([bytes(hex), rest]);
          assert.match(summarizePacket(data, length, offset ?? undefined), /^[ -~]{1,200}$/);
          const header = findNetworkHeader(data, offset ?? undefined);
          assert.ok(header === undefined || (header.offset >= 0 && header.offset <= data.length));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
