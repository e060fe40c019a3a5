/** The toolstack as a library: domains of this process, with or without state that survives it. */
import type { ChainDescription, ChainInformation } from "./chain.ts";
import { Chains } from "./chains/chains.ts";
import { Checkpoints } from "./checkpoints.ts";
import { Crashes } from "./crashes.ts";
import type { DomainDescription, NetworkDescription, VifDescription } from "./description.ts";
import { type Domain, noTraffic } from "./domain.ts";
import { EventLog } from "./eventLog.ts";
import type { Hypervisor, HypervisorEvents } from "./hypervisor.ts";
import type {
  DomainEvent,
  DomainInformation,
  DomainStatistics,
  HandlerInformation,
  NetworkInformation,
  TraceStep,
} from "./information.ts";
import { Lifecycle, type NewConfiguration, requireState } from "./lifecycle.ts";
import { type Connect, Migration } from "./migration.ts";
import { Networks } from "./networks.ts";
import { hypervisorOf, type Parts } from "./parts.ts";
import { Placement } from "./placement.ts";
import { recoverDomains } from "./recovery.ts";
import { Registry } from "./registry.ts";
import { Store } from "./store.ts";
import {
  type CaptureRequest,
  type MigrationTarget,
  type Toolstack,
  ToolstackError,
  type TraceRequest,
} from "./toolstack.ts";
import { runAll } from "./undoable.ts";
import { Vifs } from "./vifs.ts";

export interface ToolstackOptions {
  /** Where state is kept; absent = nothing survives. */
  readonly stateDirectory?: string | undefined;
  /** Hypervisors to start; default 1. */
  readonly workers?: number | undefined;
  readonly startHypervisor: (worker: number, events: HypervisorEvents) => Promise<Hypervisor>;
  /** Reaches the daemon to which a domain migrates; absent = domains cannot migrate. */
  readonly connect?: Connect | undefined;
  /** Told what went wrong where nobody waits for an answer, one line each. */
  readonly notice?: ((text: string) => void) | undefined;
}

/**
 * Opens the toolstack, and brings back what was there before.
 * @throws ToolstackError UNAVAILABLE when the state directory cannot be used
 */
export async function openToolstack(options: ToolstackOptions): Promise<LocalToolstack> {
  const store = new Store(options.stateDirectory);
  const hypervisors: Hypervisor[] = [];
  try {
    const { workers = 1, notice = () => {} } = options;
    const registry = new Registry(store.lastId());
    const parts: Parts = {
      hypervisors,
      store,
      registry,
      placement: new Placement(workers),
      events: new EventLog(),
      notice,
    };
    const toolstack = new LocalToolstack(parts, options.connect ?? refuseMigration);
    const events = toolstack.hypervisorEvents();
    for (let worker = 0; worker < workers; worker++) hypervisors.push(await options.startHypervisor(worker, events));
    await toolstack.recover();
    return toolstack;
  } catch (error) {
    await runAll(hypervisors.map((hypervisor) => () => hypervisor.close()));
    await store.close();
    throw error;
  }
}

async function refuseMigration(): Promise<never> {
  throw new ToolstackError("UNAVAILABLE", "domains cannot migrate from here");
}

export class LocalToolstack implements Toolstack {
  readonly #parts: Parts;
  readonly #lifecycle: Lifecycle;
  readonly #vifs: Vifs;
  readonly #crashes: Crashes;
  readonly #checkpoints: Checkpoints;
  readonly #migration: Migration;
  readonly #networks: Networks;
  readonly #chains: Chains;
  #closed: Promise<void> | undefined;

  /** For {@link openToolstack}. */
  constructor(parts: Parts, connect: Connect) {
    this.#parts = parts;
    this.#lifecycle = new Lifecycle(parts);
    this.#vifs = new Vifs(parts, this.#lifecycle);
    this.#crashes = new Crashes(parts, this.#lifecycle);
    this.#checkpoints = new Checkpoints(parts);
    this.#migration = new Migration(parts, this.#lifecycle, connect);
    this.#networks = new Networks(parts);
    this.#chains = new Chains(parts, this.#lifecycle, this.#networks);
  }

  hypervisorEvents(): HypervisorEvents {
    return {
      onConsole: (id, text) => this.#parts.registry.byId(id)?.console.write(text),
      onStopped: (id, why) => this.#crashes.onStopped(id, why),
    };
  }

  /** Network namespaces first, since networks and domains are attached to interfaces of theirs; programs last. */
  async recover(): Promise<void> {
    const { store } = this.#parts;
    await this.#chains.recover(store.chains());
    await this.#networks.recover(store.networks());
    await recoverDomains(this.#parts, this.#lifecycle, store.domains());
    this.#chains.startPrograms();
    this.#checkpoints.start();
  }

  create(description: DomainDescription, { paused }: { readonly paused?: boolean } = {}): Promise<DomainInformation> {
    return this.#lifecycle.create(description, { paused });
  }

  list(): Promise<readonly DomainInformation[]> {
    return this.#lifecycle.list();
  }

  information(domain: string): Promise<DomainInformation> {
    return this.#lifecycle.information(domain);
  }

  start(domain: string, configuration?: NewConfiguration): Promise<DomainInformation> {
    return this.#lifecycle.start(domain, configuration);
  }

  stop(domain: string): Promise<DomainInformation> {
    return this.#lifecycle.stop(domain);
  }

  pause(domain: string): Promise<DomainInformation> {
    return this.#lifecycle.setPaused(domain, true);
  }

  unpause(domain: string): Promise<DomainInformation> {
    return this.#lifecycle.setPaused(domain, false);
  }

  reboot(domain: string): Promise<DomainInformation> {
    return this.#lifecycle.reboot(domain);
  }

  destroy(domain: string): Promise<void> {
    return this.#lifecycle.destroy(domain);
  }

  swap(domain: string, configuration: NewConfiguration): Promise<DomainInformation> {
    return this.#lifecycle.swap(domain, configuration);
  }

  attachVif(domain: string, vif: VifDescription): Promise<DomainInformation> {
    return this.#vifs.attach(domain, vif);
  }

  detachVif(domain: string, vif: string): Promise<DomainInformation> {
    return this.#vifs.detach(domain, vif);
  }

  handlers(domain: string): Promise<readonly HandlerInformation[]> {
    return this.#askGuest(domain, (hypervisor, id) => hypervisor.handlers(id));
  }

  readHandler(domain: string, handler: string): Promise<string> {
    return this.#askGuest(domain, (hypervisor, id) => hypervisor.readHandler(id, handler));
  }

  writeHandler(domain: string, handler: string, value: string): Promise<void> {
    return this.#askGuest(domain, (hypervisor, id) => hypervisor.writeHandler(id, handler, value));
  }

  async console(domain: string): Promise<string> {
    return this.#parts.registry.find(domain).console.text();
  }

  followConsole(domain: string, signal: AbortSignal): AsyncIterable<string> {
    return this.#parts.registry.find(domain).console.follow(signal);
  }

  save(domain: string): Promise<Uint8Array> {
    return this.#migration.save(domain);
  }

  restore(
    file: Uint8Array,
    options?: { readonly name?: string; readonly paused?: boolean },
  ): Promise<DomainInformation> {
    return this.#migration.restore(file, options);
  }

  migrate(domain: string, target: MigrationTarget): Promise<void> {
    return this.#migration.migrate(domain, target);
  }

  async statistics(): Promise<readonly DomainStatistics[]> {
    const told = await Promise.all(this.#parts.hypervisors.map((hypervisor) => hypervisor.statistics()));
    return Array.from(this.#parts.registry.all(), ({ id, name, state, worker }) => {
      const guest = told[worker]?.get(id);
      const idle = { nanoseconds: 0, received: noTraffic(), sent: noTraffic(), elements: [] };
      return { id, name, state, ...idle, ...(guest && { ...guest, elements: [...guest.elements] }) };
    });
  }

  trace(domain: string, request: TraceRequest, signal: AbortSignal): AsyncIterable<TraceStep> {
    return this.#watchGuest(domain, (hypervisor, id) => hypervisor.trace(id, request, signal));
  }

  capture(domain: string, request: CaptureRequest, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#watchGuest(domain, (hypervisor, id) => hypervisor.capture(id, request, signal));
  }

  networks(): Promise<readonly NetworkInformation[]> {
    return this.#networks.list();
  }

  defineNetwork(description: NetworkDescription): Promise<NetworkInformation> {
    return this.#networks.define(description);
  }

  removeNetwork(name: string): Promise<void> {
    return this.#networks.remove(name);
  }

  chainUp(description: ChainDescription): Promise<ChainInformation> {
    return this.#chains.up(description);
  }

  chainDown(name: string): Promise<void> {
    return this.#chains.down(name);
  }

  async chains(): Promise<readonly ChainInformation[]> {
    return this.#chains.list();
  }

  async recentEvents(): Promise<readonly DomainEvent[]> {
    return this.#parts.events.recent;
  }

  events(signal: AbortSignal, after?: number): AsyncIterable<DomainEvent> {
    return this.#parts.events.follow(signal, after);
  }

  /** Ends all guests; domains that survive come back when the toolstack is opened again. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { hypervisors, store, events, registry } = this.#parts;
    this.#crashes.close();
    const faults = await runAll([
      () => this.#checkpoints.close(),
      ...hypervisors.map((hypervisor) => () => hypervisor.close()),
      () => this.#chains.close(),
      () => store.close(),
    ]);
    for (const domain of registry.all()) domain.console.end();
    events.end();
    if (faults.length > 0) throw new ToolstackError("UNAVAILABLE", faults);
  }

  /** Asks when what was asked for before is done. */
  #askGuest<Result>(name: string, ask: (hypervisor: Hypervisor, id: number) => Promise<Result>): Promise<Result> {
    return this.#lifecycle.operate(name, (domain) => ask(this.#guestOf(domain), domain.id));
  }

  #watchGuest<Step>(
    name: string,
    watch: (hypervisor: Hypervisor, id: number) => AsyncIterable<Step>,
  ): AsyncIterable<Step> {
    const domain = this.#parts.registry.find(name);
    return watch(this.#guestOf(domain), domain.id);
  }

  /** A crashed guest that was kept can still be looked into. */
  #guestOf(domain: Domain): Hypervisor {
    if (!domain.hasGuest) requireState(domain, ["running", "paused"], "have handlers and packets");
    return hypervisorOf(this.#parts, domain);
  }
}
