/** What becomes of domains whose guest stopped of itself or crashed. */
import type { Domain } from "./domain.ts";
import type { HypervisorEvents } from "./hypervisor.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import { messageOf, undoable } from "./undoable.ts";

type Why = Parameters<HypervisorEvents["onStopped"]>[1];

/** A domain that crashes so often in so many milliseconds would do nothing but boot. */
const MOST_CRASHES = 5;
const CRASH_WINDOW = 10_000;
/** Milliseconds before the second restart in a row; the first comes at once, each further one waits twice as long. */
const FIRST_PAUSE = 100;

export class Crashes {
  readonly #parts: Parts;
  readonly #lifecycle: Lifecycle;
  /** When each domain crashed lately, in milliseconds of a steady clock. */
  readonly #crashes = new WeakMap<Domain, number[]>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(parts: Parts, lifecycle: Lifecycle) {
    this.#parts = parts;
    this.#lifecycle = lifecycle;
  }

  /** From a hypervisor: guest `id` is out of the schedule. */
  onStopped(id: number, why: Why): void {
    const domain = this.#parts.registry.byId(id);
    if (domain) this.#soon(domain, () => this.#carryOut(domain, why));
  }

  /** No restarts any more. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Does something about this boot of the domain, unless it is over by then. */
  #soon(domain: Domain, work: () => Promise<void>): void {
    const { boots } = domain;
    void domain.exclusively(async () => {
      if (this.#closed || domain.boots !== boots || !domain.hasGuest || !this.#parts.registry.has(domain)) return;
      try {
        await work();
      } catch (error) {
        this.#parts.notice(`domain '${domain.name}': ${messageOf(error)}`);
      }
    });
  }

  async #carryOut(domain: Domain, { crashed, reason }: Why): Promise<void> {
    if (!domain.active) return;
    const { events } = this.#parts;
    if (!crashed) {
      await this.#lifecycle.persist(domain, { state: "stopped", reason }, "drop checkpoint");
      await this.#lifecycle.halt(domain);
      events.add("stopped", domain, reason);
      return;
    }
    const { on_crash: policy = "preserve" } = domain.description;
    if (policy === "preserve") return this.#preserve(domain, reason);
    if (policy === "restart") return this.#restart(domain, reason);
    events.add("crashed", domain, reason);
    await undoable((undo) => this.#lifecycle.remove(domain, undo));
    events.add("destroyed", domain, reason);
  }

  async #preserve(domain: Domain, reason: string): Promise<void> {
    await this.#lifecycle.persist(domain, { state: "crashed", reason }, "drop checkpoint");
    this.#parts.events.add("crashed", domain, reason);
  }

  /** Until it runs again, what survives is that it should run. */
  async #restart(domain: Domain, reason: string): Promise<void> {
    const now = performance.now();
    const recent = (this.#crashes.get(domain) ?? []).filter((time) => now - time < CRASH_WINDOW);
    recent.push(now);
    this.#crashes.set(domain, recent);
    if (recent.length >= MOST_CRASHES)
      return this.#preserve(domain, `crashed ${recent.length} times in ${CRASH_WINDOW / 1000} s, at last: ${reason}`);
    Object.assign(domain, { state: "crashed", reason });
    this.#parts.events.add("crashed", domain, reason);
    if (recent.length === 1) return this.#bootAgain(domain, reason);
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#soon(domain, () => this.#bootAgain(domain, reason));
      },
      FIRST_PAUSE * 2 ** (recent.length - 2),
    );
    this.#timers.add(timer);
  }

  async #bootAgain(domain: Domain, reason: string): Promise<void> {
    if (domain.state !== "crashed") return;
    await this.#lifecycle.halt(domain);
    try {
      await this.#lifecycle.boot(domain, domain.description, {});
    } catch (error) {
      return this.#preserve(domain, `${reason}; it could not be restarted: ${messageOf(error)}`);
    }
    const change = { state: "running", reason: "", restarts: domain.restarts + 1 } as const;
    await this.#lifecycle.persist(domain, change, "drop checkpoint");
    this.#parts.events.add("restarted", domain, reason);
  }
}
