/** Hosts of one network that find each other through the switch, and through domains that change no packet. */
import assert from "node:assert/strict";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { neighbours, replaceInterface, whyNoPeers } from "./hosts.ts";
import { configuration, middlebox, vifs } from "./peers.ts";
import { PROGRAMS } from "./services.ts";
import { Stage } from "./stage.ts";
import { exchange, itCarriesTraffic } from "./traffic.ts";

const skip = whyNoPeers(...PROGRAMS);

describe("a wire between two hosts carries", { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open(neighbours);
    await stage.toolstack.create(middlebox("wire", stage.hosts));
  });
  after(() => stage[Symbol.asyncDispose]());

  itCarriesTraffic(() => stage);
});

describe("a switch between two hosts carries", { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open(neighbours);
    const { client, server } = stage.hosts;
    await stage.toolstack.defineNetwork({
      name: "lan",
      devices: [{ device: `packet:${client.port}` }, { device: `packet:${server.port}` }],
    });
  });
  after(() => stage[Symbol.asyncDispose]());

  itCarriesTraffic(() => stage);

  it("what it learned: which host is where", async () => {
    const { toolstack, hosts } = stage;
    const [network] = await toolstack.networks();
    const learned = new Map(network?.addresses.map(({ mac, port }) => [mac, port]));
    for (const { namespace, port } of [hosts.client, hosts.server]) {
      const mac = namespace.run("cat", "/sys/class/net/eth0/address").trim();
      assert.equal(learned.get(mac), `packet:${port}`);
    }
  });
});

describe("a wire between a TAP and an AF_XDP socket carries", { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open(neighbours);
    const { client, server } = stage.hosts;
    const tap = `tap${process.pid}`;
    const attachments = [`tap:${tap}`, `xdp:${server.port}`];
    await stage.toolstack.create({ name: "wire", ...configuration("wire"), vifs: vifs(...attachments) });
    replaceInterface(client, tap);
  });
  after(() => stage[Symbol.asyncDispose]());

  it("pings", () => stage.services.ping(stage.hosts.client));

  it("pages, and streams of TCP and UDP", () => exchange(stage));
});
