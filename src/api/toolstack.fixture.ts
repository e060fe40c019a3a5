/** A toolstack in memory, for tests of what stands around one: its guests only remember what they are told. */
import { EventEmitter, on } from "node:events";
import type { ChainDescription, ChainInformation } from "../domain/chain.ts";
import type { DomainDescription, DomainState, NetworkDescription, VifDescription } from "../domain/description.ts";
import type {
  DomainEvent,
  DomainInformation,
  DomainStatistics,
  HandlerInformation,
  NetworkInformation,
  TraceStep,
  Traffic,
} from "../domain/information.ts";
import {
  type CaptureRequest,
  type MigrationTarget,
  type Toolstack,
  ToolstackError,
  type TraceRequest,
} from "../domain/toolstack.ts";

const TRAFFIC: Traffic = { packets: 3, bytes: 180, drops: { "ring full": 1 } };
const TIME = "2026-01-01T00:00:00.000Z";

interface Domain {
  readonly id: number;
  description: DomainDescription;
  state: DomainState;
  console: string;
  readonly handlers: Map<string, string>;
}

export class MemoryToolstack implements Toolstack {
  readonly #domains = new Map<string, Domain>();
  readonly #networks = new Map<string, NetworkDescription>();
  readonly #chains = new Map<string, ChainDescription>();
  readonly #events: DomainEvent[] = [];
  readonly #told = new EventEmitter();
  #closing = new AbortController();
  #lastId = 0;
  #followers = 0;

  /** How many follow consoles or events, so that a test knows when it has begun. */
  get followers(): number {
    return this.#followers;
  }

  async create(description: DomainDescription, options: { readonly paused?: boolean } = {}) {
    if (this.#domains.has(description.name))
      throw new ToolstackError("EXISTS", `there is a domain '${description.name}' already`);
    if (description.config !== undefined) checkConfiguration(description.config, description.configFile);
    const booted = options.paused ? "paused" : "running";
    this.#lastId++;
    const domain: Domain = {
      id: this.#lastId,
      description,
      state: isBootable(description) ? booted : "stopped",
      console: "",
      handlers: new Map([["config", description.config ?? ""]]),
    };
    this.#domains.set(description.name, domain);
    this.#tell("created", domain);
    return inform(domain);
  }

  async list() {
    return [...this.#domains.values()].map(inform);
  }

  async information(domain: string) {
    return inform(this.#find(domain));
  }

  async start(name: string, configuration?: { readonly text: string; readonly file?: string }) {
    const domain = this.#find(name);
    if (configuration) checkConfiguration(configuration.text, configuration.file);
    domain.description = { ...domain.description, ...(configuration && { config: configuration.text }) };
    return this.#become(domain, "running", "started");
  }

  async stop(domain: string) {
    return this.#become(this.#find(domain), "stopped", "stopped");
  }

  async pause(domain: string) {
    return this.#become(this.#findRunning(domain), "paused", "paused");
  }

  async unpause(domain: string) {
    return this.#become(this.#find(domain), "running", "unpaused");
  }

  async reboot(domain: string) {
    return this.#become(this.#find(domain), "running", "restarted");
  }

  async destroy(name: string) {
    const domain = this.#find(name);
    this.#domains.delete(domain.description.name);
    this.#tell("destroyed", domain);
  }

  async swap(
    name: string,
    configuration: {
      readonly text: string;
      readonly file?: string;
      readonly parameters?: Readonly<Record<string, string>>;
    },
  ) {
    const domain = this.#findRunning(name);
    checkConfiguration(configuration.text, configuration.file);
    domain.description = {
      ...domain.description,
      config: configuration.text,
      ...(configuration.parameters && { parameters: { ...configuration.parameters } }),
    };
    return this.#become(domain, "running", "swapped");
  }

  async attachVif(name: string, vif: VifDescription) {
    const domain = this.#find(name);
    domain.description = { ...domain.description, vifs: [...(domain.description.vifs ?? []), vif] };
    return inform(domain);
  }

  async detachVif(name: string, vif: string) {
    const domain = this.#find(name);
    const vifs = inform(domain).vifs;
    const gone = vifs.find((one) => one.name === vif || String(one.index) === vif);
    if (!gone) throw new ToolstackError("NOT_FOUND", `domain '${name}' has no interface '${vif}'`);
    domain.description = {
      ...domain.description,
      vifs: (domain.description.vifs ?? []).filter((_, index) => index !== gone.index),
    };
    return inform(domain);
  }

  async handlers(name: string): Promise<readonly HandlerInformation[]> {
    return [...this.#findRunning(name).handlers.keys()].map((handler) => {
      const dot = handler.lastIndexOf(".");
      return { element: handler.slice(0, Math.max(dot, 0)), class: "", name: handler.slice(dot + 1), flags: "rw" };
    });
  }

  async readHandler(name: string, handler: string) {
    const value = this.#findRunning(name).handlers.get(handler);
    if (value === undefined) throw new ToolstackError("NOT_FOUND", `domain '${name}' has no handler '${handler}'`);
    return value;
  }

  async writeHandler(name: string, handler: string, value: string) {
    this.#findRunning(name).handlers.set(handler, value);
  }

  async console(name: string) {
    return this.#find(name).console;
  }

  /** Lets a guest speak. */
  say(name: string, text: string): void {
    const domain = this.#find(name);
    domain.console += text;
    this.#told.emit(`console ${domain.id}`, text);
  }

  async *followConsole(name: string, signal: AbortSignal): AsyncGenerator<string, void> {
    const { id } = this.#find(name);
    yield* this.#listen<string>(`console ${id}`, signal);
  }

  async save(name: string) {
    return Buffer.from(JSON.stringify(this.#findRunning(name).description));
  }

  async restore(file: Uint8Array, options: { readonly name?: string; readonly paused?: boolean } = {}) {
    const { name, paused } = options;
    let description: DomainDescription;
    try {
      description = JSON.parse(Buffer.from(file).toString());
    } catch {
      throw new ToolstackError("INVALID", "not a file that 'save' wrote");
    }
    return this.create({ ...description, ...(name && { name }) }, { paused: paused === true });
  }

  async migrate(name: string, target: MigrationTarget) {
    const domain = this.#findRunning(name);
    if (target.url !== "unix:/elsewhere") throw new ToolstackError("UNREACHABLE", `no daemon listens at ${target.url}`);
    this.#domains.delete(domain.description.name);
    this.#tell("migrated", domain);
  }

  async statistics(): Promise<readonly DomainStatistics[]> {
    return [...this.#domains.values()].map(({ id, state, description: { name } }) => ({
      id,
      name,
      state,
      nanoseconds: 1000,
      received: TRAFFIC,
      sent: { packets: 2, bytes: 120, drops: {} },
      elements: [{ name: "c", class: "Counter", packets: 3, bytes: 180, drops: 0 }],
    }));
  }

  async *trace(name: string, request: TraceRequest): AsyncGenerator<TraceStep, void> {
    this.#findRunning(name);
    if (request.filter === "nonsense") throw new ToolstackError("INVALID", "filter: syntax error at 'nonsense'");
    for (let packet = 0; packet < request.count; packet++)
      yield { packet, time: 1, element: "c", class: "Counter", port: 0, event: "emitted", length: 60, summary: "ARP" };
  }

  /** Packets without end, as fast as they are taken, where no count is given. */
  async *capture(name: string, request: CaptureRequest, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    this.#findRunning(name);
    if (request.vif === undefined && request.element !== "c")
      throw new ToolstackError("NOT_FOUND", `no element '${request.element}'`);
    yield new Uint8Array(24);
    for (let packet = 0; packet < (request.count ?? Infinity) && !signal.aborted; packet++)
      yield new Uint8Array(request.snapLength ?? 60).fill(packet);
  }

  async networks() {
    return [...this.#networks.values()].map(informNetwork);
  }

  async defineNetwork(description: NetworkDescription) {
    this.#networks.set(description.name, description);
    return informNetwork(description);
  }

  async removeNetwork(name: string) {
    if (!this.#networks.delete(name)) throw new ToolstackError("NOT_FOUND", `no network '${name}'`);
  }

  async chainUp(description: ChainDescription) {
    this.#chains.set(description.name, description);
    return informChain(description);
  }

  async chainDown(name: string) {
    if (!this.#chains.delete(name)) throw new ToolstackError("NOT_FOUND", `no chain '${name}'`);
  }

  async chains() {
    return [...this.#chains.values()].map(informChain);
  }

  async recentEvents() {
    return this.#events;
  }

  async *events(signal: AbortSignal, after = 0): AsyncGenerator<DomainEvent, void> {
    const coming = this.#listen<DomainEvent>("event", signal);
    yield* this.#events.filter(({ sequence }) => sequence > after);
    yield* coming;
  }

  /** Ends what follows. */
  async close() {
    this.#closing.abort();
    // Its followers are gone; the next user finds it as it was.
    this.#closing = new AbortController();
  }

  #find(name: string): Domain {
    const domain = this.#domains.get(name) ?? [...this.#domains.values()].find(({ id }) => String(id) === name);
    if (!domain) throw new ToolstackError("NOT_FOUND", `no domain '${name}'`);
    return domain;
  }

  #findRunning(name: string): Domain {
    const domain = this.#find(name);
    if (domain.state === "running") return domain;
    throw new ToolstackError("WRONG_STATE", `domain '${name}' is ${domain.state}: start it first`);
  }

  #become(domain: Domain, state: DomainState, event: DomainEvent["event"]): DomainInformation {
    domain.state = state;
    this.#tell(event, domain);
    return inform(domain);
  }

  #tell(event: DomainEvent["event"], { id, description: { name } }: Domain): void {
    const told = { sequence: this.#events.length + 1, time: TIME, event, id, name, reason: "" };
    this.#events.push(told);
    this.#told.emit("event", told);
  }

  /** Listens from now on, not only when the first item is asked for. */
  #listen<Item>(name: string, signal: AbortSignal): AsyncGenerator<Item, void> {
    const told = on(this.#told, name, { signal: AbortSignal.any([signal, this.#closing.signal]) });
    this.#followers++;
    const leave = () => this.#followers--;
    const closing = this.#closing.signal;
    return (async function* () {
      try {
        for await (const [item] of told) yield item;
      } catch (error) {
        if (!signal.aborted && !closing.aborted) throw error;
      } finally {
        leave();
      }
    })();
  }
}

function checkConfiguration(text: string, file = "config"): void {
  if (text.includes("Nonsense")) throw new ToolstackError("INVALID", [`${file}:1: unknown element class 'Nonsense'`]);
}

function isBootable({ config, image }: DomainDescription): boolean {
  return config !== undefined || image !== undefined;
}

function inform({ id, description, state, console }: Domain): DomainInformation {
  return {
    id,
    name: description.name,
    state,
    reason: "",
    hasConfiguration: isBootable(description),
    tier: "dispatch",
    elements: 1,
    worker: 0,
    memory: 65536 + console.length,
    restarts: 0,
    bootMilliseconds: 0.5,
    created: TIME,
    started: state === "stopped" ? "" : TIME,
    description,
    vifs: (description.vifs ?? []).map(({ name, mac, attach }, index) => ({
      index,
      name: name ?? `eth${index}`,
      mac: mac ?? "02:00:00:00:00:01",
      attach: attach ?? "",
      received: TRAFFIC,
      sent: TRAFFIC,
    })),
  };
}

function informNetwork(description: NetworkDescription): NetworkInformation {
  return { name: description.name, kind: "switch", description, ports: [], addresses: [] };
}

function informChain({ name, domains = [] }: ChainDescription): ChainInformation {
  return { name, domains: domains.map((domain) => ({ name: domain.name, state: "running" })), namespaces: [] };
}
