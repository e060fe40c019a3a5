/** A hypervisor in this thread for tests, and what its guests said and did. */
import type { GuestPlan } from "../domain/hypervisor.ts";
import type { ToolstackError } from "../domain/toolstack.ts";
import { countMemory } from "../fabric/guest.fixture.ts";
import { type HypervisorOptions, LocalHypervisor } from "./localHypervisor.ts";

/** Milliseconds after which something that should have happened has not. */
const PATIENCE = 10_000;

const MEBIBYTE = 1 << 20;

export interface Stop {
  readonly id: number;
  readonly crashed: boolean;
  readonly reason: string;
}

export class TestHypervisor {
  readonly hypervisor: LocalHypervisor;
  readonly stops: Stop[] = [];
  readonly console: string[] = [];
  readonly #taken: () => number;
  #nextId = 1;

  constructor(options: HypervisorOptions = {}) {
    this.hypervisor = new LocalHypervisor(options, {
      onConsole: (_, text) => this.console.push(text),
      onStopped: (id, why) => this.stops.push({ id, ...why }),
    });
    this.#taken = countMemory(this.hypervisor.fabric.memory);
  }

  /** Bytes of the switch's memory that are in use, less those that the fabric itself has. */
  get bytesInUse(): number {
    return this.#taken();
  }

  /** A guest with an interface for each attachment: `eth0`, `eth1` ... */
  plan(text: string, attachments: readonly string[], more: Partial<GuestPlan> = {}): GuestPlan {
    const id = this.#nextId++;
    return {
      id,
      name: `d${id}`,
      configuration: { text, file: "test.click" },
      parameters: {},
      memoryLimit: 64 * MEBIBYTE,
      cpuShare: 1,
      packetRate: 0,
      vifs: attachments.map((attach, index) => vif(id, index, attach)),
      paused: false,
      ...more,
    };
  }

  /** @returns its number */
  async boot(text: string, attachments: readonly string[], more: Partial<GuestPlan> = {}): Promise<number> {
    const plan = this.plan(text, attachments, more);
    await this.hypervisor.boot(plan);
    return plan.id;
  }

  async read(id: number, handler: string): Promise<number> {
    return Number(await this.hypervisor.readHandler(id, handler));
  }

  /** What a call is refused with. @throws Error when it is not */
  async refusal(call: Promise<unknown>): Promise<ToolstackError> {
    try {
      await call;
    } catch (error) {
      return error as ToolstackError; // the hypervisor throws no others
    }
    throw new Error("it was not refused");
  }
}

export function vif(id: number, index: number, attach: string): GuestPlan["vifs"][number] {
  const hex = (byte: number): string => byte.toString(16).padStart(2, "0");
  return { name: `eth${index}`, mac: `02:00:00:${hex(id >> 8)}:${hex(id & 255)}:${hex(index)}`, attach };
}

/** Waits for something to become true. @throws Error when it does not */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`in vain waited until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
