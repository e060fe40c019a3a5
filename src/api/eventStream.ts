/** Answers that go on: server-sent events (WHATWG HTML, section 9.2) and streams of bytes. A reader that is too slow is cut off, or slows its source down. */
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyReply } from "fastify";
import { describeFault } from "./fault.ts";

/** Milliseconds between comments by which both sides see that the other is still there; proxies give up after 30 to 60 s of silence. */
const HEARTBEAT_INTERVAL = 15_000;

/** Bytes that a reader may be behind. */
const UNREAD_LIMIT = 1 << 20;

/** Milliseconds within which a stream's fault (no such domain, a filter that is wrong) becomes the answer's status; later faults are told as an event. */
const OPENING_TIME = 250;

/** @returns the items of the answer, until the signal aborts */
export type Source<Item> = (signal: AbortSignal) => AsyncIterable<Item>;

export interface ServerSentEvent {
  /** What a reader that comes back sends as `Last-Event-ID`. */
  readonly id?: number;
  readonly data: unknown;
}

/**
 * Sends the events of a source until it ends, or the reader goes, or the server closes. A fault on the way is sent as an event named `fault`.
 *
 * @throws what the source throws before its first event
 */
export async function sendEvents(
  reply: FastifyReply,
  closing: AbortSignal,
  source: Source<ServerSentEvent>,
): Promise<void> {
  const signal = AbortSignal.any([closed(reply), closing]);
  const events = source(signal)[Symbol.asyncIterator]();
  const first = events.next();
  await Promise.race([first, delay(OPENING_TIME)]);

  reply.hijack();
  reply.raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  reply.raw.flushHeaders();
  const heartbeat = setInterval(write, HEARTBEAT_INTERVAL, reply, ":\n\n");
  try {
    for (let step = await first; !step.done; step = await events.next()) write(reply, format(step.value));
  } catch (error) {
    if (!signal.aborted) tellFault(reply, error);
  } finally {
    clearInterval(heartbeat);
    // A stream that the server breaks off must not look as if it were complete.
    if (closing.aborted) reply.raw.destroy();
    else reply.raw.end();
  }
}

/**
 * Sends bytes as they come; a slow reader slows the source down.
 *
 * @throws what the source throws before its first bytes
 */
export async function sendBytes(
  reply: FastifyReply,
  closing: AbortSignal,
  type: string,
  source: Source<Uint8Array>,
): Promise<FastifyReply> {
  const bytes = source(AbortSignal.any([closed(reply), closing]))[Symbol.asyncIterator]();
  const first = await bytes.next();
  return reply.type(type).send(Readable.from(resume(first, bytes), { objectMode: false }));
}

async function* resume(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  for (let step = first; !step.done; step = await rest.next()) yield step.value;
}

function tellFault(reply: FastifyReply, error: unknown): void {
  reply.log.info({ err: error }, "a stream ended by a fault");
  write(reply, `event: fault\n${format({ data: describeFault(error).fault })}`);
}

/** A signal that aborts when the connection is gone. */
function closed(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return gone.signal;
}

/** JSON has no line ends of its own, so the data is one line. */
function format(event: ServerSentEvent): string {
  const id = event.id === undefined ? "" : `id: ${event.id}\n`;
  return `${id}data: ${JSON.stringify(event.data)}\n\n`;
}

function write(reply: FastifyReply, text: string): void {
  if (reply.raw.writableLength <= UNREAD_LIMIT) {
    reply.raw.write(text);
    return;
  }
  reply.log.warn({ unread: reply.raw.writableLength }, "cut off a reader that is too slow");
  reply.raw.destroy();
}
