/** One domain as the toolstack knows it: what is wanted of it, and what it is doing. */
import { Console } from "./console.ts";
import type { DomainState } from "./description.ts";
import type { GuestInformation, GuestPlan } from "./hypervisor.ts";
import type { DomainInformation, Traffic, VifInformation } from "./information.ts";
import { Serial } from "./serial.ts";
import type { DomainRecord } from "./store.ts";
import type { FilledDescription } from "./vif.ts";

/** MiB that a guest may take unless its description says otherwise. */
const DEFAULT_MEMORY = 64;
const MEBIBYTE = 1 << 20;
/** What messages about a configuration without a file begin with, as Click's `-e`. */
const NO_FILE = "config";

/** What a domain has while no guest runs. */
const NO_GUEST = { tier: "none", elements: 0, memory: 0, bootMilliseconds: 0 } as const;

export function noTraffic(): Traffic {
  return { packets: 0, bytes: 0, drops: {} };
}

export class Domain {
  readonly id: number;
  readonly created: string;
  readonly worker: number;
  readonly chain: string | undefined;
  readonly console = new Console();
  description: FilledDescription;
  state: DomainState;
  reason: string;
  restarts: number;
  /** Whether its guest's memory is held; a crashed guest's may be. */
  hasGuest = false;
  /** Times that a boot was begun: tells whether news from the guest is about this one or about one before. */
  boots = 0;
  /** ISO 8601; empty = never booted. */
  started = "";
  /** When a checkpoint was last taken, or the guest booted; milliseconds of a steady clock. */
  checkpointed = 0;
  readonly #serial = new Serial();

  constructor(record: DomainRecord) {
    this.id = record.id;
    this.created = record.created;
    this.worker = record.worker;
    this.chain = record.chain;
    this.description = record.description;
    this.state = record.state;
    this.reason = record.reason;
    this.restarts = record.restarts;
  }

  get name(): string {
    return this.description.name;
  }

  get active(): boolean {
    return this.state === "running" || this.state === "paused";
  }

  get attachments(): readonly (string | undefined)[] {
    return this.description.vifs.map(({ attach }) => attach);
  }

  /** Operations on one domain do not overlap. */
  exclusively<Result>(operation: () => Promise<Result>): Promise<Result> {
    return this.#serial.run(operation);
  }

  record(): DomainRecord {
    const { id, description, state, reason, restarts, created, worker, chain } = this;
    return { id, description, state, reason, restarts, created, worker, chain };
  }

  /** @param guest  undefined while there is none */
  information(guest: GuestInformation | undefined): DomainInformation {
    const { id, name, state, reason, worker, restarts, created, started, description } = this;
    return {
      ...{ id, name, state, reason, worker, restarts, created, description },
      description: withoutImage(description),
      hasConfiguration: isBootable(description),
      ...NO_GUEST,
      vifs: this.#idleVifs(),
      ...(guest && { ...guest, vifs: [...guest.vifs] }),
      started: guest ? started : "",
    };
  }

  #idleVifs(): VifInformation[] {
    return this.description.vifs.map(({ name, mac, attach = "" }, index) => {
      return { index, name, mac, attach, received: noTraffic(), sent: noTraffic() };
    });
  }
}

export interface BootOptions {
  readonly paused?: boolean | undefined;
  /** As the hypervisor's `save` gave it. */
  readonly state?: Uint8Array | undefined;
}

/** Whether there is something that a guest can run. */
export function isBootable({ config, image }: FilledDescription): boolean {
  return config !== undefined || image !== undefined;
}

/** An image's bytes are not told again: lists of domains would grow by each. */
function withoutImage({ image: _, ...description }: FilledDescription): FilledDescription {
  return description;
}

/** @param description  one with a configuration or an image */
export function planBoot(
  id: number,
  description: FilledDescription,
  { paused = false, state }: BootOptions,
): GuestPlan {
  return {
    id,
    name: description.name,
    configuration: configurationOf(description),
    image: description.image === undefined ? undefined : imageOf(description.image),
    parameters: description.parameters ?? {},
    memoryLimit: (description.memory ?? DEFAULT_MEMORY) * MEBIBYTE,
    cpuShare: description.cpuShare ?? 1,
    packetRate: description.packetRate ?? 0,
    vifs: description.vifs,
    paused,
    state,
  };
}

export function configurationOf({ config = "", configFile = NO_FILE }: FilledDescription): GuestPlan["configuration"] {
  return { text: config, file: configFile };
}

/** A copy of its own: small buffers share theirs, and would take it along to another thread. */
function imageOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, "base64"));
}
