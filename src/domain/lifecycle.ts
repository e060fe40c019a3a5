/** What makes, runs and removes domains. Each operation is done whole or not at all. */
import { checkDomain } from "./check.ts";
import type { DomainDescription, DomainState } from "./description.ts";
import { type BootOptions, configurationOf, Domain, isBootable, planBoot } from "./domain.ts";
import type { DomainInformation } from "./information.ts";
import { hypervisorOf, type Parts } from "./parts.ts";
import { ToolstackError } from "./toolstack.ts";
import { type Undo, undoable } from "./undoable.ts";
import { type FilledDescription, fillDescription } from "./vif.ts";

export interface CreateOptions extends BootOptions {
  /** The chain that it belongs to. */
  readonly chain?: string | undefined;
  /** The worker to run on, where the description does not say. */
  readonly worker?: number | undefined;
}

export interface NewConfiguration {
  readonly text: string;
  readonly file?: string | undefined;
  /** Absent = those that the domain has. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/** What of a domain survives and can change. */
type Change = Partial<Pick<Domain, "description" | "state" | "reason" | "restarts">>;

const WAITS = "waits for a configuration";

export class Lifecycle {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  create(description: DomainDescription, options: CreateOptions = {}): Promise<DomainInformation> {
    return undoable(async (undo) => {
      const { registry, placement, store, events } = this.#parts;
      const filled = fillDescription(checkDomain(description));
      const attachments = filled.vifs.map(({ attach }) => attach);
      const worker = placement.choose(attachments, filled.worker ?? options.worker);
      const domain = new Domain({
        id: registry.nextId(),
        description: filled,
        ...(isBootable(filled) ? { state: activeState(options), reason: "" } : { state: "stopped", reason: WAITS }),
        restarts: 0,
        created: new Date().toISOString(),
        worker,
        chain: options.chain,
      });
      this.settle(domain, undo);
      return domain.exclusively(async () => {
        if (domain.active) await this.#bootUndoably(domain, filled, options, undo);
        await store.change((changes) => changes.putDomain(domain.record()));
        registry.admit(domain);
        events.add("created", domain);
        if (domain.active) events.add("started", domain);
        return this.#tell(domain);
      });
    });
  }

  /** Gives a domain its place among the others. */
  settle(domain: Domain, undo: Undo): void {
    const { registry, placement } = this.#parts;
    registry.enter(domain);
    undo(() => registry.remove(domain));
    placement.connect(domain.worker, domain.attachments);
    undo(() => placement.disconnect(domain.attachments));
    placement.addGuest(domain.worker);
    undo(() => placement.removeGuest(domain.worker));
  }

  async information(name: string): Promise<DomainInformation> {
    return this.#tell(this.#parts.registry.find(name));
  }

  async list(): Promise<readonly DomainInformation[]> {
    const { registry } = this.#parts;
    const told = Array.from(registry.all(), async (domain) => {
      try {
        return [await this.#tell(domain)];
      } catch (error) {
        // It may be destroyed while its guest is asked.
        if (registry.has(domain)) throw error;
        return [];
      }
    });
    return (await Promise.all(told)).flat();
  }

  /** Does one thing with a domain, when what was asked for before is done. */
  async operate<Result>(name: string, operation: (domain: Domain, undo: Undo) => Promise<Result>): Promise<Result> {
    const { registry } = this.#parts;
    const domain = registry.find(name);
    return domain.exclusively(() => {
      if (!registry.has(domain)) throw new ToolstackError("NOT_FOUND", `domain '${domain.name}' was destroyed`);
      return undoable((undo) => operation(domain, undo));
    });
  }

  start(name: string, configuration?: NewConfiguration): Promise<DomainInformation> {
    return this.operate(name, async (domain, undo) => {
      if (domain.active && configuration) return this.#swap(domain, configuration, undo);
      requireState(domain, ["stopped", "crashed"], "be started");
      const description = configuration ? reconfigured(domain.description, configuration) : domain.description;
      if (!isBootable(description))
        throw new ToolstackError("WRONG_STATE", `domain '${domain.name}' ${WAITS}: give one to start it with`);
      await this.halt(domain);
      await this.#bootUndoably(domain, description, {}, undo);
      await this.persist(domain, { description, state: "running", reason: "" }, "drop checkpoint");
      this.#parts.events.add("started", domain);
      return this.#tell(domain);
    });
  }

  stop(name: string): Promise<DomainInformation> {
    return this.operate(name, async (domain, undo) => {
      requireState(domain, ["running", "paused", "crashed"], "be stopped");
      const { state, reason } = domain;
      await this.persist(domain, { state: "stopped", reason: "" }, "drop checkpoint");
      undo(() => this.persist(domain, { state, reason }, "keep checkpoint"));
      await this.halt(domain);
      this.#parts.events.add("stopped", domain);
      return this.#tell(domain);
    });
  }

  setPaused(name: string, paused: boolean): Promise<DomainInformation> {
    return this.operate(name, async (domain, undo) => {
      requireState(domain, [activeState({ paused: !paused })], paused ? "be paused" : "be unpaused");
      const hypervisor = hypervisorOf(this.#parts, domain);
      await hypervisor.setPaused(domain.id, paused);
      undo(() => hypervisor.setPaused(domain.id, !paused));
      await this.persist(domain, { state: activeState({ paused }) }, "keep checkpoint");
      this.#parts.events.add(paused ? "paused" : "unpaused", domain);
      return this.#tell(domain);
    });
  }

  reboot(name: string): Promise<DomainInformation> {
    return this.operate(name, async (domain, undo) => {
      requireState(domain, ["running", "paused", "crashed"], "be rebooted");
      if (domain.active) {
        const before = { paused: domain.state === "paused", state: await this.#stateOf(domain) };
        undo(() => this.boot(domain, domain.description, before));
      }
      await this.halt(domain);
      await this.#bootUndoably(domain, domain.description, {}, undo);
      await this.persist(domain, { state: "running", reason: "" }, "drop checkpoint");
      this.#parts.events.add("started", domain, "rebooted");
      return this.#tell(domain);
    });
  }

  /** @returns undefined when the guest has something outside that cannot be saved: it can only start afresh */
  async #stateOf(domain: Domain): Promise<Uint8Array | undefined> {
    try {
      return await hypervisorOf(this.#parts, domain).save(domain.id);
    } catch (error) {
      if (error instanceof ToolstackError && error.code === "WRONG_STATE") return undefined;
      throw error;
    }
  }

  destroy(name: string): Promise<void> {
    return this.operate(name, async (domain, undo) => {
      await this.remove(domain, undo);
      this.#parts.events.add("destroyed", domain);
    });
  }

  /** Takes a domain out, whatever it is doing. */
  async remove(domain: Domain, undo: Undo): Promise<void> {
    const { store, registry, placement } = this.#parts;
    await store.change((changes) => changes.removeDomain(domain.id));
    undo(() => store.change((changes) => changes.putDomain(domain.record())));
    await this.halt(domain);
    placement.disconnect(domain.attachments);
    placement.removeGuest(domain.worker);
    registry.remove(domain);
    domain.console.end();
  }

  swap(name: string, configuration: NewConfiguration): Promise<DomainInformation> {
    return this.operate(name, (domain, undo) => this.#swap(domain, configuration, undo));
  }

  async #swap(domain: Domain, configuration: NewConfiguration, undo: Undo): Promise<DomainInformation> {
    requireState(domain, ["running", "paused"], "be swapped");
    const before = domain.description;
    const after = reconfigured(before, configuration);
    await this.#swapGuest(domain, after);
    undo(() => this.#swapGuest(domain, before));
    await this.persist(domain, { description: after }, "drop checkpoint");
    this.#parts.events.add("swapped", domain);
    return this.#tell(domain);
  }

  async #swapGuest(domain: Domain, description: FilledDescription): Promise<void> {
    const hypervisor = hypervisorOf(this.#parts, domain);
    await hypervisor.swap(domain.id, configurationOf(description), description.parameters ?? {});
  }

  /** Boots a guest; nothing is persisted. */
  async boot(domain: Domain, description: FilledDescription, options: BootOptions): Promise<void> {
    domain.boots++;
    await hypervisorOf(this.#parts, domain).boot(planBoot(domain.id, description, options));
    domain.hasGuest = true;
    domain.started = new Date().toISOString();
    domain.checkpointed = performance.now();
  }

  async #bootUndoably(domain: Domain, description: FilledDescription, options: BootOptions, undo: Undo): Promise<void> {
    await this.boot(domain, description, options);
    undo(() => this.halt(domain));
  }

  /** Takes the guest's memory away, if there is a guest; nothing is persisted. */
  async halt(domain: Domain): Promise<void> {
    if (!domain.hasGuest) return;
    // First, so that nobody asks for it while it goes.
    domain.hasGuest = false;
    try {
      await hypervisorOf(this.#parts, domain).destroy(domain.id);
    } catch (error) {
      domain.hasGuest = true;
      throw error;
    }
  }

  /** Changes what survives, then the domain. A checkpoint is of one configuration, and of one boot. */
  async persist(domain: Domain, change: Change, then: "keep checkpoint" | "drop checkpoint"): Promise<void> {
    await this.#parts.store.change((changes) => {
      changes.putDomain({ ...domain.record(), ...change });
      if (then === "drop checkpoint") changes.removeCheckpoint(domain.id);
    });
    Object.assign(domain, change);
  }

  async #tell(domain: Domain): Promise<DomainInformation> {
    const guest = domain.hasGuest ? await hypervisorOf(this.#parts, domain).information(domain.id) : undefined;
    return domain.information(guest);
  }
}

function activeState({ paused = false }: BootOptions): DomainState {
  return paused ? "paused" : "running";
}

function reconfigured(
  { configFile: _file, image: _image, ...description }: FilledDescription,
  { text, file, parameters = description.parameters }: NewConfiguration,
): FilledDescription {
  const after = { ...description, config: text, ...(file !== undefined && { configFile: file }) };
  const changed = parameters ? { ...after, parameters: { ...parameters } } : after;
  checkDomain(changed);
  return changed;
}

/** @throws ToolstackError WRONG_STATE, which says what would be right */
export function requireState(domain: Domain, states: readonly DomainState[], to: string): void {
  if (states.includes(domain.state)) return;
  const why = domain.reason ? ` (${domain.reason})` : "";
  throw new ToolstackError(
    "WRONG_STATE",
    `domain '${domain.name}' is ${domain.state}${why}: it must be ${states.join(" or ")} to ${to}`,
  );
}
