/** A firewall between two hosts: what it allows passes, what it refuses does not, and is counted. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { neighbours, whyNoPeers } from "./hosts.ts";
import { middlebox } from "./peers.ts";
import { Program } from "./program.ts";
import { PROGRAMS } from "./services.ts";
import { Stage } from "./stage.ts";
import { itCarriesTraffic } from "./traffic.ts";

const skip = whyNoPeers(...PROGRAMS);
/** curl(1): the time ran out. */
const CURL_TIMED_OUT = 28;

describe("a firewall between two hosts carries", { skip }, () => {
  let stage: Stage;
  const count = async (counter: string) => Number(await stage.toolstack.readHandler("firewall", `${counter}.count`));

  before(async () => {
    stage = await Stage.open(neighbours);
    await stage.toolstack.create(middlebox("firewall", stage.hosts));
  });
  after(() => stage[Symbol.asyncDispose]());

  itCarriesTraffic(() => stage);

  it("nothing else so far that it would have refused", async () => {
    assert.equal(await count("refused_question"), 0);
    assert.equal(await count("refused_answer"), 0);
  });

  it("no connection to a port that is not open", async () => {
    assert.equal(await stage.services.fetchForbidden(stage.hosts.client), CURL_TIMED_OUT);
    assert.ok((await count("refused_question")) > 0);
    assert.equal(stage.services.admin.errors, "");
  });

  it("no ping from the servers", async () => {
    const { client, server } = stage.hosts;
    const ping = new Program(server.namespace, "ping", "-n", "-c1", "-W1", client.address);
    assert.equal(await ping.ended, 1, ping.output);
    assert.equal(await count("refused_answer"), 1);
  });

  it("what other rules allow, once it is swapped for them", async () => {
    const { toolstack, services, hosts } = stage;
    const { config = "" } = (await toolstack.information("firewall")).description;
    await toolstack.swap("firewall", { text: config.replaceAll("80 or 5201", "80 or 8080 or 5201") });
    assert.equal(await services.fetchForbidden(hosts.client), 0);
    assert.ok((await count("refused_question")) > 0);
  });
});
