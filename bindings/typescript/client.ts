/** A typed client of the cosmos daemon: every operation of openapi.json, over the daemon's Unix socket or TCP. */
import { request } from "node:http";
import { Readable } from "node:stream";
import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./schema.d.ts";

export type { components, paths } from "./schema.d.ts";
export type CosmosClient = Client<paths>;

/** `fetch` answers statuses without a body with null (Fetch Standard, section 2.2.3). */
const NULL_BODY_STATUSES: readonly number[] = [204, 205, 304];

/**
 * @param url  `unix:PATH` or `http(s)://HOST:PORT`
 * @param token  what the daemon on TCP asks for
 */
export function connect(url: string, token?: string): CosmosClient {
  const path = url.startsWith("unix:") ? url.slice("unix:".length) : undefined;
  return createClient<paths>({
    baseUrl: path === undefined ? url : "http://localhost",
    ...(path !== undefined && { fetch: (asked) => fetchOverSocket(path, asked) }),
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  });
}

/** @returns the handler's value, one character a byte. @throws Error with the daemon's messages */
export async function readHandler(client: CosmosClient, domain: string, handler: string): Promise<string> {
  const { data, error } = await client.GET("/v1/domains/{domain}/handlers/{handler}", {
    params: { path: { domain, handler } },
    parseAs: "arrayBuffer",
  });
  if (error) throw new Error(error.messages.join("\n"));
  return Buffer.from(data).toString("latin1");
}

/** @param value  one character a byte. @throws Error with the daemon's messages */
export async function writeHandler(
  client: CosmosClient,
  domain: string,
  handler: string,
  value: string,
): Promise<void> {
  const { error } = await client.PUT("/v1/domains/{domain}/handlers/{handler}", {
    params: { path: { domain, handler } },
    headers: { "content-type": "text/plain" },
    body: value,
    bodySerializer: (text) => Buffer.from(text, "latin1"),
  });
  if (error) throw new Error(error.messages.join("\n"));
}

/** `fetch` over a Unix socket, which Node's own does not know. */
async function fetchOverSocket(socketPath: string, asked: Request): Promise<Response> {
  const { pathname, search } = new URL(asked.url);
  const body = Buffer.from(await asked.arrayBuffer());
  const headers = { ...Object.fromEntries(asked.headers), "content-length": body.length };
  return new Promise((resolve, reject) => {
    const options = { socketPath, method: asked.method, path: pathname + search, headers, signal: asked.signal };
    const sent = request(options, (answer) => {
      const status = answer.statusCode ?? 500;
      const answered = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
      // Types of one class from two libraries: Node's own and the browser's.
      const content = NULL_BODY_STATUSES.includes(status) ? null : (Readable.toWeb(answer) as ReadableStream);
      resolve(new Response(content, { status, headers: answered }));
    });
    sent.once("error", reject);
    sent.end(body);
  });
}
