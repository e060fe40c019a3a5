/** Takes checkpoints of the domains that ask for them: one timer for all. */
import type { Domain } from "./domain.ts";
import { hypervisorOf, type Parts } from "./parts.ts";
import { decodeSaved, encodeSaved } from "./saveFile.ts";
import { messageOf } from "./undoable.ts";

/** Milliseconds between looks at who is due. */
const MOST_SLEEP = 1000;
const LEAST_SLEEP = 20;

export class Checkpoints {
  readonly #parts: Parts;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    this.#sleep(MOST_SLEEP);
  }

  /** Takes the last ones, so that an orderly end loses nothing. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#round;
    clearTimeout(this.#timer);
    for (const domain of this.#parts.registry.all()) if (domain.description.checkpoint) await this.#take(domain);
  }

  #sleep(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      this.#round = this.#takeDue();
    }, milliseconds).unref();
  }

  async #takeDue(): Promise<void> {
    let next = MOST_SLEEP;
    for (const domain of this.#parts.registry.all()) {
      const { checkpoint } = domain.description;
      if (checkpoint === undefined || domain.state !== "running") continue;
      if (left(domain, checkpoint) <= 0) await this.#take(domain);
      next = Math.min(next, left(domain, checkpoint));
    }
    this.#sleep(Math.max(next, LEAST_SLEEP));
  }

  #take(domain: Domain): Promise<void> {
    return domain.exclusively(async () => {
      domain.checkpointed = performance.now();
      if (!domain.active || !this.#parts.registry.has(domain)) return;
      try {
        const state = await hypervisorOf(this.#parts, domain).save(domain.id);
        const file = encodeSaved({ description: domain.description, state });
        await this.#parts.store.change((changes) => changes.putCheckpoint(domain.id, file));
      } catch (error) {
        this.#parts.notice(`domain '${domain.name}': no checkpoint: ${messageOf(error)}`);
      }
    });
  }
}

/** @returns milliseconds */
function left(domain: Domain, interval: number): number {
  return domain.checkpointed + interval * 1000 - performance.now();
}

/** @returns the state to boot from, undefined = there is none, or none that is whole */
export function checkpointState({ store, notice }: Parts, domain: Domain): Uint8Array | undefined {
  const file = store.checkpoint(domain.id);
  if (!file || !domain.description.checkpoint) return undefined;
  try {
    return decodeSaved(file).state;
  } catch (error) {
    notice(`domain '${domain.name}': its checkpoint is lost: ${messageOf(error)}`);
    return undefined;
  }
}
