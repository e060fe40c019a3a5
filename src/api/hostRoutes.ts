/** What is not of one domain: networks, chains, statistics, events. */
import { setTimeout as delay } from "node:timers/promises";
import { Type } from "typebox";
import { ChainDescription, ChainInformation } from "../domain/chain.ts";
import { NetworkDescription } from "../domain/description.ts";
import { DomainEvent, DomainStatistics, NetworkInformation } from "../domain/information.ts";
import type { Toolstack } from "../domain/toolstack.ts";
import { type ServerSentEvent, sendEvents } from "./eventStream.ts";
import * as requests from "./requests.ts";
import { json, NOTHING, operation, type Router, text } from "./router.ts";

/** @param closing  aborts when streams shall end */
export function addHostRoutes(router: Router, toolstack: Toolstack, closing: AbortSignal): void {
  addNetworks(router, toolstack);
  addChains(router, toolstack);
  addStatistics(router, toolstack, closing);
  addEvents(router, toolstack, closing);
}

function addEvents(router: Router, toolstack: Toolstack, closing: AbortSignal): void {
  router.get(
    "/v1/events/recent",
    operation("listEvents", "the newest events, oldest first", json(Type.Array(DomainEvent)), {}),
    () => toolstack.recentEvents(),
  );
  router.get(
    "/v1/events",
    operation(
      "followEvents",
      "the newest events, then those to come",
      text("text/event-stream", "each event a DomainEvent, with its sequence number as identifier"),
      { headers: requests.EventHeaders },
    ),
    ({ headers }, reply) => {
      const last = headers["last-event-id"];
      return sendEvents(reply, closing, async function* (signal) {
        const events = toolstack.events(signal, last === undefined ? undefined : Number(last));
        for await (const data of events) yield { id: data.sequence, data };
      });
    },
  );
}

function addNetworks(router: Router, toolstack: Toolstack): void {
  router.get(
    "/v1/networks",
    operation("listNetworks", "all switches and wires", json(Type.Array(NetworkInformation)), {}),
    () => toolstack.networks(),
  );
  router.post(
    "/v1/networks",
    operation("defineNetwork", "make a switch, or change one", json(NetworkInformation), { body: NetworkDescription }),
    ({ body }) => toolstack.defineNetwork(body),
  );
  router.delete(
    "/v1/networks/:network",
    operation("removeNetwork", "remove a switch", NOTHING, { params: requests.NetworkParameters }),
    async ({ params: { network } }, reply) => {
      await toolstack.removeNetwork(network);
      return reply.code(204).send();
    },
  );
}

function addChains(router: Router, toolstack: Toolstack): void {
  router.get("/v1/chains", operation("listChains", "all chains", json(Type.Array(ChainInformation)), {}), () =>
    toolstack.chains(),
  );
  router.post(
    "/v1/chains",
    operation("chainUp", "create all that a chain consists of, or nothing", json(ChainInformation, 201), {
      body: ChainDescription,
    }),
    async ({ body }, reply) => reply.code(201).send(await toolstack.chainUp(body)),
  );
  router.delete(
    "/v1/chains/:chain",
    operation("chainDown", "destroy all that a chain consists of", NOTHING, { params: requests.ChainParameters }),
    async ({ params: { chain } }, reply) => {
      await toolstack.chainDown(chain);
      return reply.code(204).send();
    },
  );
}

function addStatistics(router: Router, toolstack: Toolstack, closing: AbortSignal): void {
  router.get(
    "/v1/statistics",
    operation("getStatistics", "counters of all domains", json(Type.Array(DomainStatistics)), {}),
    () => toolstack.statistics(),
  );
  router.get(
    "/v1/statistics/follow",
    operation(
      "followStatistics",
      "counters of all domains, again and again",
      text("text/event-stream", "each event an array of DomainStatistics"),
      { querystring: requests.FollowQuery },
    ),
    ({ query }, reply) => sendEvents(reply, closing, (signal) => sample(toolstack, query.interval ?? 1, signal)),
  );
}

/** @param interval  seconds */
async function* sample(
  toolstack: Toolstack,
  interval: number,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent, void> {
  while (!signal.aborted) {
    yield { data: await toolstack.statistics() };
    await delay(interval * 1000, undefined, { signal });
  }
}
