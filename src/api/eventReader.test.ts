import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type ReceivedEvent, readEvents } from "./eventReader.ts";

async function* pieces(text: string, cuts: readonly number[]): AsyncGenerator<string, void> {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  for (const [index, place] of places.slice(1).entries()) yield text.slice(places[index], place);
}

async function read(text: string, cuts: readonly number[] = []): Promise<ReceivedEvent[]> {
  const events: ReceivedEvent[] = [];
  for await (const event of readEvents(pieces(text, cuts))) events.push(event);
  return events;
}

describe("server-sent events", () => {
  it("come out as they went in, wherever the stream is cut", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.json()), fc.array(fc.nat()), async (data, cuts) => {
        const text = data.map((one, index) => `:\n\nid: ${index}\ndata: ${one}\n\n`).join("");
        assert.deepEqual(
          await read(text, cuts),
          data.map((one) => ({ name: "message", data: one })),
        );
      }),
    ));

  it("may have names, several lines of data, and no space behind the colon", async () => {
    assert.deepEqual(await read("event: fault\ndata:a\ndata: b\n\n"), [{ name: "fault", data: "a\nb" }]);
  });

  it("are not told before they end", async () => {
    assert.deepEqual(await read("data: a\n\ndata: b\n"), [{ name: "message", data: "a" }]);
  });
});
