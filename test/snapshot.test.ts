/** Save and restore of a running guest: exact replay, in the same guest and in another. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadLibrary } from "../src/library/library.ts";
import { restoreGuest, SnapshotError, saveGuest } from "../src/machine/snapshot.ts";
import type { Driver } from "../src/router/driver.ts";
import { openRouter } from "../src/router/open.ts";

const library = loadLibrary();

/** Random choices, queues, timers and console text: all that a replay must repeat. Runs in steps of 0.1 s of simulated time. */
const CONFIGURATION = `
  RatedSource(RATE 1000) -> r :: RandomSwitch;
  r[0] -> a :: Counter -> q :: Queue(10) -> RatedUnqueue(300) -> out :: Counter -> Discard;
  r[1] -> b :: Counter -> Print(b, MAXLENGTH 4) -> Discard;
  t :: TimedSource(0.03) -> Discard;`;

interface Run {
  readonly driver: Driver;
  readonly printed: string[];
}

function open(): Run {
  const printed: string[] = [];
  const driver = openRouter(
    { text: Buffer.from(CONFIGURATION), file: "snapshot.test" },
    {
      library,
      parameters: new Map(),
      clickPath: undefined,
      simulatedStart: 0n,
      seed: 42n,
      print: () => undefined,
      printMessage: (text) => printed.push(text),
      allowReconfigure: false,
    },
  );
  assert.ok(driver);
  return { driver, printed };
}

/** Lets the guest work until its clock has gone on by 0.1 s, and tells all that can be seen from outside. */
function step({ driver, printed }: Run): string {
  const { router } = driver;
  const { guest } = router.world;
  const end = router.kernelTime + 100_000_000n;
  printed.length = 0;
  while (router.kernelTime < end) {
    guest.call("run", router.kernelTime, 64);
    driver.flush();
    const next = BigInt.asUintN(64, BigInt(guest.call("nextExpiry")));
    if (next > router.kernelTime) router.kernelTime = next < end ? next : end;
  }
  const counts = ["a.count", "b.count", "out.count", "q.length", "q.drops", "t.count"].map((name) => {
    const handler = router.findHandler(undefined, name, "read");
    assert.ok(typeof handler !== "string", String(handler));
    return handler.read("");
  });
  return [router.kernelTime, ...counts, printed.join("")].join(" ");
}

describe("a snapshot", () => {
  it("repeats the run from where it was taken", () => {
    const run = open();
    step(run);
    const snapshot = saveGuest(run.driver.router.world.guest);
    const first = [step(run), step(run), step(run)];
    restoreGuest(run.driver.router.world.guest, snapshot);
    run.driver.guestRestored();
    assert.deepEqual([step(run), step(run), step(run)], first);
  });

  it("goes on in another guest of the same configuration", () => {
    const one = open();
    step(one);
    const snapshot = saveGuest(one.driver.router.world.guest);
    const other = open();
    restoreGuest(other.driver.router.world.guest, snapshot);
    other.driver.guestRestored();
    assert.equal(step(other), step(one));
  });

  it("is refused, with nothing changed, when it is of other code", () => {
    const run = open();
    const snapshot = saveGuest(run.driver.router.world.guest);
    const foreign = { memory: new Uint8Array(10), globals: new Map([["something", 1]]) };
    assert.throws(() => restoreGuest(run.driver.router.world.guest, foreign), SnapshotError);
    assert.deepEqual(saveGuest(run.driver.router.world.guest), snapshot);
  });
});
