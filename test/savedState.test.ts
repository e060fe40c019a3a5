/** A router's saved state: another router goes on from it as the first one would have, whatever was done to it. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { LinkCache } from "../src/image/cache.ts";
import { LinkedTier } from "../src/router/linkedTier.ts";
import { restoreRouter, saveRouter } from "../src/router/savedState.ts";
import { datagramFrame as frame, RouterBench } from "./support/routerBench.ts";

const cacheFolder = mkdtempSync(path.join(tmpdir(), "clickos-state-"));
after(() => rmSync(cacheFolder, { recursive: true }));

function restored(state: Uint8Array, configuration: string): RouterBench {
  const bench = new RouterBench(configuration);
  restoreRouter(bench.driver, state);
  return bench;
}

/** Saves a router and lets another one go on beside it: both do the same. `go` returns all that can be seen. */
function goesOn(bench: RouterBench, configuration: string, go: (bench: RouterBench) => unknown): RouterBench {
  const other = restored(saveRouter(bench.driver), configuration);
  for (const device of ["in", "out"]) bench.sent(device);
  const expected = go(bench);
  assert.deepEqual(go(other), expected);
  return other;
}

const NAT = `
  from :: FromDevice(in) -> Strip(14) -> CheckIPHeader -> [0]rw :: IPRewriter(pattern 192.0.2.1 20000-65535# - - 0 1, drop);
  back :: FromDevice(out) -> Strip(14) -> CheckIPHeader -> [1]rw;
  rw[0] -> EtherEncap(0x0800, 0:0:0:0:0:1, 0:0:0:0:0:2) -> q :: Queue(500) -> ToDevice(out);
  rw[1] -> EtherEncap(0x0800, 0:0:0:0:0:1, 0:0:0:0:0:2) -> ToDevice(in);`;

const ROUTES = `
  FromDevice(in) -> Strip(14) -> CheckIPHeader -> f :: IPFilter(deny src host 10.0.0.66, allow all)
    -> rt :: LinearIPLookup(10.0.0.0/24 0, 0.0.0.0/0 1);
  rt[0] -> a :: Counter -> Unstrip(14) -> q :: Queue(100) -> ToDevice(out);
  rt[1] -> b :: Counter -> Discard;`;

describe("a router that goes on from a saved state", () => {
  it("translates old flows as before, and gives new ones the next ports", () => {
    const bench = new RouterBench(NAT);
    const clients = Array.from({ length: 40 }, (_, client) => frame(client + 1, 200, 1000 + client));
    bench.run(5, "in", clients);
    assert.equal(bench.sent("out").length, 40);
    goesOn(bench, NAT, (router) => {
      router.run(5, "in", [...clients.toReversed(), frame(99, 200, 5)]);
      const answers = [20000, 20017, 20040, 20041].map((port) => {
        const answer = frame(200, 1, 53, port);
        answer.set([192, 0, 2, 1], 30);
        return answer;
      });
      router.run(5, "out", answers);
      return [router.sent("out"), router.sent("in"), router.read("rw.table_size")];
    });
  });

  it("still has the packets that waited in queues, rings and shapers", () => {
    const configuration = `
      FromDevice(in) -> q :: Queue(300) -> RatedUnqueue(1000) -> Queue -> DelayShaper(20ms) -> ToDevice(out);
      RatedSource(DATA tick, RATE 100) -> Queue -> DelayUnqueue(30ms) -> c :: Counter -> Discard;`;
    const bench = new RouterBench(configuration);
    bench.run(
      10,
      "in",
      Array.from({ length: 150 }, (_, packet) => frame(1, 2, packet)),
    );
    assert.ok(Number(bench.read("q.length")) > 100);
    const other = goesOn(bench, configuration, (router) => {
      router.run(400);
      return [router.sent("out"), router.read("c.count"), router.read("q.length"), router.driver.router.kernelTime];
    });
    assert.equal(other.read("q.length"), "0");
  });

  it("has lost no packet buffer", () => {
    const bench = new RouterBench(NAT);
    bench.run(
      2,
      "in",
      Array.from({ length: 100 }, (_, client) => frame(client, 200, client)),
    );
    const other = restored(saveRouter(bench.driver), NAT);
    const free = ({ driver }: RouterBench): number =>
      driver.router.world.guest.view.getUint32(driver.router.kernelField("packetsFree"), true);
    assert.equal(free(other), free(bench));
  });

  it("keeps what handlers wrote", () => {
    const bench = new RouterBench(ROUTES);
    bench.write("rt.add", "10.0.0.7/32 1");
    bench.write("f.config", "deny src host 10.0.0.5, allow all");
    bench.write("q.capacity", "7");
    bench.write("a.count_call", "20 q.reset");
    goesOn(bench, ROUTES, (router) => {
      router.run(1, "in", [frame(66, 9), frame(5, 9), frame(66, 7), frame(66, 8)]);
      router.write("f.config", "deny all");
      router.run(1, "in", [frame(66, 9)]);
      router.write("f.config", "allow all");
      router.run(
        1,
        "in",
        Array.from({ length: 30 }, () => frame(1, 2)),
      );
      return [
        router.sent("out"),
        ...["a.count", "b.count", "f.config", "f.program", "q.capacity", "q.drops", "rt.table"].map((name) =>
          router.read(name),
        ),
      ];
    });
  });

  it("keeps what handlers wrote to a rewriter", () => {
    const bench = new RouterBench(NAT);
    bench.run(1, "in", [frame(1, 200)]);
    bench.write("rw.pattern0", "pattern 198.51.100.9 3000-4000# - - 0 1");
    bench.write("rw.capacity", "10");
    goesOn(bench, NAT, (router) => {
      router.run(
        1,
        "in",
        Array.from({ length: 20 }, (_, port) => frame(1, 200, port + 1)),
      );
      return [router.sent("out"), router.read("rw.patterns"), router.read("rw.capacity"), router.read("rw.table_size")];
    });
  });

  it("has the elements where hot swaps have put them, and can be swapped and saved again", () => {
    const second = `${NAT.replace("q :: Queue(500)", "c :: Counter -> q :: Queue(600)")} Idle -> t :: Tee(5) -> Discard; t[1,2,3,4] => Discard, Discard, Discard, Discard;`;
    let bench = new RouterBench(NAT);
    for (let round = 0; round < 4; round++) {
      const configuration = round % 2 === 0 ? second : NAT;
      bench.run(3, "in", [frame(round, 200, round + 1)]);
      bench.swap(configuration);
      bench.write("rw.pattern1", round % 2 === 0 ? "keep 0 1" : "drop");
      bench.run(3, "in", [frame(round, 200, round + 100)]);
      bench = goesOn(bench, configuration, (router) => {
        router.run(3, "in", [frame(round, 200, round + 1), frame(7, 200, round + 900)]);
        return [router.sent("out"), router.read("rw.table_size"), router.read("rw.patterns"), router.read("list")];
      });
    }
  });

  it("takes no more memory with each round of saving and swapping", () => {
    let bench = new RouterBench(ROUTES);
    const sizes = new Set<number>();
    for (let round = 0; round < 12; round++) {
      const configuration = round % 2 === 0 ? ROUTES.replace("Queue(100)", "Queue(90)") : ROUTES;
      bench.swap(configuration);
      bench.write("f.config", `deny src host 10.0.0.${round}, allow all`);
      bench = restored(saveRouter(bench.driver), configuration);
      if (round > 4) sizes.add(bench.driver.router.world.guest.bytes.length);
    }
    assert.equal(sizes.size, 1);
  });

  it("runs linked code, also when linked code was saved", async () => {
    const cache = new LinkCache(cacheFolder);
    const rules = Array.from({ length: 60 }, (_, port) => `deny dst port ${port * 7 + 100}`).join(", ");
    const configuration = ROUTES.replace("deny src host 10.0.0.66", rules);
    const packets = Array.from({ length: 200 }, (_, port) => frame(1, 2, 1, port * 3));
    const bench = new RouterBench(configuration);
    const tier = new LinkedTier(bench.driver, cache);
    await tier.start("eager");
    bench.run(2, "in", packets);
    assert.ok(bench.driver.router.world.guest.isReplaced);
    const other = new RouterBench(configuration);
    const otherTier = new LinkedTier(other.driver, cache);
    await otherTier.start("eager");
    restoreRouter(other.driver, saveRouter(bench.driver));
    assert.equal(other.driver.router.world.guest.isReplaced, false);
    await otherTier.start("eager");
    assert.ok(other.driver.router.world.guest.isReplaced);
    for (const router of [bench, other]) router.run(2, "in", packets);
    assert.deepEqual(
      ["a.count", "b.count", "q.drops"].map((name) => other.read(name)),
      ["a.count", "b.count", "q.drops"].map((name) => bench.read(name)),
    );
    tier.close();
    otherTier.close();
  });

  it("takes little room: packets that are gone are not kept", () => {
    const bench = new RouterBench(NAT);
    const noise = (): Uint8Array => randomBytes(1400);
    for (let round = 0; round < 20; round++) {
      const packets = Array.from({ length: 60 }, (_, client) => Buffer.concat([frame(client, 200, client), noise()]));
      bench.run(2, "in", packets);
    }
    const { length } = saveRouter(bench.driver);

    assert.ok(length < 100_000, `${length} bytes`);
  });
});

describe("a router that cannot be saved", () => {
  for (const [name, configuration] of [
    ["s :: Script", "Idle -> Discard; s :: Script(wait 1s, loop)"],
    ["d :: ToDump", "Idle -> d :: ToDump(-)"],
    ["i :: ToIPSummaryDump", "Idle -> i :: ToIPSummaryDump(-)"],
  ] as const)
    it(`has an element that acts outside of the guest: ${name}`, () => {
      const bench = new RouterBench(configuration);
      assert.throws(() => saveRouter(bench.driver), {
        name: "Error",
        code: "SNAPSHOT_DOES_NOT_FIT",
        message: new RegExp(`'${name}' acts outside`),
      });
    });
});
