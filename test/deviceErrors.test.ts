/** What users are told when a device cannot be opened. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import type { Device, DeviceError } from "../src/device/device.ts";
import { createDeviceMemory } from "../src/device/memory.ts";
import { openDevice } from "../src/device/open.ts";
import { formatFileHeader } from "../src/host/capture/pcap.ts";
import { complaint, NOBODY, whyNotNobody } from "./support/deviceOpener.ts";
import { numberedFrame, transmitFrames } from "./support/frames.ts";
import { ip, whyNoNetwork } from "./support/namespaces.ts";

const skip = whyNoNetwork("setpriv", "unshare") ?? whyNotNobody();
const memory = createDeviceMemory(512, 65536);
const open = (name: string): Device => openDevice(name, memory, { notice: assert.fail });

function refused(name: string, code: DeviceError["code"], message: string | RegExp): void {
  assert.throws(() => open(name), { code, message });
}

describe("without rights", { skip }, () => {
  it("a packet device says which it needs", async () =>
    assert.equal(
      await complaint("packet:lo"),
      "NO_RIGHTS packet:lo: needs CAP_NET_RAW: run as root, or with `AmbientCapabilities=CAP_NET_RAW` of systemd",
    ));

  it("a TAP device says how to do without", async () => {
    assert.equal(
      await complaint("tap:vm0"),
      "NO_RIGHTS tap:vm0: needs CAP_NET_ADMIN: run as root, or create it first with `ip tuntap add vm0 mode tap user $USER`",
    );
    assert.equal(
      await complaint("tap:vm0", "600"),
      "NO_RIGHTS tap:vm0: /dev/net/tun may not be opened: run as root, or `chmod 666 /dev/net/tun`, as distributions have it",
    );
  });

  it("a TAP device that was made for the user opens, with a notice that it is down", async () => {
    const name = `ck${process.pid}e`;
    ip("tuntap", "add", name, "mode", "tap", "user", NOBODY);
    try {
      assert.equal(
        await complaint(`tap:${name}`),
        `notice tap:${name}: interface '${name}' is down, and we may not change that: \`ip link set ${name} up\``,
      );
    } finally {
      ip("link", "del", name);
    }
  });
});

describe("names of devices", () => {
  it("begin with their kind", () => {
    for (const name of ["eth0", "", "veth:eth0", "Packet:eth0", ":eth0"])
      refused(name, "BAD_NAME", `'${name}' is no device: its name starts with 'packet:', 'tap:', 'xdp:', 'pcap:'`);
  });

  it("are names that Linux would give an interface", () => {
    const faults: [string, string][] = [
      ["", "it is empty"],
      ["..", "it names a folder"],
      ["a/b", '"/" is not allowed'],
      ["a b", '" " is not allowed'],
      ["tap%d", '"%" is not allowed'],
      ["a\0b", '"\\u0000" is not allowed'],
      ["ethernet-of-mine", "it is longer than 15 characters"],
    ];
    for (const kind of ["packet", "tap", "xdp"])
      for (const [name, fault] of faults)
        refused(`${kind}:${name}`, "BAD_NAME", `${kind}:${name}: '${name}' is no name of an interface: ${fault}`);
  });
});

describe("capture devices", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "devices-"));
  const file = (name: string, bytes: Uint8Array): string => {
    const place = path.join(folder, name);
    writeFileSync(place, bytes);
    return place;
  };
  after(() => rmSync(folder, { recursive: true }));

  it("are refused without files, with too many, and with one for both ways", () => {
    for (const files of ["", ",", "a,b,c"])
      refused(`pcap:${files}`, "BAD_NAME", `pcap:${files}: expected 'pcap:IN', 'pcap:IN,OUT' or 'pcap:,OUT'`);
    refused("pcap:a,./a", "BAD_NAME", "pcap:a,./a: 'a' cannot be read and written at once: give another file for OUT");
  });

  it("are refused for files that are no captures of Ethernet frames", () => {
    const missing = path.join(folder, "missing");
    refused(`pcap:${missing}`, "NO_DEVICE", /'.*missing': ENOENT/);
    refused(`pcap:${folder}`, "FAILED", /is no regular file$/);
    refused(`pcap:${file("empty", Buffer.alloc(0))}`, "FAILED", /'.*empty': not a tcpdump file \(too short\)$/);
    refused(
      `pcap:${file("text", Buffer.alloc(100, "a"))}`,
      "FAILED",
      /'.*text': not a tcpdump file \(bad magic number\)$/,
    );
    const ofIp = formatFileHeader({ nanoseconds: false, snapLength: 65535, linkType: 101 });
    refused(`pcap:${file("ip", ofIp)}`, "FAILED", /'.*ip': its packets are of link type IP, not ETHER$/);
  });

  it("count what cannot be written", () => {
    const header = formatFileHeader({ nanoseconds: true, snapLength: 65535, linkType: 1 });
    const area = memory.allocate(4096, 64);
    const deaf = open(`pcap:${file("in", header)}`);
    assert.equal(transmitFrames(deaf, memory, area, [{ bytes: numberedFrame(0, 60) }]), 0);
    assert.deepEqual(deaf.statistics().transmitDrops, { "no file to write to": 1 });
    deaf.close();
    memory.release(area, 4096);
  });
});
