import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FabricGuest } from "../fabric/fabric.ts";
import { frameBytes, frameNumber, mac } from "../fabric/frames.fixture.ts";
import { RUN_TIMED, RUN_WANTS_HOST, TestFabric, TestGuest } from "../fabric/guest.fixture.ts";
import { until } from "./hypervisor.fixture.ts";
import { Loop, type LoopOptions } from "./loop.ts";
import { WatchdogError } from "./watchdog.ts";

const FRAMES = 5000;

/** A loop over two guests on a wire, of which one sends, and any others. */
class Running {
  readonly test = new TestFabric();
  readonly sender = new TestGuest(this.test.fabric);
  readonly receiver = new TestGuest(this.test.fabric);
  readonly faults: { readonly guest: FabricGuest; readonly error: unknown }[] = [];
  readonly wanting: number[] = [];
  readonly loop: Loop;

  constructor(options: LoopOptions = {}) {
    const wire = this.test.fabric.addSegment("wire");
    for (const { port } of [this.sender, this.receiver]) wire.connect(port);
    const { plane } = this.test.fabric;
    this.loop = new Loop(
      this.test.fabric,
      {
        onWanting: (number) => this.wanting.push(number),
        onFault: (guest, error) => {
          this.faults.push({ guest, error });
          plane.setRunnable(guest.address, false);
        },
        attend: () => Number.POSITIVE_INFINITY,
      },
      options,
    );
  }

  async exchange(): Promise<void> {
    const numbers = Array.from({ length: FRAMES }, (_, number) => number);
    this.sender.send(...numbers.map((number) => frameBytes({ to: mac(2), from: mac(1), number })));
    this.loop.wake();
    await until("all frames have arrived", () => this.receiver.received.length === FRAMES);
    assert.deepEqual(this.receiver.received.splice(0).map(frameNumber), numbers);
  }

  async close(): Promise<void> {
    this.loop.close();
    await this.loop.ended;
  }
}

describe("the loop", () => {
  it("runs guests while there is work, and wakes for more", async () => {
    const running = new Running();
    for (let round = 0; round < 3; round++) await running.exchange();
    await running.close();
  });

  for (const [what, turn, reason] of [
    [
      "loops for ever",
      (): number => {
        for (;;);
      },
      WatchdogError,
    ],
    [
      "traps",
      (): number => {
        throw new WebAssembly.RuntimeError("unreachable");
      },
      WebAssembly.RuntimeError,
    ],
  ] as const)
    it(`ends a guest that ${what}, names it, and its neighbours go on`, async () => {
      const running = new Running({ watchdog: 500 });
      const bad = new TestGuest(running.test.fabric);
      bad.onRun = turn;
      await running.exchange();
      await until("it is ended", () => running.faults.length > 0);
      await running.exchange();
      assert.equal(running.faults.length, 1);
      assert.equal(running.faults[0]?.guest, bad.guest);
      assert.ok(running.faults[0]?.error instanceof reason);
      await running.close();
    });

  it("ends a guest that loops while frames are delivered to it, and delivers the others'", async () => {
    const running = new Running({ watchdog: 500 });
    const { fabric } = running.test;
    const lan = fabric.addSegment("switch");
    const [bad, source, ...others] = running.test.guests(5, { slots: 4 }) as [TestGuest, TestGuest, ...TestGuest[]];
    for (const { port } of [bad, source, ...others]) lan.connect(port);
    bad.onRun = () => {
      for (;;);
    };
    const numbers = Array.from({ length: 40 }, (_, number) => number);
    source.send(...numbers.map((number) => frameBytes({ to: "ff:ff:ff:ff:ff:ff", from: mac(7), number })));
    running.loop.wake();
    await until("all others have them", () => others.every(({ received }) => received.length === numbers.length));
    for (const { received } of others) assert.deepEqual(received.map(frameNumber), numbers);
    assert.deepEqual(
      running.faults.map(({ guest }) => guest),
      [bad.guest],
    );
    await running.close();
  });

  it("wakes guests whose time has come, though nothing else happens", async () => {
    const running = new Running();
    const woken: bigint[] = [];
    const timed = new TestGuest(running.test.fabric);
    let due: bigint | undefined;
    timed.onRun = (now) => {
      if (due === undefined) due = now + 30_000_000n;
      else if (now >= due) woken.push(now);
      return woken.length > 0 ? 0 : RUN_TIMED;
    };
    timed.nextExpiry = () => due ?? 0n;
    await until("it is woken", () => woken.length > 0);
    assert.ok((woken[0] ?? 0n) >= (due ?? 0n));
    assert.ok(timed.runs < 20, `it ran ${timed.runs} times`);
    await running.close();
  });

  it("tells whose turn has something for the host", async () => {
    const running = new Running();
    const wanting = new TestGuest(running.test.fabric);
    wanting.onRun = () => RUN_WANTS_HOST;
    running.loop.wake();
    await until("it is told", () => running.wanting.length > 0);
    assert.deepEqual(running.wanting, [wanting.guest.number]);
    await running.close();
  });
});
