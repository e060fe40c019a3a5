/** The API over any toolstack: a Fastify server with all routes, ready to listen or to be asked in the process. */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import fastify, { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from "fastify";
import type { Static } from "typebox";
import { jsonFaultLine } from "../domain/places.ts";
import { type Toolstack, ToolstackError } from "../domain/toolstack.ts";
import { addDomainRoutes } from "./domainRoutes.ts";
import { answerFault, type FaultAnswer, RequestError } from "./fault.ts";
import { addGuestRoutes, addHandlerWrite, addRestore } from "./guestRoutes.ts";
import { addHostRoutes } from "./hostRoutes.ts";
import { METRICS_TYPE, writeMetrics } from "./metrics.ts";
import { collectRoutes, openApiDocument } from "./openapi.ts";
import { Health } from "./requests.ts";
import { json, operation, type Router, text } from "./router.ts";
import { compileSchema } from "./validation.ts";

/** Bytes of a JSON or text body: room for configurations with tens of thousands of rules. */
const BODY_LIMIT = 16 << 20;

/** Bytes of a saved domain: 4096 MiB of memory, which is the most that a description may ask for, and what stands around it. */
const RESTORE_LIMIT = 4097 * (1 << 20);

/** Milliseconds within which a request must have come in as a whole; Node's default. */
const REQUEST_TIMEOUT = 300_000;

export interface ServerOptions {
  /** What every request must carry as `Authorization: Bearer`; absent = whoever can connect may do everything. */
  readonly token?: string | undefined;
  /** PEM texts; absent = plain HTTP. */
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined;
  readonly logger?: FastifyBaseLogger | undefined;
}

/** @returns a server with all routes that does not listen yet. @throws ToolstackError INVALID for a certificate or key that is none */
export async function buildServer(toolstack: Toolstack, options: ServerOptions = {}): Promise<Router> {
  const server: Router = fastify({
    ...(options.logger && { loggerInstance: options.logger }),
    serverFactory: (listener) => createHttpServer(listener, options.tls),
    bodyLimit: BODY_LIMIT,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerFault,
    // Node bounds the whole header; a part of a path may be as long.
    routerOptions: { maxParamLength: 16 << 10 },
  });
  server.setValidatorCompiler(compileSchema);
  server.setSerializerCompiler(() => JSON.stringify);
  server.setErrorHandler(answerFault);
  server.setNotFoundHandler(answerUnknownPath);
  server.addHook("onResponse", logRequest);
  if (options.token !== undefined) server.addHook("onRequest", requireToken(options.token));
  collectRoutes(server);
  addScopes(server, toolstack);
  await server.ready();
  return server;
}

/** Routes by what their bodies are, so that each refuses other types of content. */
function addScopes(server: Router, toolstack: Toolstack): void {
  const closing = new AbortController();
  server.addHook("preClose", async () => closing.abort());
  server.register(async (scope: Router) => {
    acceptJson(scope);
    addDomainRoutes(scope, toolstack);
    addGuestRoutes(scope, toolstack, closing.signal);
    addHostRoutes(scope, toolstack, closing.signal);
    addServiceRoutes(scope, toolstack);
  });
  server.register(async (scope: Router) => {
    acceptBytes(scope, "text/plain", BODY_LIMIT, (body) => body.toString("latin1"));
    addHandlerWrite(scope, toolstack);
  });
  server.register(async (scope: Router) => {
    acceptBytes(scope, "application/octet-stream", RESTORE_LIMIT, (body) => body);
    addRestore(scope, toolstack);
  });
}

function addServiceRoutes(router: Router, toolstack: Toolstack): void {
  const healthy: Static<typeof Health> = { status: "ok" };
  router.get("/health", operation("getHealth", "whether the daemon answers", json(Health), {}), () => healthy);
  router.get(
    "/metrics",
    operation("getMetrics", "all counters", text("text/plain", "Prometheus text format"), {}),
    async (_request, reply) => reply.type(METRICS_TYPE).send(await writeMetrics(toolstack)),
  );
  router.get("/v1/openapi.json", { schema: { hide: true } }, () => openApiDocument(router));
}

/** Refuses all other types of bodies. */
function accept(scope: Router, type: string): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", async ({ headers }: FastifyRequest) => {
    throw new RequestError(415, `body: expected ${type}, got ${headers["content-type"] ?? "no Content-Type"}`);
  });
}

/** Some clients say that their empty bodies are JSON. */
function acceptJson(scope: Router): void {
  const parse = scope.getDefaultJsonParser("error", "error");
  accept(scope, "application/json");
  scope.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    const text = body.toString();
    if (text === "") return done(null, undefined);
    return parse(request, text, (error, value) => done(error && jsonFault(text), value));
  });
}

/** Text that is JSON after all has members named `__proto__` or `constructor`, with which JavaScript programs are attacked. */
function jsonFault(text: string): ToolstackError {
  try {
    JSON.parse(text);
  } catch (error) {
    return new ToolstackError(
      "INVALID",
      `body:${jsonFaultLine(text)}: not JSON: ${error instanceof Error ? error.message : ""}`,
    );
  }
  return new ToolstackError("INVALID", "body: no member may be named '__proto__' or 'constructor'");
}

function acceptBytes(scope: Router, type: string, bodyLimit: number, parse: (body: Buffer) => unknown): void {
  accept(scope, type);
  scope.addContentTypeParser(type, { parseAs: "buffer", bodyLimit }, async (_request: FastifyRequest, body: Buffer) =>
    parse(body),
  );
}

function createHttpServer(listener: RequestListener, tls: ServerOptions["tls"]): Server {
  const server = tls ? createSecureServer(listener, tls) : createServer(listener);
  server.requestTimeout = REQUEST_TIMEOUT;
  return server;
}

function createSecureServer(listener: RequestListener, tls: NonNullable<ServerOptions["tls"]>): Server {
  try {
    return createTlsServer({ cert: tls.certificate, key: tls.key }, listener);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    throw new ToolstackError("INVALID", `TLS: the certificate and its key must be PEM, and belong together: ${reason}`);
  }
}

/** Compares digests, which have one length, in a time that does not depend on where they differ. */
function requireToken(token: string): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return async (request, reply) => {
    if (request.url === "/health" || timingSafeEqual(digest(request.headers.authorization ?? ""), expected)) return;
    const fault: FaultAnswer = {
      code: "UNAUTHORIZED",
      messages: ["expected the header 'Authorization: Bearer TOKEN'"],
    };
    await reply.code(401).header("www-authenticate", "Bearer").send(fault);
  };
}

function answerUnknownPath(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const fault: FaultAnswer = { code: "NOT_FOUND", messages: [`no operation ${request.method} ${request.url}`] };
  return reply.code(404).send(fault);
}

/** What came was not HTTP, or too much of it. */
function answerBrokenRequest(error: Error & { readonly code: string }, socket: Socket): void {
  if (!socket.writable) return;
  const status = error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
  const fault: FaultAnswer = { code: "INVALID", messages: [`not a request that can be read: ${error.message}`] };
  const body = JSON.stringify(fault);
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

async function logRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { method, url } = request;
  const line = { method, url, status: reply.statusCode, milliseconds: Math.round(reply.elapsedTime) };
  if (method === "GET") request.log.debug(line, "answered");
  else request.log.info(line, "answered");
}
