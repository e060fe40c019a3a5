import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EFD_NONBLOCK } from "./linux/headers.ts";
import { checked, systemCalls } from "./linux/system.ts";
import { Waiter } from "./poll.ts";

const skip = process.platform === "linux" ? false : "skipped: needs Linux";

/** A descriptor that is readable once it was written to. */
function signal(resources: DisposableStack): number {
  const { close, eventfd } = systemCalls();
  return resources.adopt(checked("eventfd", eventfd(0, EFD_NONBLOCK)), close);
}

function raise(descriptor: number): void {
  const { write } = systemCalls();
  write(descriptor, new Uint8Array(new BigUint64Array([1n]).buffer), 8);
}

describe("Waiter", { skip }, () => {
  it("returns when a descriptor is readable, also one that was added during the wait", async () => {
    using resources = new DisposableStack();
    const waiter = new Waiter();
    resources.defer(() => waiter.close());
    const waiting = waiter.wait(Infinity);
    const descriptor = signal(resources);
    waiter.add(descriptor);
    raise(descriptor);
    await waiting;
    await waiter.wait(Infinity); // it still is
    waiter.remove(descriptor);
    await waiter.wait(0);
  });

  it("returns on wake, also on one that came before, once", async () => {
    using resources = new DisposableStack();
    const waiter = new Waiter();
    resources.defer(() => waiter.close());
    waiter.wake();
    waiter.wake();
    await waiter.wait(Infinity);
    let done = false;
    const waiting = waiter.wait(Infinity).then(() => {
      done = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(done, false);
    waiter.wake();
    await waiting;
  });

  it("leaves Node's event loop free, and returns after the time", async () => {
    using resources = new DisposableStack();
    const waiter = new Waiter();
    resources.defer(() => waiter.close());
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await waiter.wait(50);
    clearInterval(timer);
    assert.ok(turns > 0);
  });

  it("ends the wait when it is closed; later waits do not wait", async () => {
    const waiter = new Waiter();
    const waiting = waiter.wait(Infinity);
    waiter.close();
    await waiting;
    await waiter.wait(Infinity);
    waiter.wake();
    waiter.close();
  });

  it("refuses a second wait, and a descriptor that it does not have", async () => {
    using resources = new DisposableStack();
    const waiter = new Waiter();
    resources.defer(() => waiter.close());
    const waiting = waiter.wait(10);
    await assert.rejects(waiter.wait(10), /waiting already/);
    await waiting;
    assert.throws(() => waiter.remove(signal(resources)), { code: "ENOENT" });
    waiter.add(-1); // a capture: nothing to wait for
  });
});
