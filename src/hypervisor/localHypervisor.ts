/** Guests of one thread: their fabric, their networks, and the loop that runs them. */
import type { NetworkDescription } from "../domain/description.ts";
import type {
  GuestInformation,
  GuestPlan,
  GuestStatistics,
  Hypervisor,
  HypervisorEvents,
} from "../domain/hypervisor.ts";
import type { HandlerInformation, NetworkInformation, TraceStep } from "../domain/information.ts";
import { type CaptureRequest, ToolstackError, type TraceRequest, type VifCaptureRequest } from "../domain/toolstack.ts";
import { Fabric } from "../fabric/fabric.ts";
import { confinedTo, HOST_ACCESS } from "../host/hostAccess.ts";
import { LinkCache } from "../image/cache.ts";
import { Linker } from "../image/linker.ts";
import { loadLibrary } from "../library/library.ts";
import { epochTime } from "../router/realTime.ts";
import type { LocalGuest } from "./localGuest.ts";
import { Loop, WATCHDOG } from "./loop.ts";
import { Networks } from "./networks.ts";
import { type RouterHost, RunningGuest } from "./runningGuest.ts";
import { RunningImage } from "./runningImage.ts";
import { RING_SLOTS } from "./vif.ts";

export interface HypervisorOptions {
  /** Folders in which configurations may open files; absent = none. */
  readonly files?: readonly string[];
  /** Never sleep: the least delay, for a core of its own. */
  readonly busyPolling?: boolean;
  /** Slots of each ring, a power of two; default 64. */
  readonly ringSlots?: number;
  /** Milliseconds that a guest may take without coming back; default 1000. */
  readonly watchdog?: number;
  /** Whether somebody waits for this thread's event loop (loop.ts). */
  readonly isWanted?: () => boolean;
  /** Told what the operator should know; one line. */
  readonly notice?: (text: string) => void;
}

/** Milliseconds between two looks at the links of devices: each costs a system call. */
const LINK_INTERVAL = 250;

export class LocalHypervisor implements Hypervisor {
  readonly fabric: Fabric;
  readonly #networks: Networks;
  readonly #loop: Loop;
  readonly #linker: Linker;
  readonly #host: RouterHost;
  readonly #guests = new Map<number, LocalGuest>();
  /** By the fabric's numbers. */
  readonly #byNumber = new Map<number, LocalGuest>();
  /** Guests whose interfaces are being captured. */
  readonly #captured = new Set<LocalGuest>();
  /** Guests whose host halves have times of their own. */
  readonly #timed = new Set<LocalGuest>();

  constructor(options: HypervisorOptions, events: HypervisorEvents) {
    const { notice = () => undefined, watchdog = WATCHDOG } = options;
    const library = loadLibrary();
    this.fabric = new Fabric(epochTime());
    this.#networks = new Networks(this.fabric, notice);
    this.#linker = new Linker(library.body());
    this.#host = {
      library,
      fabric: this.fabric,
      networks: this.#networks,
      linker: this.#linker,
      linkCache: new LinkCache(),
      ringSlots: options.ringSlots ?? RING_SLOTS,
      watchdog,
      shared: new Map([[HOST_ACCESS, confinedTo(options.files ?? [])]]),
      onConsole: events.onConsole,
      onStopped: events.onStopped,
    };
    this.#loop = new Loop(
      this.fabric,
      {
        onWanting: (number) => this.#byNumber.get(number)?.attend(),
        onFault: ({ number }, error) => this.#byNumber.get(number)?.crash(error),
        attend: () => this.#attend(),
      },
      { watchdog, busyPolling: options.busyPolling ?? false, isWanted: options.isWanted },
    );
  }

  /** When the links of devices were looked at last. */
  #linksSeen = 0;

  /** Does what is due beside the guests' turns. @returns milliseconds until they have more */
  #attend(): number {
    const time = performance.now();
    if (time - this.#linksSeen > LINK_INTERVAL) {
      this.#linksSeen = time;
      this.#networks.followLinks();
    }
    for (const { member } of this.#captured) member.pollCaptures();
    let left = Number.POSITIVE_INFINITY;
    for (const guest of this.#timed) {
      const now = epochTime();
      const wake = guest.nextWake();
      if (wake === undefined) continue;
      if (wake <= now) guest.attend();
      const next = guest.nextWake();
      if (next !== undefined) left = Math.min(left, Number(next - now) / 1e6);
    }
    return left;
  }

  async boot(plan: GuestPlan): Promise<GuestInformation> {
    const guest = plan.image ? new RunningImage(this.#host, plan, plan.image) : new RunningGuest(this.#host, plan);
    this.#guests.set(plan.id, guest);
    this.#byNumber.set(guest.fabricGuest.number, guest);
    this.#changed(guest);
    return guest.information;
  }

  /** A guest or its configuration is new. */
  #changed(guest: LocalGuest): void {
    if (guest.isTimed) this.#timed.add(guest);
    else this.#timed.delete(guest);
    this.#loop.wakeSoon();
  }

  #guest(id: number): LocalGuest {
    const guest = this.#guests.get(id);
    if (!guest) throw new ToolstackError("NOT_FOUND", `no guest ${id} runs here`);
    return guest;
  }

  async information(id: number): Promise<GuestInformation> {
    return this.#guest(id).information;
  }

  async setPaused(id: number, paused: boolean): Promise<void> {
    this.#guest(id).member.setPaused(paused);
    this.#loop.wake();
  }

  async destroy(id: number): Promise<void> {
    const guest = this.#guest(id);
    this.#guests.delete(id);
    this.#byNumber.delete(guest.fabricGuest.number);
    this.#timed.delete(guest);
    guest.destroy();
  }

  async swap(
    id: number,
    configuration: GuestPlan["configuration"],
    parameters: Readonly<Record<string, string>>,
  ): Promise<GuestInformation> {
    const guest = this.#guest(id);
    guest.swap(configuration, parameters);
    this.#changed(guest);
    return guest.information;
  }

  async attachVif(id: number, vif: GuestPlan["vifs"][number]): Promise<GuestInformation> {
    const guest = this.#guest(id);
    guest.member.attach(vif);
    this.#loop.wake();
    return guest.information;
  }

  async detachVif(id: number, index: number): Promise<GuestInformation> {
    const guest = this.#guest(id);
    guest.member.detach(index);
    return guest.information;
  }

  async handlers(id: number): Promise<readonly HandlerInformation[]> {
    return this.#guest(id).handlers();
  }

  async readHandler(id: number, handler: string): Promise<string> {
    return this.#guest(id).readHandler(handler);
  }

  async writeHandler(id: number, handler: string, value: string): Promise<void> {
    this.#guest(id).writeHandler(handler, value);
    this.#loop.wake();
  }

  async save(id: number): Promise<Uint8Array> {
    return this.#guest(id).save();
  }

  async statistics(): Promise<ReadonlyMap<number, GuestStatistics>> {
    return new Map([...this.#guests].map(([id, guest]) => [id, guest.statistics]));
  }

  trace(id: number, request: TraceRequest, signal: AbortSignal): AsyncIterable<TraceStep> {
    return this.#guest(id).trace(request, signal);
  }

  capture(id: number, request: CaptureRequest, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const guest = this.#guest(id);
    return request.vif === undefined ? guest.capture(request, signal) : this.#captureVif(guest, request, signal);
  }

  async *#captureVif(guest: LocalGuest, request: VifCaptureRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.#captured.add(guest);
    this.#loop.wake();
    try {
      yield* guest.member.capture(request, signal);
    } finally {
      if (!guest.member.isCaptured) this.#captured.delete(guest);
    }
  }

  async networks(): Promise<readonly NetworkInformation[]> {
    return this.#networks.information;
  }

  async defineNetwork(description: NetworkDescription): Promise<void> {
    this.#networks.define(description);
    this.#loop.wake();
  }

  async removeNetwork(name: string): Promise<void> {
    this.#networks.remove(name);
  }

  async close(): Promise<void> {
    this.#loop.close();
    await this.#loop.ended;
    for (const id of [...this.#guests.keys()]) await this.destroy(id);
    this.#networks.close();
    this.#linker.close();
  }
}
