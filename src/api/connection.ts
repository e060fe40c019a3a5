/** HTTP with a daemon, over its Unix socket or TCP: requests, answers, and faults as ToolstackError. */
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, type RequestOptions, request } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { ToolstackError, type ToolstackErrorCode } from "../domain/toolstack.ts";
import { systemErrorText } from "../library/systemError.ts";
import { parseAddress } from "./address.ts";

export interface ConnectionOptions {
  /** `unix:PATH` or `http(s)://HOST:PORT`. */
  readonly url: string;
  readonly token?: string | undefined;
  /** PEM text of the authority that signed the daemon's certificate; absent = one that Node knows. */
  readonly authority?: string | undefined;
}

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Content;
  readonly signal?: AbortSignal;
}

export interface Content {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Codes that a daemon answers and that mean the same here. */
const CODES: ReadonlySet<string> = new Set<ToolstackErrorCode>([
  "NOT_FOUND",
  "EXISTS",
  "INVALID",
  "WRONG_STATE",
  "UNAVAILABLE",
  "UNREACHABLE",
]);

export class Connection {
  readonly #url: string;
  readonly #send: (call: RequestOptions) => ClientRequest;
  readonly #agent: HttpAgent;
  readonly #headers: Readonly<Record<string, string>>;

  /** Connects when it is first used. @throws ToolstackError INVALID for a URL that is none */
  constructor({ url, token, authority }: ConnectionOptions) {
    const address = parseAddress(url);
    const secure = address.kind === "tcp" && address.url.protocol === "https:";
    const place =
      address.kind === "unix"
        ? { socketPath: address.path }
        : { hostname: address.url.hostname.replace(/^\[|\]$/g, ""), port: address.url.port };
    this.#url = url;
    this.#agent = secure ? new TlsAgent({ keepAlive: true, ca: authority }) : new HttpAgent({ keepAlive: true });
    this.#send = (call) => (secure ? tlsRequest : request)({ ...call, ...place, agent: this.#agent });
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /** @returns the answer's body. @throws ToolstackError what the daemon answered, or that it does not answer */
  async fetch(call: Call): Promise<Buffer> {
    return this.#read(await this.open(call));
  }

  /** @returns an answer that goes on. @throws ToolstackError as `fetch` */
  async open(call: Call): Promise<IncomingMessage> {
    const answer = await this.#begin(call);
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    throw this.#fault(status, await this.#read(answer));
  }

  /** What becomes of requests that are under way: they fail. */
  close(): void {
    this.#agent.destroy();
  }

  #begin({ method, path, headers, body, signal }: Call): Promise<IncomingMessage> {
    const content = body && { "content-type": body.type, "content-length": body.bytes.length };
    return new Promise((resolve, reject) => {
      const sent = this.#send({ method, path, headers: { ...this.#headers, ...headers, ...content }, signal });
      sent.once("response", resolve);
      sent.on("error", (error) => reject(signal?.aborted ? error : this.#unreachable(error)));
      sent.end(body?.bytes);
    });
  }

  async #read(answer: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of answer) chunks.push(chunk);
    } catch (error) {
      throw this.#unreachable(error);
    }
    return Buffer.concat(chunks);
  }

  #unreachable(error: unknown): ToolstackError {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ECONNREFUSED")
      return new ToolstackError("UNREACHABLE", `no daemon listens at ${this.#url}: start one with 'cosmos daemon'`);
    if (code === "EACCES")
      return new ToolstackError("UNREACHABLE", `no right to use ${this.#url}: become root, or join the socket's group`);
    return new ToolstackError("UNREACHABLE", `no answer from ${this.#url}: ${systemErrorText(error)}`);
  }

  #fault(status: number, body: Buffer): ToolstackError {
    const fault = parseFault(body);
    if (!fault) return new ToolstackError("UNREACHABLE", `${this.#url} is no cosmos daemon: it answered ${status}`);
    if (fault.code === "UNAUTHORIZED")
      return new ToolstackError(
        "UNREACHABLE",
        `the daemon at ${this.#url} refused the token: give the one it was started with`,
      );
    return new ToolstackError(isCode(fault.code) ? fault.code : "UNAVAILABLE", fault.messages);
  }
}

/** @param body  of an answer, or the data of a `fault` event */
export function parseFault(
  body: Buffer | string,
): { readonly code: string; readonly messages: readonly string[] } | undefined {
  try {
    const { code, messages } = JSON.parse(body.toString());
    if (typeof code !== "string" || !Array.isArray(messages)) return undefined;
    return { code, messages: messages.map(String) };
  } catch {
    return undefined;
  }
}

export function isCode(code: string): code is ToolstackErrorCode {
  return CODES.has(code);
}
