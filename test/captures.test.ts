/**
 * Real and malformed captures through an IP router, a firewall and a NAT: no trap, no hang, no packet lost or invented. The captures lie beside the
 * project; a clone elsewhere does not have them, and there the project's own traffic has to do.
 */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { type Library, loadLibrary } from "../src/library/library.ts";
import type { Driver } from "../src/router/driver.ts";
import { openRouter } from "../src/router/open.ts";
import { makeTraffic, writePcap } from "../src/traffic/index.ts";

const CAPTURES = fileURLToPath(new URL("../../shared/data/pcaps/", import.meta.url));

/** Link types of pcap files that have IPv4 packets where these configurations look for them. */
const ETHERNET = 1;
const RAW_IP: readonly number[] = [12, 14, 101, 228];

/** What comes in from a capture: IPv4 headers checked, everything counted. `ok` goes on to what a configuration adds. */
function entrance(file: string, linkType: number): string {
  const strip = linkType === ETHERNET ? "-> cl :: Classifier(12/0800, -) -> Strip(14)" : "";
  const others =
    linkType === ETHERNET ? "cl[1] -> other :: Counter -> Discard;" : "Idle -> other :: Counter -> Discard;";
  return `fd :: FromDump(${JSON.stringify(file)}, STOP true) -> in :: Counter ${strip} -> k :: CheckIPHeader -> ok :: Counter; ${others}
    k[1] -> bad :: Counter -> Discard;\n`;
}

/** Each configuration with the law that its counters obey, beyond those of the entrance. */
const CONFIGURATIONS: Readonly<
  Record<string, { readonly text: string; readonly law: (read: (handler: string) => number) => void }>
> = {
  "an IP router": {
    text: `ok -> GetIPAddress(16) -> rt :: RadixIPLookup(10.0.0.0/8 0, 0.0.0.0/0 1);
      rt[0] -> local :: Counter -> Discard;
      rt[1] -> db :: DropBroadcasts -> afterDb :: Counter -> gio :: IPGWOptions(1.0.0.1) -> afterGio :: Counter -> FixIPSrc(1.0.0.1)
        -> dt :: DecIPTTL -> afterTtl :: Counter -> fr :: IPFragmenter(576) -> out :: Counter -> EtherEncap(0x0800, 1:1:1:1:1:1, 2:2:2:2:2:2) -> q :: Queue(1000) -> Unqueue -> sent :: Counter -> Discard;
      gio[1] -> badOptions :: Counter -> pe :: ICMPError(1.0.0.1, parameterproblem) -> errors :: Counter -> Discard;
      dt[1] -> expired :: Counter -> te :: ICMPError(1.0.0.1, timeexceeded) -> errors;
      fr[1] -> tooBig :: Counter -> fe :: ICMPError(1.0.0.1, unreachable, needfrag) -> errors;`,
    law: (read) => {
      assert.equal(
        read("ok.count"),
        read("local.count") + read("afterDb.count") + read("db.drops"),
        "lookup and broadcasts",
      );
      assert.equal(read("afterDb.count"), read("afterGio.count") + read("badOptions.count"), "IPGWOptions");
      assert.equal(read("afterGio.count"), read("afterTtl.count") + read("expired.count"), "DecIPTTL");
      assert.ok(read("out.count") >= read("afterTtl.count") - read("tooBig.count"), "IPFragmenter");
      assert.equal(read("out.count"), read("sent.count") + read("q.length") + read("q.drops"), "Queue");
      assert.ok(
        read("errors.count") <= read("badOptions.count") + read("expired.count") + read("tooBig.count"),
        "ICMPError",
      );
    },
  },
  "a firewall": {
    text: `ok -> f :: IPFilter(0 tcp and dst port 80 or 443, 1 udp dst port 53 or src port 53, 2 icmp, 3 ip frag, deny src net 10.0.0.0/8 and not dst net 10.0.0.0/8, 4 all);
      f[0] -> web :: Counter -> CheckTCPHeader -> Discard; f[1] -> dns :: Counter -> CheckUDPHeader -> Discard; f[2] -> icmp :: Counter -> CheckICMPHeader -> Discard;
      f[3] -> fragments :: Counter -> Discard; f[4] -> rest :: Counter -> Discard;
      `,
    law: (read) => {
      const passed = ["web", "dns", "icmp", "fragments", "rest"].reduce((sum, name) => sum + read(`${name}.count`), 0);
      assert.ok(passed <= read("ok.count"), "IPFilter");
    },
  },
  "a NAT": {
    text: `ok -> c :: IPClassifier(tcp or udp, -); c[1] -> plain :: Counter -> Discard;
      c[0] -> toNat :: Counter -> rw :: IPRewriter(pattern 1.2.3.4 1024-65535# - - 0 1); rw[0] -> forward :: Counter -> SetIPChecksum -> Discard; rw[1] -> reply :: Counter -> Discard;`,
    law: (read) => {
      assert.equal(read("ok.count"), read("plain.count") + read("toNat.count"), "IPClassifier");
      assert.ok(read("forward.count") + read("reply.count") <= read("toNat.count"), "IPRewriter");
    },
  },
};

/** Runs a configuration to its end. */
async function run(library: Library, text: string): Promise<Driver> {
  const messages: string[] = [];
  const driver = openRouter(
    { text: Buffer.from(text), file: "captures.test" },
    {
      library,
      parameters: new Map(),
      clickPath: undefined,
      simulatedStart: 0n,
      seed: 1n,
      print: () => undefined,
      printMessage: (message) => messages.push(message),
      allowReconfigure: false,
    },
  );
  assert.ok(driver, messages.join(""));
  await driver.run();
  return driver;
}

/** Holds one capture against one configuration's laws. */
async function check(library: Library, file: string, linkType: number, name: string): Promise<void> {
  const configuration = CONFIGURATIONS[name];
  assert.ok(configuration);
  const driver = await run(library, entrance(file, linkType) + configuration.text);
  const { router } = driver;
  const read = (handler: string): number => {
    const found = router.findHandler(undefined, handler, "read");
    assert.ok(typeof found !== "string", String(found));
    return Number(found.read(""));
  };
  const kernel = (field: string): number => router.world.guest.view.getUint32(router.kernelField(field), true);
  const where = `${path.basename(file)} through ${name}`;
  assert.equal(read("fd.count"), read("in.count"), `${where}: FromDump`);
  assert.equal(read("in.count"), read("other.count") + read("ok.count") + read("bad.count"), `${where}: entrance`);
  assert.equal(read("k.drops"), read("bad.count"), `${where}: CheckIPHeader`);
  configuration.law(read);
  const waiting = router.element("q") ? read("q.length") : 0;
  assert.equal(kernel("packetsFree") + waiting, kernel("packets"), `${where}: packets that nobody gave back`);
  assert.equal(kernel("packetsRefused"), 0, `${where}: the pool ran dry`);
  router.close();
}

/** The link type of a pcap file; undefined when it is not one. */
function linkTypeOf(file: string): number | undefined {
  const head = readFileSync(file).subarray(0, 24);
  if (head.length < 24) return undefined;
  const magic = head.readUInt32LE(0);
  if (magic === 0xa1b2c3d4 || magic === 0xa1b23c4d) return head.readUInt32LE(20) & 0xffff;
  return magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1 ? head.readUInt32BE(20) & 0xffff : undefined;
}

describe("captures pass without a trap, a hang or a lost packet", () => {
  const library = loadLibrary();
  const folder = mkdtempSync(path.join(os.tmpdir(), "clickos-captures-"));
  after(() => rmSync(folder, { recursive: true }));

  for (const name of Object.keys(CONFIGURATIONS)) {
    it(`the project's own traffic, through ${name}`, async () => {
      const file = path.join(folder, "own.pcap");
      writePcap(file, makeTraffic({ seed: 7, packets: 3000 }));
      await check(library, file, ETHERNET, name);
    });

    it(`real and malformed ones, through ${name}`, async (test) => {
      if (!existsSync(CAPTURES)) {
        test.skip("skipped: no captures beside this checkout");
        return;
      }
      let passed = 0;
      for (const capture of readdirSync(CAPTURES).toSorted()) {
        const file = path.join(CAPTURES, capture);
        const linkType = linkTypeOf(file);
        if (linkType === undefined || !(linkType === ETHERNET || RAW_IP.includes(linkType))) continue;
        await check(library, file, linkType, name);
        passed++;
      }
      assert.ok(passed > 300, `only ${passed} captures`);
    });
  }
});
