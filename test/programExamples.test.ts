/** Runs the examples that are programs, and the chain of `examples/chain`, as their pages say. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DENIED, fetchFrom, isAnswered } from "../src/demo/programs.ts";
import { COMMANDS, CosmosDaemon, until } from "./support/cosmosDaemon.ts";
import { whyNoNetwork } from "./support/namespaces.ts";

const EXAMPLES = fileURLToPath(new URL("../examples/", import.meta.url));
const WEB = path.join(EXAMPLES, "chain", "web.toml");
const run = promisify(execFile);

/** Names of namespaces are the whole machine's. */
const CLIENT = { name: "cosmos-client" };
const SERVER = { name: "cosmos-web" };
const exists = ({ name }: { readonly name: string }): boolean => existsSync(`/run/netns/${name}`);

function whyNoChain(): string | false {
  const why = whyNoNetwork("ping", "curl");
  if (why !== undefined) return why;
  if (whyNoNetwork("nginx") !== undefined && whyNoNetwork("python3") !== undefined)
    return "skipped: neither 'nginx' nor 'python3' is installed";
  const taken = [CLIENT, SERVER].find(exists);
  return taken === undefined ? false : `skipped: there is a network namespace '${taken.name}' already`;
}

describe("the example of a chain", { skip: whyNoChain() }, () => {
  it("puts a web server behind a firewall and a NAT", async () => {
    await using daemon = await CosmosDaemon.start();
    await daemon.cosmos("chain", "up", WEB);
    await until(async () => (await fetchFrom(SERVER, "127.0.0.1:8080")) !== undefined);
    assert.equal(await fetchFrom(CLIENT, "203.0.113.1"), "hello from behind the firewall\n");
    assert.ok(await isAnswered(CLIENT, "203.0.113.1"));
    assert.ok(await isAnswered(SERVER, "203.0.113.2"));
    const refused = await daemon.number("firewall", "refused_in.count");
    assert.equal(await fetchFrom(CLIENT, "203.0.113.1:8080", DENIED), undefined);
    assert.ok((await daemon.number("firewall", "refused_in.count")) > refused);
    assert.match(await daemon.cosmos("chain", "status", "web"), /program .*running/);
    await daemon.cosmos("chain", "down", "web");
    assert.deepEqual([CLIENT, SERVER].filter(exists), []);
    assert.deepEqual(JSON.parse(await daemon.cosmos("list", "--json")), []);
  });

  it("is gone with its daemon, too", async () => {
    {
      await using daemon = await CosmosDaemon.start();
      await daemon.cosmos("chain", "up", WEB);
      assert.deepEqual([CLIENT, SERVER].filter(exists), [CLIENT, SERVER]);
    }
    assert.deepEqual([CLIENT, SERVER].filter(exists), []);
  });
});

describe("the examples that are programs", () => {
  it("library: makes two domains, and counts their packets", async () => {
    const { stdout } = await run(process.execPath, [path.join(EXAMPLES, "library", "two-domains.ts")]);
    assert.match(stdout, /^counter\.count = 100000$/m);
    assert.match(stdout, /^source: sent 100000, received 0$/m);
    assert.match(stdout, /^sink: sent 0, received 100000$/m);
  });

  it("daemon: does what one does with cosmos, from a shell", async () => {
    const script = path.join(EXAMPLES, "daemon", "two-domains.sh");
    const { stdout, stderr } = await run("sh", [script], {
      env: { ...process.env, PATH: `${COMMANDS}:${process.env.PATH}` },
    });
    assert.match(stdout, /^ +2 +source +running/m);
    assert.match(stdout, /^counter\.count was \d+, and has not become less$/m);
    assert.match(stdout, /"name": "sink"/);
    assert.doesNotMatch(stderr, /error/i);
  });
});
