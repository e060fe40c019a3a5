/**
 * A hypervisor for tests of the toolstack: its guests are entries of a table. A configuration that contains "FAULT" does not boot, one that contains "CRASH" crashes
 * at once; `count` is a handler that can be written, and its value is all the state that a guest has. Faults and crashes happen on request.
 */
import type { VifDescription } from "./description.ts";
import { noTraffic } from "./domain.ts";
import type { GuestInformation, GuestPlan, GuestStatistics, Hypervisor, HypervisorEvents } from "./hypervisor.ts";
import type { HandlerInformation, NetworkInformation, TraceStep } from "./information.ts";
import { ToolstackError } from "./toolstack.ts";

interface FixtureGuest {
  plan: GuestPlan;
  paused: boolean;
  count: string;
  readonly vifs: Map<number, GuestPlan["vifs"][number]>;
}

type Operation =
  | "boot"
  | "setPaused"
  | "destroy"
  | "swap"
  | "attachVif"
  | "detachVif"
  | "save"
  | "defineNetwork"
  | "removeNetwork";

export class FixtureHypervisor implements Hypervisor {
  readonly guests = new Map<number, FixtureGuest>();
  readonly defined = new Map<string, NetworkInformation["description"]>();
  /** Operations so far, in order: `boot fw`. */
  readonly log: string[] = [];
  closed = false;
  readonly #events: HypervisorEvents;
  readonly #faults = new Set<Operation>();

  constructor(events: HypervisorEvents) {
    this.#events = events;
  }

  /** The next such operation fails. */
  failNext(operation: Operation): void {
    this.#faults.add(operation);
  }

  say(id: number, text: string): void {
    this.#events.onConsole(id, text);
  }

  stopGuest(id: number, why: { readonly crashed: boolean; readonly reason: string }): void {
    this.#events.onStopped(id, why);
  }

  async boot(plan: GuestPlan): Promise<GuestInformation> {
    this.#begin("boot", plan.name);
    if (this.guests.has(plan.id)) throw new Error(`guest ${plan.id} runs already`);
    checkConfiguration(plan.configuration);
    const count = plan.state ? Buffer.from(plan.state).toString() : "0";
    const guest = { plan, paused: plan.paused, count, vifs: new Map(plan.vifs.entries()) };
    this.guests.set(plan.id, guest);
    if (plan.configuration.text.includes("CRASH")) this.stopGuest(plan.id, { crashed: true, reason: "at once" });
    return describe(guest);
  }

  async information(id: number): Promise<GuestInformation> {
    return describe(this.#guest(id));
  }

  async setPaused(id: number, paused: boolean): Promise<void> {
    const guest = this.#guest(id);
    this.#begin("setPaused", `${guest.plan.name} ${paused}`);
    guest.paused = paused;
  }

  async destroy(id: number): Promise<void> {
    const guest = this.#guest(id);
    this.#begin("destroy", guest.plan.name);
    this.guests.delete(id);
  }

  async swap(
    id: number,
    configuration: GuestPlan["configuration"],
    parameters: GuestPlan["parameters"],
  ): Promise<GuestInformation> {
    const guest = this.#guest(id);
    this.#begin("swap", guest.plan.name);
    checkConfiguration(configuration);
    guest.plan = { ...guest.plan, configuration, parameters };
    return describe(guest);
  }

  async attachVif(
    id: number,
    vif: VifDescription & { readonly name: string; readonly mac: string },
  ): Promise<GuestInformation> {
    const guest = this.#guest(id);
    this.#begin("attachVif", `${guest.plan.name} ${vif.name}`);
    let index = 0;
    while (guest.vifs.has(index)) index++;
    guest.vifs.set(index, vif);
    return describe(guest);
  }

  async detachVif(id: number, index: number): Promise<GuestInformation> {
    const guest = this.#guest(id);
    this.#begin("detachVif", `${guest.plan.name} ${index}`);
    guest.vifs.delete(index);
    return describe(guest);
  }

  async handlers(id: number): Promise<readonly HandlerInformation[]> {
    this.#guest(id);
    return [{ element: "", class: "", name: "count", flags: "rw" }];
  }

  async readHandler(id: number, handler: string): Promise<string> {
    const { count } = this.#guest(id);
    requireCount(handler);
    return count;
  }

  async writeHandler(id: number, handler: string, value: string): Promise<void> {
    const guest = this.#guest(id);
    requireCount(handler);
    guest.count = value;
  }

  async save(id: number): Promise<Uint8Array> {
    const guest = this.#guest(id);
    this.#begin("save", guest.plan.name);
    return Buffer.from(guest.count);
  }

  async statistics(): Promise<ReadonlyMap<number, GuestStatistics>> {
    const idle = { nanoseconds: 1, received: noTraffic(), sent: noTraffic(), elements: [] };
    return new Map(Array.from(this.guests.keys(), (id) => [id, idle]));
  }

  async *trace(): AsyncIterable<TraceStep> {}

  async *capture(): AsyncIterable<Uint8Array> {}

  async networks(): Promise<readonly NetworkInformation[]> {
    const attached = Array.from(this.guests.values(), ({ vifs }) => [...vifs.values()]).flat();
    const implicit = attached.flatMap(({ attach }) => (attach?.startsWith("switch:") ? attach.slice(7) : []));
    const names = new Set([...this.defined.keys(), ...implicit]);
    return Array.from(names, (name) => {
      return { name, kind: "switch", description: this.defined.get(name) ?? { name }, ports: [], addresses: [] };
    });
  }

  async defineNetwork(description: NetworkInformation["description"]): Promise<void> {
    this.#begin("defineNetwork", description.name);
    this.defined.set(description.name, description);
  }

  async removeNetwork(name: string): Promise<void> {
    this.#begin("removeNetwork", name);
    this.defined.delete(name);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #guest(id: number): FixtureGuest {
    const guest = this.guests.get(id);
    if (!guest) throw new ToolstackError("NOT_FOUND", `no guest ${id}`);
    return guest;
  }

  #begin(operation: Operation, what: string): void {
    this.log.push(`${operation} ${what}`);
    if (this.#faults.delete(operation)) throw new ToolstackError("UNAVAILABLE", `${operation} fails on request`);
  }
}

function checkConfiguration({ text, file }: GuestPlan["configuration"]): void {
  if (text.includes("FAULT")) throw new ToolstackError("INVALID", `${file}:1: syntax error near 'FAULT'`);
}

function requireCount(handler: string): void {
  if (handler !== "count") throw new ToolstackError("NOT_FOUND", `no handler '${handler}'`);
}

function describe({ vifs }: FixtureGuest): GuestInformation {
  return {
    tier: "dispatch",
    elements: 1,
    memory: 65536,
    bootMilliseconds: 1,
    vifs: Array.from(vifs, ([index, { name, mac, attach = "" }]) => {
      return { index, name, mac, attach, received: noTraffic(), sent: noTraffic() };
    }),
  };
}
