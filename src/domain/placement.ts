/** Chooses the worker for each domain: domains that share a switch or a wire need the same one, since a worker's fabric is its own. */
import { networkOf } from "./attachment.ts";
import { ToolstackError } from "./toolstack.ts";

interface Use {
  readonly worker: number;
  ends: number;
}

/** By the meaning of a wire. */
const WIRE_ENDS = 2;

export class Placement {
  readonly #guests: number[];
  readonly #networks = new Map<string, Use>();

  constructor(workers: number) {
    this.#guests = Array.from({ length: workers }, () => 0);
  }

  /**
   * @param wanted  the worker that the description names
   * @returns the worker where the networks are; if there are none yet, the wanted one or the one with the fewest guests
   * @throws ToolstackError INVALID when there is no such worker, or networks on different ones are needed
   */
  choose(attachments: readonly (string | undefined)[], wanted?: number): number {
    const last = this.#guests.length - 1;
    if (wanted !== undefined && wanted > last)
      throw new ToolstackError("INVALID", `worker: there is no worker ${wanted}: they are numbered from 0 to ${last}`);
    let chosen = wanted;
    for (const attachment of attachments) {
      const worker = this.workerOf(attachment);
      if (worker === undefined) continue;
      if (chosen !== undefined && chosen !== worker) throw apart(attachment!, worker, chosen);
      chosen = worker;
    }
    return chosen ?? this.#guests.indexOf(Math.min(...this.#guests));
  }

  workerOf(attachment: string | undefined): number | undefined {
    const network = networkOf(attachment);
    return network === undefined ? undefined : this.#networks.get(network)?.worker;
  }

  isUsed(attachment: string): boolean {
    return this.#networks.has(attachment);
  }

  addGuest(worker: number): void {
    this.#guests[worker]!++;
  }

  removeGuest(worker: number): void {
    this.#guests[worker]!--;
  }

  /** @throws ToolstackError INVALID when a wire has two ends already, or the network is on another worker; then nothing is connected */
  connect(worker: number, attachments: readonly (string | undefined)[]): void {
    const done: string[] = [];
    try {
      for (const network of attachments.flatMap((attachment) => networkOf(attachment) ?? [])) {
        this.#connectOne(worker, network);
        done.push(network);
      }
    } catch (error) {
      this.disconnect(done);
      throw error;
    }
  }

  disconnect(attachments: readonly (string | undefined)[]): void {
    for (const network of attachments.flatMap((attachment) => networkOf(attachment) ?? [])) {
      const use = this.#networks.get(network);
      if (use && --use.ends === 0) this.#networks.delete(network);
    }
  }

  #connectOne(worker: number, network: string): void {
    const use = this.#networks.get(network);
    if (use && use.worker !== worker) throw apart(network, use.worker, worker);
    if (use && network.startsWith("wire:") && use.ends === WIRE_ENDS)
      throw new ToolstackError("INVALID", `'${network}' has two ends already, and a wire has no more: use a switch`);
    if (use) use.ends++;
    else this.#networks.set(network, { worker, ends: 1 });
  }
}

function apart(network: string, worker: number, other: number): ToolstackError {
  return new ToolstackError(
    "INVALID",
    `'${network}' is on worker ${worker}, and worker ${other} is needed too: put what is connected on one, with 'worker' in the descriptions`,
  );
}
