/** Hosts of two networks that reach each other through a router, and through a network address translator. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { routedHosts, translatedHosts, whyNoPeers } from "./hosts.ts";
import { middlebox } from "./peers.ts";
import { Program } from "./program.ts";
import { PROGRAMS } from "./services.ts";
import { Stage } from "./stage.ts";
import { itCarriesTraffic } from "./traffic.ts";

const skip = whyNoPeers(...PROGRAMS);

describe("a router between two networks carries", { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open(routedHosts);
    await stage.toolstack.create(middlebox("router", stage.hosts));
  });
  after(() => stage[Symbol.asyncDispose]());

  itCarriesTraffic(() => stage);

  it("itself an answer to pings, on both of its addresses", async () => {
    for (const address of ["10.0.0.1", "192.0.2.1"])
      await new Program(stage.hosts.client.namespace, "ping", "-n", "-c1", "-W5", address).succeed();
  });

  it("errors of ICMP: time exceeded, no such network", async () => {
    const { namespace } = stage.hosts.client;
    const expired = new Program(namespace, "ping", "-n", "-c1", "-t1", "192.0.2.10");
    await expired.said(/From 10\.0\.0\.1 icmp_seq=1 Time to live exceeded/);
    const nowhere = new Program(namespace, "ping", "-n", "-c1", "203.0.113.1");
    await nowhere.said(/From 10\.0\.0\.1 icmp_seq=1 Destination Net Unreachable/);
  });

  it("frames with the router's own addresses, which both hosts learned by ARP", () => {
    const { client, server } = stage.hosts;
    assert.match(client.namespace.run("ip", "neigh", "show", "10.0.0.1"), /lladdr 02:00:00:00:00:01 /);
    assert.match(server.namespace.run("ip", "neigh", "show", "192.0.2.1"), /lladdr 02:00:00:00:00:02 /);
  });
});

describe("a translator between two networks carries", { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open(translatedHosts);
    await stage.toolstack.create(middlebox("nat", stage.hosts));
  });
  after(() => stage[Symbol.asyncDispose]());

  itCarriesTraffic(() => stage);

  it("requests from its own address, and no other", async () => {
    const { services } = stage;
    await services.fetch(stage.hosts.client);
    const askers = new Set(services.web.errors.match(/^\S+(?= - - )/gm));
    assert.deepEqual([...askers], ["192.0.2.1"]);
  });

  it("nothing to the clients that they did not ask for", async () => {
    const { client, server } = stage.hosts;
    const ping = new Program(server.namespace, "ping", "-n", "-c1", "-W1", "192.0.2.1");
    assert.equal(await ping.ended, 1, ping.output);
    assert.equal(client.namespace.run("ip", "neigh", "show", "192.0.2.10"), "");
  });
});
