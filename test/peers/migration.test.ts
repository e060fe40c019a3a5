/** A translator that moves between two daemons, and into a file and back, while connections pass through it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { Daemon } from "./daemon.ts";
import { translatedHosts, whyNoPeers } from "./hosts.ts";
import { middlebox, Peers } from "./peers.ts";
import { type Conversation, PROGRAMS } from "./services.ts";

const skip = whyNoPeers(...PROGRAMS);

describe("a translator with connections", { skip }, () => {
  let peers: Peers;
  let here: Daemon;
  let there: Daemon;
  let conversation: Conversation;
  const resources = new AsyncDisposableStack();

  before(async () => {
    peers = resources.use(await Peers.open(translatedHosts));
    const startDaemon = async (): Promise<Daemon> => {
      const folder = resources.adopt(mkdtempSync(path.join(tmpdir(), "cosmos-peers-")), (name) =>
        rmSync(name, { recursive: true }),
      );
      return resources.use(await Daemon.start(folder));
    };
    [here, there] = await Promise.all([startDaemon(), startDaemon()]);
    await here.client.create(middlebox("nat", peers.hosts));
    conversation = await peers.services.converse(peers.hosts.client);
    await conversation.goOn();
  });
  after(() => resources.disposeAsync());

  it("is saved, destroyed, and restored: the connections go on", async () => {
    const { client } = here;
    const flows = await client.readHandler("nat", "rw.table_size");
    const file = await client.save("nat");
    await client.destroy("nat");
    await client.restore(file);
    assert.equal(await client.readHandler("nat", "rw.table_size"), flows);
    await conversation.goOn();
  });

  it("migrates to another daemon and back under a stream: the connections go on", async () => {
    const stream = peers.services.startStream(peers.hosts.client, 3);
    await here.client.migrate("nat", { url: there.url });
    assert.deepEqual(await here.client.list(), []);
    await conversation.goOn();
    await there.client.migrate("nat", { url: here.url });
    assert.deepEqual(await there.client.list(), []);
    await conversation.goOn();
    await stream.succeed();
  });
});
