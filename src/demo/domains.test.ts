import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { showDomains } from "./domains.ts";
import { keepScreen } from "./screen.fixture.ts";

describe("the demo of domains", () => {
  it("boots them on a switch and in a chain, and accounts for every packet", async () => {
    await using cleanup = new AsyncDisposableStack();
    const screen = keepScreen();
    const right = await showDomains({ screen, cleanup, domains: 5, trafficTime: 200 });
    const said = screen.said();
    assert.ok(right, said);
    assert.match(said, /^Created and booted 5 domains in [\d.]+ ms/m);
    assert.match(said, /^5 firewalls +[\d,]+ +[\d,]+ /m);
    assert.equal([...said.matchAll(/^[\d,]+ packets made = [\d,]+ arrived \+ .*: right\.$/gm)].length, 2, said);
    for (const stage of ["source", "firewall", "nat", "router", "sink"])
      assert.match(said, new RegExp(`^${stage} +[1-9]`, "m"));
    assert.doesNotMatch(said, /WRONG/);
  });

  it("can be ended before its time", async () => {
    const cleanup = new AsyncDisposableStack();
    const screen = keepScreen();
    const begun = screen.hasSaid("Created");
    const shown = showDomains({ screen, cleanup, domains: 5, trafficTime: 1e9 });
    const ended = assert.rejects(shown, /has ended/);
    await begun;
    await cleanup.disposeAsync();
    await ended;
  });
});
