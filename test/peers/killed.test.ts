/** A daemon that is killed while it is at work, and started again. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { neighbours, whyNoPeers } from "./hosts.ts";
import { killUnderLoad } from "./killUnderLoad.ts";
import { Peers } from "./peers.ts";
import { type Conversation, PROGRAMS } from "./services.ts";

const skip = whyNoPeers(...PROGRAMS);
const ROUNDS = 3;

describe("kill -9 of the daemon under load", { skip }, () => {
  it("loses no domain, leaves none half created, and connections go on when it is back", async () => {
    using peers = await Peers.open(neighbours);
    let conversation: Conversation | undefined;
    const afterRound = async (): Promise<void> => {
      conversation ??= await peers.services.converse(peers.hosts.client);
      await conversation.goOn();
    };
    assert.deepEqual(await killUnderLoad(peers, ROUNDS, afterRound), []);
  });
});
