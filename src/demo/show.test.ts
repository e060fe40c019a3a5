import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { keepScreen } from "./screen.fixture.ts";
import { show } from "./show.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));
const directory = mkdtempSync(path.join(tmpdir(), "clickos-show-"));
after(() => rmSync(directory, { recursive: true, force: true }));

const LITTLE = { packets: 1500, boots: 2, rounds: 2, warmUpRounds: 0, clickRounds: 1, tableTime: 0 };

describe("the demo", () => {
  it("shows a router and a firewall, and accounts for every packet", async () => {
    const screen = keepScreen();
    const right = await show({ screen, directory, examples: EXAMPLES, click: undefined, effort: LITTLE });
    const said = screen.said();
    assert.ok(right, said);
    for (const name of ["ip-router.click", "firewall.click"]) assert.ok(said.includes(`examples/${name}`));
    assert.equal([...said.matchAll(/^Linked in .* into an image of .* KB/gm)].length, 2, said);
    assert.equal([...said.matchAll(/^Forwarded the whole capture 2 times: [\d.]+ ns a packet/gm)].length, 2, said);
    assert.match(said, /^arpq0 +ARPQuerier +\d/m);
    assert.match(said, /^incoming +IPFilter +\d/m);
    assert.doesNotMatch(said, /WRONG|Click, on the same files/);
    assert.ok(!said.includes("\u001b"), "nothing that only a terminal understands");
  });

  it("says so when the real Click that it was given cannot be run", async () => {
    const screen = keepScreen(true);
    const click = path.join(directory, "nothing");
    assert.ok(!existsSync(click));
    assert.ok(await show({ screen, directory, examples: EXAMPLES, click, effort: LITTLE }));
    assert.match(screen.said(), /^Click failed: .*ENOENT/m);
  });
});
