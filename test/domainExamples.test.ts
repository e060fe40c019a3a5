/** Makes the domains of `examples/domains` as their pages say, each between two namespaces with ordinary programs in them. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { DENIED, fetchFrom, isAnswered, pingOnce } from "../src/demo/programs.ts";
import { CosmosDaemon, until } from "./support/cosmosDaemon.ts";
import { type Namespace, Network, whyNoNetwork } from "./support/namespaces.ts";

const EXAMPLES = fileURLToPath(new URL("../examples/domains/", import.meta.url));
const skip = whyNoNetwork("ping", "curl") ?? false;

/** Says, on ports 80 and 8080, on which address it was asked, and from which. */
const SERVER = `
  for (const port of [80, 8080])
    require("node:http")
      .createServer(({ socket }, response) => response.end(socket.localAddress + " asked by " + socket.remoteAddress))
      .listen(port, "0.0.0.0");`;

/** What is on the switches `outside` and `inside`. */
interface Sides {
  readonly client: Namespace;
  readonly server: Namespace;
}

describe("the examples of domains", { skip }, () => {
  let daemon: CosmosDaemon;
  const started = new AsyncDisposableStack();
  before(async () => {
    daemon = started.use(await CosmosDaemon.start());
  });
  after(() => started.disposeAsync());

  /** Makes an example's domain between a client, 203.0.113.2, and a server, and tries it. */
  async function between(
    domain: string,
    server: { readonly addresses: readonly string[]; readonly gateway?: string },
    test: (sides: Sides) => Promise<void>,
  ): Promise<void> {
    using network = new Network();
    await using undo = new AsyncDisposableStack();
    const sides = { client: network.add("client"), server: network.add("server") };
    const outside = sides.client.link({ addresses: ["203.0.113.2/24"] });
    const inside = sides.server.link({ addresses: server.addresses });
    sides.client.run("ip", "route", "add", "default", "via", "203.0.113.1");
    if (server.gateway !== undefined) sides.server.run("ip", "route", "add", "default", "via", server.gateway);
    for (const side of [sides.client, sides.server]) side.start(process.execPath, ["-e", SERVER]);
    for (const [name, device] of Object.entries({ outside, inside })) {
      await daemon.cosmos("network", "define", name, "--device", `packet:${device}`);
      undo.defer(async () => {
        await daemon.cosmos("network", "remove", name);
      });
    }
    await daemon.cosmos("create", path.join(EXAMPLES, `${domain}.toml`));
    undo.defer(async () => {
      await daemon.cosmos("destroy", domain);
    });
    for (const side of [sides.client, sides.server])
      await until(async () => (await fetchFrom(side, "127.0.0.1")) !== undefined);
    await test(sides);
  }

  it("are all tested", () =>
    assert.deepEqual(
      readdirSync(EXAMPLES)
        .filter((name) => name.endsWith(".toml"))
        .toSorted(),
      ["firewall.toml", "load-balancer.toml", "nat.toml", "router.toml"],
    ));

  it("firewall: lets services and pings pass, and refuses the rest", () =>
    between("firewall", { addresses: ["203.0.113.1/24"] }, async ({ client, server }) => {
      assert.ok(await isAnswered(client, "203.0.113.1"));
      assert.ok(await isAnswered(server, "203.0.113.2"));
      assert.equal(await fetchFrom(client, "203.0.113.1"), "203.0.113.1 asked by 203.0.113.2");
      const refused = await daemon.number("firewall", "refused_in.count");
      assert.equal(await fetchFrom(client, "203.0.113.1:8080", DENIED), undefined);
      assert.ok((await daemon.number("firewall", "refused_in.count")) > refused);
    }));

  it("nat: hides the server's address, and leads one service to it", () =>
    between("nat", { addresses: ["10.0.0.2/24"], gateway: "10.0.0.1" }, async ({ client, server }) => {
      assert.equal(await fetchFrom(client, "203.0.113.1"), "10.0.0.2 asked by 203.0.113.2");
      assert.equal(await fetchFrom(server, "203.0.113.2:8080"), "203.0.113.2 asked by 203.0.113.1");
      assert.match(await daemon.cosmos("read", "nat", "ports.tcp_table"), /10\.0\.0\.2, \d+, 203\.0\.113\.2, 8080/);
      assert.ok(await isAnswered(client, "203.0.113.1"), "pings lead to the server, too");
      assert.ok(await isAnswered(server, "203.0.113.2"), "and the server's to the outside");
      assert.ok(await isAnswered(server, "10.0.0.1"), "the NAT answers for itself");
      assert.equal(await fetchFrom(client, "203.0.113.1:8080", DENIED), undefined, "no other port leads inside");
      assert.ok(!(await isAnswered(client, "10.0.0.2", DENIED)), "nor does the inner address");
    }));

  it("router: forwards between two networks, finds neighbours by ARP, and says what is wrong", () =>
    between("router", { addresses: ["10.0.0.2/24"], gateway: "10.0.0.1" }, async ({ client, server }) => {
      assert.equal(await fetchFrom(client, "10.0.0.2:8080"), "10.0.0.2 asked by 203.0.113.2");
      assert.equal(await fetchFrom(server, "203.0.113.2"), "203.0.113.2 asked by 10.0.0.2");
      for (const own of ["203.0.113.1", "10.0.0.1"]) assert.ok(await isAnswered(client, own));
      assert.match(await daemon.cosmos("read", "router", "outside/arp.table"), /^203\.0\.113\.2 /m);
      assert.match(await pingOnce(client, "-t", "1", "10.0.0.2"), /Time to live exceeded/);
      assert.match(await pingOnce(client, "192.0.2.77"), /Destination Net Unreachable/);
    }));

  it("load-balancer: spreads connections over its servers", () =>
    between(
      "load-balancer",
      { addresses: ["10.0.0.101/24", "10.0.0.102/24"], gateway: "10.0.0.1" },
      async ({ client }) => {
        const answers: (string | undefined)[] = [];
        for (let connection = 0; connection < 4; connection++) answers.push(await fetchFrom(client, "203.0.113.80"));
        const servers = ["10.0.0.101", "10.0.0.101", "10.0.0.102", "10.0.0.102"];
        assert.deepEqual(
          answers.toSorted(),
          servers.map((server) => `${server} asked by 203.0.113.2`),
        );
        for (const server of ["server1", "server2"])
          assert.ok((await daemon.number("load-balancer", `${server}.count`)) > 0);
      },
    ));
});
