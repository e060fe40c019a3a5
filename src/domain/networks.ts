/** Switches: those that were defined survive; those that are only named by interfaces come and go with them. */
import { checkNetwork } from "./check.ts";
import type { NetworkDescription } from "./description.ts";
import { printable } from "./fault.ts";
import type { Hypervisor } from "./hypervisor.ts";
import type { NetworkInformation } from "./information.ts";
import type { Parts } from "./parts.ts";
import { recoveredWorker } from "./recovery.ts";
import { Serial } from "./serial.ts";
import type { NetworkRecord } from "./store.ts";
import { ToolstackError } from "./toolstack.ts";
import { messageOf, undoable } from "./undoable.ts";

export interface DefineOptions {
  /** The chain that it belongs to. */
  readonly chain?: string | undefined;
  readonly worker?: number | undefined;
}

export class Networks {
  readonly #parts: Parts;
  readonly #defined = new Map<string, NetworkRecord>();
  readonly #serial = new Serial();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async list(): Promise<readonly NetworkInformation[]> {
    const told = await Promise.all(this.#parts.hypervisors.map((hypervisor) => hypervisor.networks()));
    return told.flatMap((networks, worker) =>
      networks.filter(({ name, kind }) => kind === "wire" || this.#home(name) === worker),
    );
  }

  /** Makes a switch, or changes one. */
  define(description: NetworkDescription, { chain, worker }: DefineOptions = {}): Promise<NetworkInformation> {
    return this.#serial.run(() =>
      undoable(async (undo) => {
        const { placement, store } = this.#parts;
        const { name } = checkNetwork(description);
        const before = this.#defined.get(name);
        this.#requireOwner(name, chain);
        const record: NetworkRecord = {
          description,
          worker: placement.choose([keyOf(name)], before && hasDevices(before) ? before.worker : worker),
          chain,
        };
        await this.#put(record);
        undo(() => (before ? this.#put(before) : this.#take(record)));
        await store.change((changes) => changes.putNetwork(record));
        return this.#tell(name);
      }),
    );
  }

  /** @param chain  the chain that removes what it made */
  remove(name: string, chain?: string): Promise<void> {
    return this.#serial.run(() =>
      undoable(async (undo) => {
        const record = this.#defined.get(name);
        if (!record)
          throw new ToolstackError(
            "NOT_FOUND",
            `no network '${printable(name)}' is defined; others go with their last interface`,
          );
        this.#requireOwner(name, chain);
        this.#requireUnused(name);
        const { store } = this.#parts;
        await store.change((changes) => changes.removeNetwork(name));
        undo(() => store.change((changes) => changes.putNetwork(record)));
        await this.#take(record);
      }),
    );
  }

  /** Whether a switch of this name is defined, or named by an interface. */
  exists(name: string): boolean {
    return this.#defined.has(name) || this.#parts.placement.isUsed(keyOf(name));
  }

  ofChain(chain: string): readonly string[] {
    return [...this.#defined.values()]
      .filter((record) => record.chain === chain)
      .map(({ description }) => description.name);
  }

  /** Names of the domains with an interface on the switch. */
  users(name: string): readonly string[] {
    const attached = [...this.#parts.registry.all()].filter(({ attachments }) => attachments.includes(keyOf(name)));
    return attached.map((domain) => domain.name);
  }

  /** Defines again what was there. A device that is missing now is told, and the switch goes without its devices. */
  async recover(records: readonly NetworkRecord[]): Promise<void> {
    for (const record of records) {
      const recovered = { ...record, worker: recoveredWorker(this.#parts, record) };
      try {
        await this.#put(recovered);
      } catch (error) {
        this.#parts.notice(`network '${record.description.name}': ${messageOf(error)}`);
        await this.#put({ ...recovered, description: withoutDevices(record.description) });
        this.#defined.set(record.description.name, recovered);
      }
    }
  }

  /** A switch with devices is on one worker; one without is wherever a domain needs it, so each worker knows its properties. */
  async #put(record: NetworkRecord): Promise<void> {
    const { description, worker } = record;
    const { name } = description;
    const before = this.#defined.get(name);
    await undoable(async (undo) => {
      for (const [index, hypervisor] of this.#parts.hypervisors.entries()) {
        await hypervisor.defineNetwork(index === worker ? description : withoutDevices(description));
        undo(() =>
          defineOrRemove(
            hypervisor,
            name,
            before && (index === before.worker ? before.description : withoutDevices(before.description)),
          ),
        );
      }
    });
    if (before && hasDevices(before)) this.#parts.placement.disconnect([keyOf(name)]);
    if (hasDevices(record)) this.#parts.placement.connect(worker, [keyOf(name)]);
    this.#defined.set(name, record);
  }

  async #take(record: NetworkRecord): Promise<void> {
    const { name } = record.description;
    for (const hypervisor of this.#parts.hypervisors) await hypervisor.removeNetwork(name);
    if (hasDevices(record)) this.#parts.placement.disconnect([keyOf(name)]);
    this.#defined.delete(name);
  }

  #home(name: string): number {
    return this.#parts.placement.workerOf(keyOf(name)) ?? this.#defined.get(name)?.worker ?? 0;
  }

  async #tell(name: string): Promise<NetworkInformation> {
    const networks = await this.#parts.hypervisors[this.#home(name)]!.networks();
    const found = networks.find((network) => network.kind === "switch" && network.name === name);
    if (!found) throw new ToolstackError("NOT_FOUND", `there is no network '${printable(name)}'`);
    return found;
  }

  #requireOwner(name: string, chain: string | undefined): void {
    const record = this.#defined.get(name);
    if (!record || record.chain === chain) return;
    throw new ToolstackError(
      "WRONG_STATE",
      record.chain === undefined
        ? `network '${name}' does not belong to chain '${chain}'`
        : `network '${name}' belongs to chain '${record.chain}': change the chain instead`,
    );
  }

  #requireUnused(name: string): void {
    const users = this.users(name);
    if (users.length === 0) return;
    throw new ToolstackError(
      "WRONG_STATE",
      `network '${name}' is used by ${users.join(", ")}: detach or destroy these first`,
    );
  }
}

function keyOf(name: string): string {
  return `switch:${name}`;
}

function hasDevices({ description }: NetworkRecord): boolean {
  return (description.devices ?? []).length > 0;
}

function withoutDevices({ devices: _, ...description }: NetworkDescription): NetworkDescription {
  return description;
}

async function defineOrRemove(
  hypervisor: Hypervisor,
  name: string,
  before: NetworkDescription | undefined,
): Promise<void> {
  await (before ? hypervisor.defineNetwork(before) : hypervisor.removeNetwork(name));
}
