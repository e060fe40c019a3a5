import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import fastify from "fastify";
import { sendEvents } from "./eventStream.ts";

describe("a stream of events", () => {
  const server = fastify();
  after(() => server.close());

  it("shows every 15 seconds that it is alive, while nothing happens", async (context) => {
    context.mock.timers.enable({ apis: ["setInterval"] });
    const closing = new AbortController();
    server.get("/", (_request, reply) =>
      sendEvents(reply, closing.signal, async function* (signal) {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      }),
    );
    const answer = await fetch(await server.listen({ host: "127.0.0.1", port: 0 }));
    assert.equal(answer.headers.get("content-type"), "text/event-stream");
    const reader = answer.body!.getReader();
    for (let time = 15; time <= 45; time += 15) {
      context.mock.timers.tick(15_000);
      assert.equal(Buffer.from((await reader.read()).value!).toString(), ":\n\n");
    }
    closing.abort();
    await assert.rejects(reader.read());
  });
});
