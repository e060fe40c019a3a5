/** A guest's part in the fabric, whatever runs in it: its interfaces, its limits, and whether it has turns. */
import type { GuestPlan, GuestStatistics } from "../domain/hypervisor.ts";
import type { Traffic, VifInformation } from "../domain/information.ts";
import { ToolstackError, type VifCaptureRequest } from "../domain/toolstack.ts";
import type { Fabric, FabricGuest, GuestFunctions } from "../fabric/fabric.ts";
import { RateLimit } from "../fabric/port.ts";
import type { Networks } from "./networks.ts";
import { Vif } from "./vif.ts";

/** What members of a fabric share. */
export interface MemberHost {
  readonly fabric: Fabric;
  readonly networks: Networks;
  /** Slots of each ring, a power of two. */
  readonly ringSlots: number;
}

type PlannedVif = GuestPlan["vifs"][number];

/** `slowdown` of a guest that may take all there is (plane/scheduler.ts). */
const FULL_SPEED = 1024;

export class FabricMember {
  readonly #host: MemberHost;
  readonly #plan: GuestPlan;
  readonly #vifs = new Map<number, Vif>();
  #guest: FabricGuest | undefined;
  #limits: { readonly in: RateLimit; readonly out: RateLimit } | undefined;
  #isPaused: boolean;
  #isStopped = false;

  /** Makes the interfaces, so that the guest finds them while it is made. `leave` gives everything back. */
  constructor(host: MemberHost, plan: GuestPlan) {
    this.#host = host;
    this.#plan = plan;
    this.#isPaused = plan.paused;
    try {
      for (const [index, vif] of plan.vifs.entries()) this.#makeVif(index, vif);
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  /**
   * Puts the guest on the schedule, not running yet, and connects its interfaces.
   * @throws ToolstackError; `leave` then, as otherwise
   */
  join(memory: WebAssembly.Memory, functions: GuestFunctions): FabricGuest {
    const { fabric } = this.#host;
    const { packetRate, cpuShare, vifs } = this.#plan;
    this.#guest = fabric.addGuest(memory, functions);
    if (packetRate > 0)
      this.#limits = { in: new RateLimit(fabric, packetRate), out: new RateLimit(fabric, packetRate) };
    for (const [index, vif] of vifs.entries()) this.#connectVif(index, vif);
    fabric.plane.setSlowdown(this.#guest.address, Math.round(FULL_SPEED / cpuShare));
    return this.#guest;
  }

  /** The scheduler calls the guest's functions directly: these are others. */
  setFunctions(functions: GuestFunctions): void {
    if (this.#guest) this.#host.fabric.setFunctions(this.#guest, functions);
  }

  /** Connects the rings that were opened since the last time. */
  connectRings(): void {
    for (const vif of this.#vifs.values()) if (this.#guest) vif.connect(this.#guest);
  }

  /** @param hosted  whether every run of the guest is the host's business */
  setHosted(hosted: boolean): void {
    if (this.#guest) this.#host.fabric.plane.setHosted(this.#guest.address, hosted);
  }

  /** Gives the guest turns, or none. */
  schedule(): void {
    const runs = !this.#isPaused && !this.#isStopped;
    if (this.#guest) this.#host.fabric.plane.setRunnable(this.#guest.address, runs);
    for (const { port } of this.#vifs.values()) port.isUp = runs;
  }

  /** What was done from outside may have given the guest work. */
  activate(): void {
    if (this.#guest) this.#host.fabric.plane.activate(this.#guest.address);
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  setPaused(paused: boolean): void {
    this.#isPaused = paused;
    this.schedule();
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** No turns any more. */
  stop(): void {
    this.#isStopped = true;
    for (const vif of this.#vifs.values()) vif.endCapture();
    this.schedule();
  }

  /** @throws ToolstackError */
  requireAlive(): void {
    if (this.#isStopped) throw new ToolstackError("WRONG_STATE", "the guest has stopped");
  }

  /** @param name  name or number, as FromDevice and ToDevice ask for it */
  findVif(name: string): Vif | undefined {
    const vifs = [...this.#vifs.values()];
    return vifs.find((vif) => vif.name === name) ?? vifs.find((vif) => String(vif.index) === name);
  }

  /** As {@link findVif}. @throws Error, its text to be shown behind the name */
  vif(name: string): Vif {
    const found = this.findVif(name);
    if (found) return found;
    const names = [...this.#vifs.values()].map((vif) => vif.name);
    throw new Error(
      `No such interface; ${names.length === 0 ? "the domain has none" : `the domain has ${names.join(", ")}`}`,
    );
  }

  #makeVif(index: number, { name, mac }: PlannedVif): Vif {
    const vif = new Vif(this.#host.fabric, { index, name, mac }, this.#host.ringSlots);
    this.#vifs.set(index, vif);
    return vif;
  }

  /** @throws ToolstackError; it is then not connected */
  #connectVif(index: number, description: PlannedVif): void {
    const vif = this.#vifs.get(index);
    if (!vif) return;
    this.#host.networks.attach(vif, description, `${this.#plan.name}.${vif.name}`);
    vif.port.setLimits(description.packetRate, this.#limits);
  }

  #removeVif(vif: Vif): void {
    this.#vifs.delete(vif.index);
    vif.endCapture();
    this.#host.networks.detach(vif);
    vif.port.remove();
  }

  /** @throws ToolstackError; nothing has changed then */
  attach(description: PlannedVif): void {
    this.requireAlive();
    if (this.findVif(description.name))
      throw new ToolstackError("EXISTS", `the domain has an interface '${description.name}' already`);
    let index = 0;
    while (this.#vifs.has(index)) index++;
    const vif = this.#makeVif(index, description);
    try {
      this.#connectVif(index, description);
    } catch (error) {
      this.#removeVif(vif);
      throw error;
    }
    this.schedule();
  }

  /** @throws ToolstackError when there is no such interface */
  detach(index: number): void {
    const vif = this.#vifs.get(index);
    if (!vif) throw new ToolstackError("NOT_FOUND", `the domain has no interface ${index}`);
    this.#removeVif(vif);
  }

  /** Copies what passes an interface. `pollCaptures` moves it on. @throws ToolstackError, at the first item */
  async *capture(request: VifCaptureRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.requireAlive();
    const vif = this.findVif(request.vif);
    if (!vif) throw new ToolstackError("NOT_FOUND", `the domain has no interface '${request.vif}'`);
    const feed = vif.startCapture(request);
    try {
      yield* feed.items(signal);
    } finally {
      vif.endCapture(feed);
    }
  }

  get isCaptured(): boolean {
    return [...this.#vifs.values()].some((vif) => vif.isCaptured);
  }

  /** Takes what has passed captured interfaces. To be called every few milliseconds. */
  pollCaptures(): void {
    for (const vif of this.#vifs.values()) vif.pollCapture();
  }

  /** In order of their numbers. */
  get vifs(): VifInformation[] {
    return [...this.#vifs.values()].sort((a, b) => a.index - b.index).map((vif) => vif.information);
  }

  get statistics(): Omit<GuestStatistics, "elements"> {
    const { vifs } = this;
    return {
      nanoseconds: this.#guest ? this.#host.fabric.plane.guestNanoseconds(this.#guest.address) : 0,
      received: sum(vifs.map(({ received }) => received)),
      sent: sum(vifs.map(({ sent }) => sent)),
    };
  }

  /** Gives everything back, whatever there is. */
  leave(): void {
    this.stop();
    for (const vif of [...this.#vifs.values()]) this.#removeVif(vif);
    if (this.#guest) this.#host.fabric.removeGuest(this.#guest);
    this.#guest = undefined;
    this.#limits?.in.release();
    this.#limits?.out.release();
    this.#limits = undefined;
  }
}

function sum(traffics: readonly Traffic[]): Traffic {
  const drops: Record<string, number> = {};
  for (const traffic of traffics)
    for (const [reason, count] of Object.entries(traffic.drops)) drops[reason] = (drops[reason] ?? 0) + count;
  const add = (which: "packets" | "bytes"): number => traffics.reduce((total, traffic) => total + traffic[which], 0);
  return { packets: add("packets"), bytes: add("bytes"), drops };
}
