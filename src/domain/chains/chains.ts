/** Chains of domains and network namespaces: up, down, and back after a restart. What a chain made is marked with its name, so that exactly that is removed. */
import type { ChainDescription, ChainInformation } from "../chain.ts";
import type { Domain } from "../domain.ts";
import { printable, refuse } from "../fault.ts";
import type { Lifecycle } from "../lifecycle.ts";
import type { Networks } from "../networks.ts";
import type { Parts } from "../parts.ts";
import { Serial } from "../serial.ts";
import type { ChainRecord } from "../store.ts";
import { suggestion } from "../suggest.ts";
import { ToolstackError } from "../toolstack.ts";
import { runAll, type Undo, undoable } from "../undoable.ts";
import { makeNamespace, namespaceExists, removeNamespace } from "./namespace.ts";
import { type ChainPlan, planChain } from "./plan.ts";
import { Program } from "./program.ts";
import { chainFaults } from "./validate.ts";

interface Chain {
  readonly description: ChainDescription;
  readonly plan: ChainPlan;
  /** By the name of the namespace's hop. */
  readonly programs: ReadonlyMap<string, readonly Program[]>;
}

export class Chains {
  readonly #parts: Parts;
  readonly #lifecycle: Lifecycle;
  readonly #networks: Networks;
  readonly #chains = new Map<string, Chain>();
  readonly #serial = new Serial();

  constructor(parts: Parts, lifecycle: Lifecycle, networks: Networks) {
    this.#parts = parts;
    this.#lifecycle = lifecycle;
    this.#networks = networks;
  }

  list(): readonly ChainInformation[] {
    return Array.from(this.#chains.values(), (chain) => this.#tell(chain));
  }

  up(description: ChainDescription): Promise<ChainInformation> {
    return this.#serial.run(() =>
      undoable(async (undo) => {
        refuse(chainFaults(description));
        const chain = this.#prepare(description);
        this.#requireFree(chain);
        const { store } = this.#parts;
        await store.change((changes) => changes.putChain({ description, phase: "making" }));
        undo(() => store.change((changes) => changes.removeChain(description.name)));
        await this.#make(chain, undo);
        await store.change((changes) => changes.putChain({ description, phase: "up" }));
        this.#chains.set(description.name, chain);
        startAll(chain);
        return this.#tell(chain);
      }),
    );
  }

  down(name: string): Promise<void> {
    return this.#serial.run(async () => {
      const chain = this.#chains.get(name);
      if (!chain)
        throw new ToolstackError(
          "NOT_FOUND",
          `there is no chain '${printable(name)}'${suggestion(name, this.#chains.keys())}`,
        );
      this.#requireNoGuests(name);
      const { store } = this.#parts;
      await store.change((changes) => changes.putChain({ description: chain.description, phase: "removing" }));
      const faults = await runAll([
        ...programsOf(chain).map((program) => () => program.stop()),
        ...this.#domainsOf(name).map(
          ({ id }) =>
            () =>
              this.#lifecycle.destroy(String(id)),
        ),
        ...this.#networks.ofChain(name).map((network) => () => this.#networks.remove(network, name)),
        ...chain.plan.hops.map((hop) => () => removeNamespace(hop)),
      ]);
      if (faults.length > 0) throw new ToolstackError("UNAVAILABLE", faults);
      await store.change((changes) => changes.removeChain(name));
      this.#chains.delete(name);
    });
  }

  /**
   * Makes the namespaces anew, since what ran in them belonged to a process that is gone, and removes chains that are half-way. To be called before networks and
   * domains come back.
   */
  async recover(records: readonly ChainRecord[]): Promise<void> {
    for (const { description, phase } of records) {
      const chain = this.#prepare(description);
      const faults = await runAll(chain.plan.hops.map((hop) => () => removeNamespace(hop)));
      for (const fault of faults) this.#notice(chain, fault);
      if (phase !== "up") await this.#forget(description.name);
      else await this.#recoverNamespaces(chain);
    }
  }

  startPrograms(): void {
    for (const chain of this.#chains.values()) startAll(chain);
  }

  /** Ends programs and removes namespaces, also those of a chain that is just being made; they come back with the chains. */
  close(): Promise<void> {
    return this.#serial.run(async () => {
      const chains = [...this.#chains.values()];
      await Promise.all(chains.flatMap(programsOf).map((program) => program.stop()));
      const faults = await runAll(chains.flatMap(({ plan }) => plan.hops).map((hop) => () => removeNamespace(hop)));
      if (faults.length > 0) throw new ToolstackError("UNAVAILABLE", faults);
    });
  }

  #prepare(description: ChainDescription): Chain {
    const plan = planChain(description);
    const notice = (text: string): void => this.#parts.notice(`chain '${description.name}': ${text}`);
    const programs = plan.hops.map(({ name, namespace, run }): [string, Program[]] => [
      name,
      run.map((command) => new Program(command, namespace, notice)),
    ]);
    return { description, plan, programs: new Map(programs) };
  }

  /** Namespaces first: the others are attached to their interfaces. */
  async #make({ description: { name }, plan }: Chain, undo: Undo): Promise<void> {
    for (const hop of plan.hops) {
      await makeNamespace(hop);
      undo(() => removeNamespace(hop));
    }
    const attachments = plan.domains.flatMap(({ vifs = [] }) => vifs.map(({ attach }) => attach));
    const worker = this.#parts.placement.choose(attachments);
    for (const network of plan.networks) {
      await this.#networks.define(network, { chain: name, worker });
      undo(() => this.#networks.remove(network.name, name));
    }
    for (const domain of plan.domains) {
      const { id } = await this.#lifecycle.create(domain, { chain: name, worker });
      undo(() => this.#lifecycle.destroy(String(id)));
    }
  }

  async #recoverNamespaces(chain: Chain): Promise<void> {
    this.#chains.set(chain.description.name, chain);
    const faults = await runAll(chain.plan.hops.map((hop) => () => makeNamespace(hop)));
    for (const fault of faults) this.#notice(chain, fault);
  }

  /** Takes a chain that is half-way out of the store, with all that belongs to it. */
  async #forget(name: string): Promise<void> {
    const { store } = this.#parts;
    const domains = store.domains().filter(({ chain }) => chain === name);
    const networks = store.networks().filter(({ chain }) => chain === name);
    await store.change((changes) => {
      for (const { id } of domains) changes.removeDomain(id);
      for (const { description } of networks) changes.removeNetwork(description.name);
      changes.removeChain(name);
    });
  }

  /** Says what is in the way before anything is made. */
  #requireFree({ description, plan }: Chain): void {
    if (this.#chains.has(description.name))
      throw new ToolstackError("EXISTS", `chain '${description.name}' is up already: take it down first`);
    for (const { name } of plan.domains) this.#parts.registry.requireFree(name);
    for (const { name } of plan.networks)
      if (this.#networks.exists(name))
        throw new ToolstackError("EXISTS", `there is a network '${name}' already: the chain's own needs another name`);
    for (const hop of plan.hops)
      if (namespaceExists(hop))
        throw new ToolstackError(
          "EXISTS",
          `there is a network namespace '${hop.namespace}' already: 'ip netns delete' it`,
        );
  }

  /** Others may have attached themselves to the chain's networks. */
  #requireNoGuests(name: string): void {
    const own = this.#domainsOf(name).map((domain) => domain.name);
    for (const network of this.#networks.ofChain(name)) {
      const others = this.#networks.users(network).filter((user) => !own.includes(user));
      if (others.length > 0)
        throw new ToolstackError(
          "WRONG_STATE",
          `network '${network}' of chain '${name}' is used by ${others.join(", ")}: detach or destroy these first`,
        );
    }
  }

  #domainsOf(name: string): readonly Domain[] {
    return [...this.#parts.registry.all()].filter(({ chain }) => chain === name);
  }

  #tell({ description, programs }: Chain): ChainInformation {
    return {
      name: description.name,
      domains: this.#domainsOf(description.name).map(({ name, state }) => ({ name, state })),
      namespaces: Array.from(programs, ([name, each]) => ({
        name,
        programs: each.map(({ command, running }) => ({ command, running })),
      })),
    };
  }

  #notice({ description }: Chain, fault: string): void {
    this.#parts.notice(`chain '${description.name}': ${fault}`);
  }
}

function programsOf({ programs }: Chain): readonly Program[] {
  return [...programs.values()].flat();
}

function startAll(chain: Chain): void {
  for (const program of programsOf(chain)) program.start();
}
