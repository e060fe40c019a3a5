/** What a domain's guest tells and is told: handlers, console, packets, and its whole state. */
import { Type } from "typebox";
import { DomainInformation, HandlerInformation } from "../domain/information.ts";
import type { Toolstack } from "../domain/toolstack.ts";
import { sendBytes, sendEvents } from "./eventStream.ts";
import * as requests from "./requests.ts";
import { BYTES_AS_TEXT, binary, json, NOTHING, operation, type Router, text } from "./router.ts";

/** As registered with IANA for libpcap files. */
const PCAP_TYPE = "application/vnd.tcpdump.pcap";
const params = requests.DomainParameters;

/** Routes whose bodies are JSON, or that have none. @param closing  aborts when streams shall end */
export function addGuestRoutes(router: Router, toolstack: Toolstack, closing: AbortSignal): void {
  router.get(
    "/v1/domains/:domain/handlers",
    operation("listHandlers", "all handlers of a domain", json(Type.Array(HandlerInformation)), { params }),
    ({ params: { domain } }) => toolstack.handlers(domain),
  );
  router.get(
    "/v1/domains/:domain/handlers/:handler",
    operation("readHandler", "call a read handler", text("text/plain", "one character a byte"), {
      params: requests.HandlerParameters,
    }),
    async ({ params: { domain, handler } }, reply) =>
      reply.type(BYTES_AS_TEXT).send(Buffer.from(await toolstack.readHandler(domain, handler), "latin1")),
  );
  router.get(
    "/v1/domains/:domain/console",
    operation("getConsole", "what the guest has said", text("text/plain", "one character a byte"), { params }),
    async ({ params: { domain } }, reply) =>
      reply.type(BYTES_AS_TEXT).send(Buffer.from(await toolstack.console(domain), "latin1")),
  );
  router.get(
    "/v1/domains/:domain/save",
    operation("saveDomain", "a file that restoreDomain takes", binary("application/octet-stream", "the file"), {
      params,
    }),
    async ({ params: { domain } }, reply) => {
      const { buffer, byteOffset, byteLength } = await toolstack.save(domain);
      return reply.type("application/octet-stream").send(Buffer.from(buffer, byteOffset, byteLength));
    },
  );
  addStreams(router, toolstack, closing);
}

function addStreams(router: Router, toolstack: Toolstack, closing: AbortSignal): void {
  router.get(
    "/v1/domains/:domain/console/follow",
    operation(
      "followConsole",
      "what the guest says from now on",
      text("text/event-stream", "each event a JSON string, one character a byte"),
      { params },
    ),
    ({ params: { domain } }, reply) =>
      sendEvents(reply, closing, async function* (signal) {
        for await (const data of toolstack.followConsole(domain, signal)) yield { data };
      }),
  );
  router.post(
    "/v1/domains/:domain/trace",
    operation(
      "traceDomain",
      "follow packets from element to element",
      text("text/event-stream", "each event a TraceStep"),
      { params, body: requests.TraceBody },
    ),
    ({ params: { domain }, body }, reply) =>
      sendEvents(reply, closing, async function* (signal) {
        for await (const data of toolstack.trace(domain, body, signal)) yield { data };
      }),
  );
  router.post(
    "/v1/domains/:domain/capture",
    operation(
      "captureDomain",
      "copy the packets that leave an element, or pass an interface",
      binary(PCAP_TYPE, "a pcap file"),
      { params, body: requests.CaptureBody },
    ),
    ({ params: { domain }, body }, reply) => {
      const request = requests.captureRequest(body);
      return sendBytes(reply, closing, PCAP_TYPE, (signal) => toolstack.capture(domain, request, signal));
    },
  );
}

/** The route whose body is text. */
export function addHandlerWrite(router: Router, toolstack: Toolstack): void {
  router.put(
    "/v1/domains/:domain/handlers/:handler",
    operation("writeHandler", "call a write handler", NOTHING, {
      params: requests.HandlerParameters,
      consumes: ["text/plain"],
      body: Type.String({ description: "the value, one character a byte" }),
    }),
    async ({ params: { domain, handler }, body }, reply) => {
      await toolstack.writeHandler(domain, handler, body);
      return reply.code(204).send();
    },
  );
}

/** The route whose body is bytes. */
export function addRestore(router: Router, toolstack: Toolstack): void {
  router.post(
    "/v1/restore",
    operation("restoreDomain", "bring a saved domain back", json(DomainInformation, 201), {
      consumes: ["application/octet-stream"],
      querystring: requests.RestoreQuery,
      body: Type.Unsafe<Buffer>({ type: "string", format: "binary", description: "a file that saveDomain gave" }),
    }),
    async ({ body, query }, reply) => reply.code(201).send(await toolstack.restore(body, query)),
  );
}
