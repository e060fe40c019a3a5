/** The domains that there are, by number and by name. */
import type { Domain } from "./domain.ts";
import { printable } from "./fault.ts";
import { suggestion } from "./suggest.ts";
import { ToolstackError } from "./toolstack.ts";

export class Registry {
  readonly #byName = new Map<string, Domain>();
  readonly #byId = new Map<number, Domain>();
  /** Those that are whole: the others have a name and a number, but are still being made. */
  readonly #whole = new Set<Domain>();
  #lastId: number;

  constructor(lastId: number) {
    this.#lastId = lastId;
  }

  nextId(): number {
    return ++this.#lastId;
  }

  /** @throws ToolstackError EXISTS when the name is taken */
  enter(domain: Domain): void {
    this.requireFree(domain.name);
    this.#byName.set(domain.name, domain);
    this.#byId.set(domain.id, domain);
  }

  /** @throws ToolstackError EXISTS */
  requireFree(name: string): void {
    if (this.#byName.has(name))
      throw new ToolstackError(
        "EXISTS",
        `there is a domain '${name}' already: destroy it first, or choose another name`,
      );
  }

  /** From now on it can be found. */
  admit(domain: Domain): void {
    this.#whole.add(domain);
  }

  remove(domain: Domain): void {
    this.#whole.delete(domain);
    this.#byName.delete(domain.name);
    this.#byId.delete(domain.id);
  }

  has(domain: Domain): boolean {
    return this.#whole.has(domain);
  }

  all(): Iterable<Domain> {
    return this.#whole;
  }

  /** Also one that is still being made. */
  byId(id: number): Domain | undefined {
    return this.#byId.get(id);
  }

  /**
   * @param domain  name, or number in decimal
   * @throws ToolstackError NOT_FOUND
   */
  find(domain: string): Domain {
    const found = /^\d+$/.test(domain) ? this.#byId.get(Number(domain)) : this.#byName.get(domain);
    if (found && this.#whole.has(found)) return found;
    throw new ToolstackError(
      "NOT_FOUND",
      `there is no domain '${printable(domain)}'${suggestion(domain, this.#byName.keys())}`,
    );
  }
}
