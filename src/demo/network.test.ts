import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { showNetwork, whyNoNetwork } from "./network.ts";
import { keepScreen } from "./screen.fixture.ts";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const skip = whyNoNetwork() ?? false;

/** Network namespaces of this process's demo. */
const namespaces = (): readonly string[] =>
  readdirSync("/run/netns").filter((name) => name.endsWith(`-demo${process.pid}`));

describe("the demo between network namespaces", () => {
  it("lets what is allowed cross a firewall and a NAT, nothing else, and leaves nothing behind", { skip }, async () => {
    await using cleanup = new AsyncDisposableStack();
    const screen = keepScreen();
    const right = await showNetwork({ screen, examples, cleanup });
    const said = screen.said();
    assert.ok(right, said);
    assert.match(said, /the client fetches http:\/\/203\.0\.113\.1\/: "hello from behind the firewall"\./);
    assert.match(said, /the client asks the public address for it: silence, [1-9]\d* packets refused\./);
    assert.deepEqual(namespaces(), []);
  });

  it("leaves nothing behind when it is ended before its time", { skip }, async () => {
    for (const words of ["client 203.0.113.2", "Up in"]) {
      const cleanup = new AsyncDisposableStack();
      const screen = keepScreen();
      const begun = screen.hasSaid(words);
      const shown = showNetwork({ screen, examples, cleanup }).catch(() => false);
      await begun;
      await cleanup.disposeAsync();
      await shown;
      assert.deepEqual(namespaces(), []);
    }
  });

  it("says why where it cannot be shown", { skip: skip === false && "skipped: it can be shown here" }, async () => {
    await using cleanup = new AsyncDisposableStack();
    const screen = keepScreen();
    assert.ok(await showNetwork({ screen, examples, cleanup }));
    assert.match(screen.said(), /^skipped: /m);
  });
});
