/** Attaches interfaces to domains, and takes them off. */
import { checkVif } from "./check.ts";
import type { VifDescription } from "./description.ts";
import type { Domain } from "./domain.ts";
import { printable } from "./fault.ts";
import type { DomainInformation } from "./information.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { hypervisorOf, type Parts } from "./parts.ts";
import { ToolstackError } from "./toolstack.ts";
import { fillVif, type Vif } from "./vif.ts";

export class Vifs {
  readonly #parts: Parts;
  readonly #lifecycle: Lifecycle;

  constructor(parts: Parts, lifecycle: Lifecycle) {
    this.#parts = parts;
    this.#lifecycle = lifecycle;
  }

  attach(name: string, description: VifDescription): Promise<DomainInformation> {
    return this.#lifecycle.operate(name, async (domain, undo) => {
      const { placement } = this.#parts;
      const { vifs } = domain.description;
      const vif = fillVif(checkVif(description), domain.name, vifs);
      requireUnlike(domain, vif);
      placement.connect(domain.worker, [vif.attach]);
      undo(() => placement.disconnect([vif.attach]));
      if (domain.active) {
        await hypervisorOf(this.#parts, domain).attachVif(domain.id, vif);
        undo(() => this.#detachFromGuest(domain, vif.name));
      }
      await this.#keep(domain, [...vifs, vif]);
      return this.#lifecycle.information(name);
    });
  }

  /** @param vif  name or number */
  detach(name: string, vif: string): Promise<DomainInformation> {
    return this.#lifecycle.operate(name, async (domain, undo) => {
      const found = await this.#find(domain, vif);
      if (domain.active) {
        await this.#detachFromGuest(domain, found.name);
        undo(() => hypervisorOf(this.#parts, domain).attachVif(domain.id, found));
      }
      await this.#keep(
        domain,
        domain.description.vifs.filter((each) => each !== found),
      );
      this.#parts.placement.disconnect([found.attach]);
      return this.#lifecycle.information(name);
    });
  }

  async #find(domain: Domain, vif: string): Promise<Vif> {
    const { vifs } = await this.#lifecycle.information(domain.name);
    const asked = vifs.find(({ name, index }) => name === vif || String(index) === vif);
    const found = domain.description.vifs.find(({ name }) => name === asked?.name);
    if (found) return found;
    const names = vifs.map(({ name }) => name).join(", ") || "none";
    throw new ToolstackError(
      "NOT_FOUND",
      `domain '${domain.name}' has no interface '${printable(vif)}'; it has ${names}`,
    );
  }

  /** The guest numbers its interfaces itself. */
  async #detachFromGuest(domain: Domain, name: string): Promise<void> {
    const hypervisor = hypervisorOf(this.#parts, domain);
    const { vifs } = await hypervisor.information(domain.id);
    const vif = vifs.find((each) => each.name === name);
    if (vif) await hypervisor.detachVif(domain.id, vif.index);
  }

  #keep(domain: Domain, vifs: Vif[]): Promise<void> {
    return this.#lifecycle.persist(domain, { description: { ...domain.description, vifs } }, "drop checkpoint");
  }
}

function requireUnlike({ name, description }: Domain, vif: Vif): void {
  for (const other of description.vifs) {
    if (other.name === vif.name)
      throw new ToolstackError("EXISTS", `domain '${name}' has an interface '${vif.name}' already`);
    if (other.mac === vif.mac)
      throw new ToolstackError(
        "EXISTS",
        `interface '${other.name}' of domain '${name}' has the address ${vif.mac} already`,
      );
  }
}
