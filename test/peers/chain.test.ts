/** A chain of three domains between two hosts: a firewall, a monitor, a translator. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { translatedHosts, whyNoPeers } from "./hosts.ts";
import { configuration, vifs } from "./peers.ts";
import { PROGRAMS } from "./services.ts";
import { Stage } from "./stage.ts";
import { itCarriesTraffic } from "./traffic.ts";

const skip = whyNoPeers(...PROGRAMS);

describe("three domains, one behind the other, between two networks carry", { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open(translatedHosts);
    const { client, server } = stage.hosts;
    const links = [`packet:${client.port}`, "wire:a", "wire:b", `packet:${server.port}`];
    for (const [index, name] of ["firewall", "monitor", "nat"].entries())
      await stage.toolstack.create({ name, ...configuration(name), vifs: vifs(...links.slice(index, index + 2)) });
  });
  after(() => stage[Symbol.asyncDispose]());

  itCarriesTraffic(() => stage);

  it("all of it through the one in the middle", async () => {
    for (const direction of ["forth", "back"])
      for (const kind of ["tcp", "udp", "icmp", "link"])
        assert.ok(Number(await stage.toolstack.readHandler("monitor", `${direction}/${kind}.count`)) > 0);
  });
});
