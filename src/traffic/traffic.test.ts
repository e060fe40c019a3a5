import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pickPath, type Scene } from "./conversation.ts";
import { checksum } from "./headers.ts";
import { buildNetwork } from "./hosts.ts";
import { FAULT_NAMES, faultyFrame } from "./malformed.ts";
import { type PcapOptions, writePcap } from "./pcap.ts";
import { Random } from "./random.ts";
import { DEFAULT_SIDES, type Mix, makeTraffic, type TrafficOptions, type TrafficPacket } from "./traffic.ts";

const make = (options: Partial<TrafficOptions> = {}): readonly TrafficPacket[] => [
  ...makeTraffic({ seed: 1, packets: 2000, ...options }),
];

const half = (bytes: Uint8Array, at: number) => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
const textOf = (mac: Uint8Array) => Buffer.from(mac).toString("hex");

/** Whether IP length, header checksum and transport checksum of a frame agree with each other. */
function isSound({ data }: TrafficPacket): boolean {
  const type = half(data, 12);
  if (type === 0x0806) return data.length === 60;
  const ip = data.subarray(14);
  const isIp4 = type === 0x0800;
  const headerLength = isIp4 ? ((ip[0] ?? 0) & 15) * 4 : 40;
  const length = isIp4 ? half(ip, 2) : 40 + half(ip, 4);
  if (length > ip.length || (data.length > 60 && length !== ip.length)) return false;
  if (isIp4 && checksum(ip.subarray(0, headerLength)) !== 0) return false;
  if (isIp4 && (half(ip, 6) & 0x3fff) !== 0) return true;
  const segment = ip.subarray(headerLength, length);
  const protocol = ip[isIp4 ? 9 : 6] ?? 0;
  const addresses = isIp4 ? ip.subarray(12, 20) : ip.subarray(8, 40);
  const pseudoHeader = Uint8Array.of(...addresses, segment.length >> 8, segment.length & 255, 0, protocol);
  return protocol === 1 ? checksum(segment) === 0 : checksum(pseudoHeader, segment) === 0;
}

describe("makeTraffic", () => {
  it("makes the same packets for the same seed, today and later", () => {
    const hash = createHash("sha256");
    for (const { timestamp, port, kind, data } of make()) hash.update(`${timestamp} ${port} ${kind} `).update(data);
    assert.equal(hash.digest("hex"), "838e24945af73d6debdcff7485e0d85793f5054cddba4edd75bdf6438afc13b1");
    assert.notDeepEqual(make({ packets: 50 }), make({ packets: 50, seed: 2 }));
  });

  it("makes as many packets as asked for, in the order of their times", () => {
    assert.equal(make({ packets: 0 }).length, 0);
    const packets = make({ start: 5_000_000_000n });
    assert.equal(packets.length, 2000);
    for (const [index, { timestamp }] of packets.entries())
      assert.ok(timestamp >= (packets[index - 1]?.timestamp ?? 5_000_000_000n));
  });

  it("gives right lengths and checksums to all but the malformed", () => {
    const packets = make({ packets: 5000 });
    for (const packet of packets.filter(({ kind }) => kind !== "malformed")) assert.ok(isSound(packet), packet.kind);
  });

  it("has every kind of packet, and a realistic mix of sizes", () => {
    const packets = make({ packets: 10_000 });
    const kinds = new Set(packets.map(({ kind }) => kind));
    assert.deepEqual([...kinds].sort(), ["arp", "dns", "fragment", "icmp error", "malformed", "ping", "tcp"]);
    assert.ok(packets.some(({ data }) => half(data, 12) === 0x86dd));
    const share = (test: (length: number) => boolean) =>
      packets.filter(({ data }) => test(data.length)).length / packets.length;
    assert.ok(share((length) => length <= 100) > 0.35 && share((length) => length <= 100) < 0.65);
    assert.ok(share((length) => length >= 1400) > 0.25 && share((length) => length >= 1400) < 0.5);
    assert.ok(packets.every(({ data }) => data.length <= 1514));
  });

  it("addresses frames to the port of the router that they reach, from hosts of its network", () => {
    const sides = [
      {
        network: "172.16.4.0/23",
        network6: "fd00:1::/64",
        routerAddress: "172.16.4.1",
        routerMac: "00-11-22-33-44-55",
        hosts: 5,
      },
      {
        network: "10.9.8.0/29",
        network6: "fd00:2::/64",
        routerAddress: "10.9.8.1",
        routerMac: "00-11-22-33-44-66",
        hosts: 500,
      },
      {
        network: "10.7.0.0/16",
        network6: "fd00:3::/64",
        routerAddress: "10.7.0.1",
        routerMac: "00-11-22-33-44-77",
        hosts: 3,
      },
    ] as const;
    const bases = ["ac10", "0a09", "0a07"];
    const packets = make({ sides, mix: { malformed: 0 } });
    assert.deepEqual(new Set(packets.map(({ port }) => port)), new Set([0, 1, 2]));
    for (const { port, kind, data } of packets) {
      const destination = textOf(data.subarray(0, 6));
      const isBroadcast = kind === "arp" && destination === "ffffffffffff";
      assert.ok(isBroadcast || destination === sides[port]?.routerMac.replaceAll("-", "").toLowerCase());
      if (half(data, 12) === 0x0800) assert.equal(textOf(data.subarray(26, 28)), bases[port]);
      if (half(data, 12) === 0x86dd) assert.equal(textOf(data.subarray(22, 26)), `fd00000${port + 1}`);
    }
  });

  it("lets TCP sessions begin with a handshake and count every byte", () => {
    const only: Mix = {
      tcp: 1,
      dns: 0,
      ping: 0,
      tcp6: 0,
      dns6: 0,
      ping6: 0,
      icmpError: 0,
      arp: 0,
      fragments: 0,
      malformed: 0,
    };
    const expected = new Map<string, number>();
    let payload = 0;
    for (const { data } of make({ mix: only, packets: 3000 })) {
      const [source, target] = [
        `${textOf(data.subarray(26, 30))}:${half(data, 34)}`,
        `${textOf(data.subarray(30, 34))}:${half(data, 36)}`,
      ];
      const view = new DataView(data.buffer, data.byteOffset);
      const [sequence, acknowledgement, flags] = [view.getUint32(38), view.getUint32(42), data[47] ?? 0];
      const length = half(data, 16) - 20 - ((data[46] ?? 0) >> 4) * 4;
      const way = `${source} ${target}`;
      assert.equal(expected.get(way) ?? sequence, sequence);
      if ((flags & 2) === 0 && (flags & 4) === 0) assert.ok(expected.has(way), "a SYN comes first");
      if (flags & 16) assert.equal(acknowledgement, expected.get(`${target} ${source}`));
      expected.set(way, (sequence + length + (flags & 3 ? 1 : 0)) >>> 0);
      payload += length;
    }
    assert.ok(payload > 1_000_000);
  });

  it("refuses networks and addresses that are none, and mixes of nothing", () => {
    const [side] = DEFAULT_SIDES;
    const refusal = (change: Partial<typeof side>) => () => make({ sides: [{ ...side, ...change }] });
    assert.throws(refusal({ network: "10.0.0.0" }), /'10.0.0.0' is not an IPv4 prefix/);
    assert.throws(refusal({ network: "10.0.0.0/31" }), /no room for hosts/);
    assert.throws(refusal({ network: "10.0.0.0/24", hosts: 0 }), /no room for hosts/);
    assert.throws(refusal({ network6: "10.0.0.0/8" }), /not an IPv6 prefix/);
    assert.throws(refusal({ routerAddress: "router" }), /'router' is not an IPv4 address/);
    assert.throws(refusal({ routerMac: "1:2" }), /'1:2' is not an Ethernet address/);
    assert.throws(
      () =>
        make({
          mix: {
            tcp: 0,
            dns: 0,
            ping: 0,
            tcp6: 0,
            dns6: 0,
            ping6: 0,
            icmpError: 0,
            arp: 0,
            fragments: 0,
            malformed: 0,
          },
        }),
      /the mix is empty/,
    );
    assert.throws(() => make({ concurrency: 0 }), /at least one/);
  });
});

const SCENE: Scene = {
  random: new Random(3),
  networks: [buildNetwork(DEFAULT_SIDES[0], 0), buildNetwork({ ...DEFAULT_SIDES[0], network: "192.0.2.0/24" }, 1)],
};

/** Whether tcpdump is there to judge. */
const hasTcpdump = spawnSync("tcpdump", ["--version"]).status === 0;

/** What tcpdump prints of frames, each packet's lines joined. */
function decoded(
  packets: readonly Pick<TrafficPacket, "timestamp" | "data">[],
  options: PcapOptions = {},
): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "traffic-"));
  try {
    const file = join(folder, "capture.pcap");
    assert.equal(writePcap(file, packets, options), packets.length);
    const text = execFileSync("tcpdump", ["-nn", "-tttt", "-vv", "-r", file], {
      encoding: "latin1",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 26,
    });
    return text.split(/\n(?=\d{4}-\d\d-\d\d )/);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Words with which tcpdump complains. A right checksum may look like one of them. */
const COMPLAINT = /\bbad\b|incorrect|invalid|\[\||truncated|missing|wrong|bad-|< 20/i;
const complains = (line: string) =>
  COMPLAINT.test(line.replace(/0x[0-9a-f]+/g, "").replace(/[0-9a-f]*:[0-9a-f:]+/g, ""));

describe("tcpdump", { skip: !hasTcpdump && "tcpdump is not installed" }, () => {
  it("decodes sound packets without complaint, in every form of file", () => {
    const packets = make({ packets: 3000, mix: { malformed: 0 } });
    for (const resolution of ["microseconds", "nanoseconds"] as const) {
      for (const byteOrder of ["little", "big"] as const) {
        const lines = decoded(packets, { resolution, byteOrder });
        assert.equal(lines.length, packets.length);
        assert.deepEqual(lines.filter(complains), []);
        assert.match(lines[0] ?? "", /^2023-11-1[45] \d\d:\d\d:\d\d\.\d+ /);
      }
    }
  });

  /** Faults that tcpdump does not look for: it judges the form, not the sense. */
  const UNSEEN = [
    "time to live 0",
    "source is destination",
    "source is broadcast",
    "source is loopback",
    "strange TCP flags",
  ];

  for (const name of FAULT_NAMES) {
    it(`complains about a packet with this fault, or has nothing to say: ${name}`, () => {
      const frames = Array.from({ length: 20 }, () => faultyFrame(name, pickPath(SCENE, 4), SCENE));
      const lines = decoded(frames.map((data) => ({ timestamp: 1n, data })));
      assert.equal(lines.length, frames.length);
      assert.equal(lines.filter(complains).length, UNSEEN.includes(name) ? 0 : frames.length, lines.join("\n"));
    });
  }
});
