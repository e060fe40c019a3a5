/** Domains that change while streams pass through them: swapped for other configurations, and crashed. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { until } from "../../src/api/until.fixture.ts";
import type { DomainEvent } from "../../src/domain/information.ts";
import { neighbours, translatedHosts, whyNoPeers } from "./hosts.ts";
import { configuration, middlebox } from "./peers.ts";
import { type Conversation, PROGRAMS } from "./services.ts";
import { Stage } from "./stage.ts";

const skip = whyNoPeers(...PROGRAMS);

/** Packets of a stream that is under way. */
const MANY = 1000;

describe("a translator that is swapped under a stream", { skip }, () => {
  let stage: Stage;
  let conversation: Conversation;
  before(async () => {
    stage = await Stage.open(translatedHosts);
    await stage.toolstack.create(middlebox("nat", stage.hosts));
    conversation = await stage.services.converse(stage.hosts.client);
  });
  after(() => stage[Symbol.asyncDispose]());

  it("keeps every connection", async () => {
    const { toolstack, services, hosts } = stage;
    const read = async (handler: string) => Number(await toolstack.readHandler("nat", handler));
    const stream = services.startStream(hosts.client, 3);
    const { config, configFile } = configuration("nat");
    const text = config.replace("leave :: DecIPTTL", "leave :: DecIPTTL -> left :: Counter");
    for (const flows of [1000, 500, 2000]) {
      await toolstack.swap("nat", { text: config, file: configFile, parameters: { FLOWS: String(flows) } });
      assert.equal(await read("rw.capacity"), flows);
      await conversation.goOn();
      await toolstack.swap("nat", { text, file: configFile, parameters: { FLOWS: String(flows) } });
      await until(async () => (await read("left.count")) > MANY);
    }
    await stream.succeed();
    await conversation.goOn();
  });
});

describe("a domain that crashes under a stream, and is to be restarted", { skip }, () => {
  let stage: Stage;
  let conversation: Conversation;
  before(async () => {
    stage = await Stage.open(neighbours);
    await stage.toolstack.create({ ...middlebox("loop", stage.hosts), on_crash: "restart" });
    conversation = await stage.services.converse(stage.hosts.client);
  });
  after(() => stage[Symbol.asyncDispose]());

  it("boots again, whatever code it ran, and the stream goes on", async () => {
    const { toolstack, services, hosts } = stage;
    const carriesMany = async () => Number(await toolstack.readHandler("loop", "forth.count")) > MANY;
    const reasons = async (what: DomainEvent["event"]) =>
      (await toolstack.recentEvents()).filter(({ event }) => event === what).map(({ reason }) => reason);
    const stream = services.startStream(hosts.client, 3);
    for (const [crashes, tier] of ["dispatch", "linked"].entries()) {
      await until(carriesMany);
      if (tier === "linked") await until(async () => (await toolstack.information("loop")).tier === tier);
      await toolstack.writeHandler("loop", "turn.switch", "1");
      await until(async () => (await reasons("restarted")).length > crashes);
    }
    await until(carriesMany);
    await conversation.goOn();
    await stream.succeed();
    for (const reason of await reasons("crashed")) assert.match(reason, /^Maximum call stack size exceeded/);
    assert.equal((await toolstack.information("loop")).restarts, 2);
  });
});
