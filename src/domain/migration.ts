/** Saves and restores domains, and moves them to other daemons. */
import type { Domain } from "./domain.ts";
import type { DomainInformation } from "./information.ts";
import { type Lifecycle, requireState } from "./lifecycle.ts";
import { hypervisorOf, type Parts } from "./parts.ts";
import { decodeSaved, encodeSaved } from "./saveFile.ts";
import type { MigrationTarget, Toolstack } from "./toolstack.ts";
import { type Undo, undoable } from "./undoable.ts";

/** What migration needs of the daemon to which a domain goes. */
export type RemoteDaemon = Pick<Toolstack, "restore" | "unpause" | "destroy" | "close">;

export type Connect = (target: MigrationTarget) => Promise<RemoteDaemon>;

export class Migration {
  readonly #parts: Parts;
  readonly #lifecycle: Lifecycle;
  readonly #connect: Connect;

  constructor(parts: Parts, lifecycle: Lifecycle, connect: Connect) {
    this.#parts = parts;
    this.#lifecycle = lifecycle;
    this.#connect = connect;
  }

  save(name: string): Promise<Uint8Array> {
    return this.#lifecycle.operate(name, async (domain) => {
      requireState(domain, ["running", "paused"], "be saved");
      const state = await hypervisorOf(this.#parts, domain).save(domain.id);
      return encodeSaved({ description: domain.description, state });
    });
  }

  /** @param options  `name`: another than it had; its interfaces keep their addresses, which its guest knows */
  async restore(
    file: Uint8Array,
    { name, paused }: { readonly name?: string | undefined; readonly paused?: boolean | undefined } = {},
  ): Promise<DomainInformation> {
    const { description, state } = decodeSaved(file);
    return this.#lifecycle.create({ ...description, name: name ?? description.name }, { paused, state });
  }

  /**
   * At no moment do both sides run it, and at none is it lost: it is paused here, restored but paused there, kept as paused here, run there, and only then
   * destroyed here. Whoever is killed in between leaves a paused domain behind.
   */
  async migrate(name: string, target: MigrationTarget): Promise<void> {
    const remote = await this.#connect(target);
    try {
      await this.#lifecycle.operate(name, async (domain, undo) => {
        await undoable((undoHandover) => this.#handOver(domain, remote, undoHandover));
        // It lives there now: what fails from here on must not undo that.
        await this.#lifecycle.remove(domain, undo);
        this.#parts.events.add("migrated", domain, `to ${target.url}`);
      });
    } finally {
      await remote.close();
    }
  }
  async #handOver(domain: Domain, remote: RemoteDaemon, undo: Undo): Promise<void> {
    requireState(domain, ["running", "paused"], "migrate");
    const hypervisor = hypervisorOf(this.#parts, domain);
    const running = domain.state === "running";
    if (running) {
      await hypervisor.setPaused(domain.id, true);
      undo(() => hypervisor.setPaused(domain.id, false));
    }
    const state = await hypervisor.save(domain.id);
    await remote.restore(encodeSaved({ description: domain.description, state }), { paused: true });
    undo(() => remote.destroy(domain.name));
    if (!running) return;
    await this.#lifecycle.persist(domain, { state: "paused" }, "keep checkpoint");
    undo(() => this.#lifecycle.persist(domain, { state: "running" }, "keep checkpoint"));
    await remote.unpause(domain.name);
  }
}
