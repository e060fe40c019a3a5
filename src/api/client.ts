/** A toolstack that is a daemon elsewhere: every method is one request to its API. */
import type { ChainDescription, ChainInformation } from "../domain/chain.ts";
import type { DomainDescription, NetworkDescription, VifDescription } from "../domain/description.ts";
import type {
  DomainEvent,
  DomainInformation,
  DomainStatistics,
  HandlerInformation,
  NetworkInformation,
  TraceStep,
} from "../domain/information.ts";
import {
  type CaptureRequest,
  type MigrationTarget,
  type Toolstack,
  ToolstackError,
  type TraceRequest,
} from "../domain/toolstack.ts";
import { type Call, Connection, type ConnectionOptions, type Content, isCode, parseFault } from "./connection.ts";
import { readEvents } from "./eventReader.ts";

/** Methods throw ToolstackError: what the daemon answered, or UNREACHABLE. Streams end when their signal aborts. */
export class DaemonClient implements Toolstack {
  readonly #connection: Connection;

  /** Connects when it is first used. @throws ToolstackError INVALID for a URL that is none */
  constructor(options: ConnectionOptions) {
    this.#connection = new Connection(options);
  }

  create(description: DomainDescription, options: { readonly paused?: boolean } = {}): Promise<DomainInformation> {
    return this.#ask({ method: "POST", path: path`/v1/domains` + query(options), body: json(description) });
  }

  list(): Promise<readonly DomainInformation[]> {
    return this.#ask({ method: "GET", path: path`/v1/domains` });
  }

  information(domain: string): Promise<DomainInformation> {
    return this.#ask({ method: "GET", path: path`/v1/domains/${domain}` });
  }

  start(domain: string, configuration?: { readonly text: string; readonly file?: string }): Promise<DomainInformation> {
    const body = json({ config: configuration?.text, configFile: configuration?.file });
    return this.#ask({ method: "POST", path: path`/v1/domains/${domain}/start`, body });
  }

  stop(domain: string): Promise<DomainInformation> {
    return this.#ask({ method: "POST", path: path`/v1/domains/${domain}/stop` });
  }

  pause(domain: string): Promise<DomainInformation> {
    return this.#ask({ method: "POST", path: path`/v1/domains/${domain}/pause` });
  }

  unpause(domain: string): Promise<DomainInformation> {
    return this.#ask({ method: "POST", path: path`/v1/domains/${domain}/unpause` });
  }

  reboot(domain: string): Promise<DomainInformation> {
    return this.#ask({ method: "POST", path: path`/v1/domains/${domain}/reboot` });
  }

  async destroy(domain: string): Promise<void> {
    await this.#connection.fetch({ method: "DELETE", path: path`/v1/domains/${domain}` });
  }

  swap(
    domain: string,
    configuration: {
      readonly text: string;
      readonly file?: string;
      readonly parameters?: Readonly<Record<string, string>>;
    },
  ): Promise<DomainInformation> {
    const { text, file, parameters } = configuration;
    const body = json({ config: text, configFile: file, parameters });
    return this.#ask({ method: "POST", path: path`/v1/domains/${domain}/swap`, body });
  }

  attachVif(domain: string, vif: VifDescription): Promise<DomainInformation> {
    return this.#ask({ method: "POST", path: path`/v1/domains/${domain}/vifs`, body: json(vif) });
  }

  detachVif(domain: string, vif: string): Promise<DomainInformation> {
    return this.#ask({ method: "DELETE", path: path`/v1/domains/${domain}/vifs/${vif}` });
  }

  handlers(domain: string): Promise<readonly HandlerInformation[]> {
    return this.#ask({ method: "GET", path: path`/v1/domains/${domain}/handlers` });
  }

  async readHandler(domain: string, handler: string): Promise<string> {
    const call: Call = { method: "GET", path: path`/v1/domains/${domain}/handlers/${handler}` };
    return (await this.#connection.fetch(call)).toString("latin1");
  }

  async writeHandler(domain: string, handler: string, value: string): Promise<void> {
    const body = { type: "text/plain", bytes: Buffer.from(value, "latin1") };
    await this.#connection.fetch({ method: "PUT", path: path`/v1/domains/${domain}/handlers/${handler}`, body });
  }

  async console(domain: string): Promise<string> {
    const call: Call = { method: "GET", path: path`/v1/domains/${domain}/console` };
    return (await this.#connection.fetch(call)).toString("latin1");
  }

  followConsole(domain: string, signal: AbortSignal): AsyncIterable<string> {
    return this.#follow({ method: "GET", path: path`/v1/domains/${domain}/console/follow`, signal });
  }

  save(domain: string): Promise<Uint8Array> {
    return this.#connection.fetch({ method: "GET", path: path`/v1/domains/${domain}/save` });
  }

  restore(
    file: Uint8Array,
    options: { readonly name?: string; readonly paused?: boolean } = {},
  ): Promise<DomainInformation> {
    const body = { type: "application/octet-stream", bytes: file };
    return this.#ask({ method: "POST", path: path`/v1/restore` + query(options), body });
  }

  async migrate(domain: string, target: MigrationTarget): Promise<void> {
    await this.#connection.fetch({ method: "POST", path: path`/v1/domains/${domain}/migrate`, body: json(target) });
  }

  statistics(): Promise<readonly DomainStatistics[]> {
    return this.#ask({ method: "GET", path: path`/v1/statistics` });
  }

  trace(domain: string, request: TraceRequest, signal: AbortSignal): AsyncIterable<TraceStep> {
    return this.#follow({ method: "POST", path: path`/v1/domains/${domain}/trace`, body: json(request), signal });
  }

  async *capture(domain: string, request: CaptureRequest, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    yield* this.#pieces<Uint8Array>({
      method: "POST",
      path: path`/v1/domains/${domain}/capture`,
      body: json(request),
      signal,
    });
  }

  networks(): Promise<readonly NetworkInformation[]> {
    return this.#ask({ method: "GET", path: path`/v1/networks` });
  }

  defineNetwork(description: NetworkDescription): Promise<NetworkInformation> {
    return this.#ask({ method: "POST", path: path`/v1/networks`, body: json(description) });
  }

  async removeNetwork(name: string): Promise<void> {
    await this.#connection.fetch({ method: "DELETE", path: path`/v1/networks/${name}` });
  }

  chainUp(description: ChainDescription): Promise<ChainInformation> {
    return this.#ask({ method: "POST", path: path`/v1/chains`, body: json(description) });
  }

  async chainDown(name: string): Promise<void> {
    await this.#connection.fetch({ method: "DELETE", path: path`/v1/chains/${name}` });
  }

  chains(): Promise<readonly ChainInformation[]> {
    return this.#ask({ method: "GET", path: path`/v1/chains` });
  }

  recentEvents(): Promise<readonly DomainEvent[]> {
    return this.#ask({ method: "GET", path: path`/v1/events/recent` });
  }

  events(signal: AbortSignal, after?: number): AsyncIterable<DomainEvent> {
    const headers: Record<string, string> = after === undefined ? {} : { "last-event-id": String(after) };
    return this.#follow({ method: "GET", path: path`/v1/events`, headers, signal });
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  /** The answer's type is what the API's schema says; whoever speaks for the daemon is believed. */
  async #ask<Answer>(call: Call): Promise<Answer> {
    return JSON.parse((await this.#connection.fetch(call)).toString());
  }

  async *#follow<Item>(call: Call & { readonly signal: AbortSignal }): AsyncGenerator<Item, void> {
    for await (const { name, data } of readEvents(this.#pieces<string>(call, "utf8"))) {
      if (name === "fault") throw faultOf(data);
      yield JSON.parse(data);
    }
  }

  /** Pieces of an answer as they come: bytes, or text in the given encoding. An abort ends them, also before the answer. */
  async *#pieces<Piece extends string | Uint8Array>(
    call: Call & { readonly signal: AbortSignal },
    encoding?: BufferEncoding,
  ): AsyncGenerator<Piece, void> {
    try {
      const answer = await this.#connection.open(call);
      if (encoding) answer.setEncoding(encoding);
      for await (const piece of answer) yield piece;
    } catch (error) {
      if (call.signal.aborted) return;
      if (error instanceof ToolstackError) throw error;
      throw new ToolstackError("UNREACHABLE", "the daemon went away");
    }
  }
}

function faultOf(data: string): ToolstackError {
  const fault = parseFault(data);
  return fault && isCode(fault.code)
    ? new ToolstackError(fault.code, fault.messages)
    : new ToolstackError("UNAVAILABLE", fault?.messages ?? "the daemon told of a fault that cannot be read");
}

/** A path whose parts can be any text. */
function path(literals: TemplateStringsArray, ...parts: readonly string[]): string {
  return String.raw({ raw: literals }, ...parts.map((part) => encodeURIComponent(part.toWellFormed())));
}

function query(options: Readonly<Record<string, string | boolean | undefined>>): string {
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

function json(value: object): Content {
  return { type: "application/json", bytes: Buffer.from(JSON.stringify(value)) };
}
