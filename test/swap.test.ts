/** Hot swap of a running configuration, through the `hotconfig` handler, as a user does it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runClick } from "../src/bin/clickCommand.ts";
import { loadLibrary } from "../src/library/library.ts";
import { type OpenOptions, openRouter, replaceConfiguration } from "../src/router/open.ts";

const PATH = "src :: RatedSource(RATE 1000) -> c :: Counter -> q :: Queue(100) -> u :: Unqueue -> d :: Discard;";

/** Runs a configuration that swaps itself after 0.1 s of simulated time. */
async function swap(
  first: string,
  second: string,
  more = "",
): Promise<{ out: string; messages: string; status: number }> {
  const result = { out: "", messages: "", status: 0 };
  const script = `Script(wait 0.1s, writeq hotconfig '${second}', print "status $?"${more})`;
  result.status = await runClick(["--simtime", "-R", "-e", `${first}\n${script};`], {
    readStandardInput: () => Buffer.alloc(0),
    print: (text) => {
      result.out += text;
    },
    printMessage: (text) => {
      result.messages += text;
    },
  });
  return result;
}

describe("hot swap", () => {
  it("keeps the state of elements with the same name, class and arguments", async () => {
    const { out } = await swap(
      PATH,
      `${PATH} Script(wait 0.1s, print $(gt $(c.count) 150), print $(eq $(c.count) $(d.count)), stop)`,
    );
    assert.equal(out, "status 0\ntrue\ntrue\n");
  });

  it("puts new elements between old ones", async () => {
    const second = PATH.replace("-> q", "-> n :: Counter -> q");
    const { out } = await swap(
      PATH,
      `${second} Script(wait 0.1s, print $(eq $(d.count) $(c.count)), print $(lt $(n.count) 110), print $(gt $(n.count) 90), stop)`,
    );
    assert.equal(out, "status 0\ntrue\ntrue\ntrue\n");
  });

  it("hands packets to an element of the same name with other arguments", async () => {
    const first = "RatedSource(RATE 1000) -> q :: Queue(100) -> u :: Unqueue(ACTIVE false) -> d :: Discard;";
    const second = first.replace("Queue(100)", "Queue(50)");
    const { out } = await swap(first, `${second} Script(print q.capacity, print q.length, stop)`);
    assert.equal(out, "status 0\n50\n50\n");
  });

  it("leaves everything as it was when the new configuration has a fault", async () => {
    const more = `, wait 0.1s, print $(gt $(c.count) 190), stop`;
    const { out, messages, status } = await swap(
      PATH,
      "src :: RatedSource(RATE 1000) -> c :: Counter -> Queue(x) -> Discard",
      more,
    );
    assert.equal(out, "status -22\ntrue\n");
    assert.match(messages, /While configuring 'Queue@3 :: Queue':\n\s+CAPACITY: invalid number/);
    assert.equal(status, 0);
  });

  it("gives back what is gone: after ten swaps, ninety more take no memory", async () => {
    const options: OpenOptions = {
      library: loadLibrary(),
      parameters: new Map(),
      clickPath: undefined,
      simulatedStart: 0n,
      seed: 1n,
      print: () => undefined,
      printMessage: (text) => assert.fail(text),
      allowReconfigure: true,
    };
    const second =
      "s2 :: RatedSource(RATE 1000) -> q :: Queue(90) -> Null -> u2 :: Unqueue -> Counter -> d2 :: Discard; Script(wait 0.01s, stop);";
    const first = `${PATH} Script(wait 0.01s, stop);`;
    const driver = openRouter({ text: Buffer.from(first), file: "first" }, options);
    assert.ok(driver);
    let pages = 0;
    for (let swaps = 0; swaps < 100; swaps++) {
      await driver.run();
      replaceConfiguration(driver, swaps % 2 === 0 ? second : first, options);
      if (swaps === 10) pages = driver.router.world.guest.memory.buffer.byteLength;
    }
    await driver.run();
    assert.equal(driver.router.world.guest.memory.buffer.byteLength, pages);
    const kernel = (field: string): number =>
      driver.router.world.guest.view.getUint32(driver.router.kernelField(field), true);
    assert.equal(kernel("packetsFree"), kernel("packets"));
  });
});
