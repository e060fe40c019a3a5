/**
 * What the toolstack needs from the place where guests run: a thread's fabric with its guests. Everything here is plain data, so that a worker thread can stand
 * behind it. Domains are numbers; what persists, names and policies are the toolstack's.
 */
import type { NetworkDescription, VifDescription } from "./description.ts";
import type {
  ElementStatistics,
  HandlerInformation,
  NetworkInformation,
  TraceStep,
  Traffic,
  VifInformation,
} from "./information.ts";
import type { CaptureRequest, TraceRequest } from "./toolstack.ts";

/** What a guest is booted from. */
export interface GuestPlan {
  readonly id: number;
  readonly name: string;
  readonly configuration: { readonly text: string; readonly file: string };
  /** Bytes of an image that runs instead of a configuration. */
  readonly image?: Uint8Array<ArrayBuffer> | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  /** Bytes of memory, at most. */
  readonly memoryLimit: number;
  /** Share of a core, 0 to 1. */
  readonly cpuShare: number;
  /** Packets a second on all interfaces; 0 = no limit. */
  readonly packetRate: number;
  /** With their MAC addresses and names, all given. */
  readonly vifs: readonly (VifDescription & { readonly name: string; readonly mac: string })[];
  readonly paused: boolean;
  /** State to start from, as `save` gave it. */
  readonly state?: Uint8Array | undefined;
}

export interface GuestInformation {
  readonly tier: "none" | "dispatch" | "linked";
  readonly elements: number;
  readonly memory: number;
  readonly bootMilliseconds: number;
  readonly vifs: readonly VifInformation[];
}

export interface GuestStatistics {
  readonly nanoseconds: number;
  readonly received: Traffic;
  readonly sent: Traffic;
  readonly elements: readonly ElementStatistics[];
}

/** What guests do of themselves. */
export interface HypervisorEvents {
  /** One character a byte. */
  readonly onConsole: (id: number, text: string) => void;
  /** The guest stopped and is out of the schedule: its driver stopped, or it crashed (a trap, a runaway). Its memory stays until `destroy`. */
  readonly onStopped: (id: number, why: { readonly crashed: boolean; readonly reason: string }) => void;
}

/** Methods throw ToolstackError; a call that fails changes nothing. */
export interface Hypervisor {
  boot(plan: GuestPlan): Promise<GuestInformation>;
  information(id: number): Promise<GuestInformation>;
  setPaused(id: number, paused: boolean): Promise<void>;
  destroy(id: number): Promise<void>;
  swap(
    id: number,
    configuration: { readonly text: string; readonly file: string },
    parameters: Readonly<Record<string, string>>,
  ): Promise<GuestInformation>;
  attachVif(
    id: number,
    vif: VifDescription & { readonly name: string; readonly mac: string },
  ): Promise<GuestInformation>;
  detachVif(id: number, index: number): Promise<GuestInformation>;
  handlers(id: number): Promise<readonly HandlerInformation[]>;
  readHandler(id: number, handler: string): Promise<string>;
  writeHandler(id: number, handler: string, value: string): Promise<void>;
  /** The guest's whole state between two runs; it goes on. */
  save(id: number): Promise<Uint8Array>;
  statistics(): Promise<ReadonlyMap<number, GuestStatistics>>;
  trace(id: number, request: TraceRequest, signal: AbortSignal): AsyncIterable<TraceStep>;
  capture(id: number, request: CaptureRequest, signal: AbortSignal): AsyncIterable<Uint8Array>;
  networks(): Promise<readonly NetworkInformation[]>;
  defineNetwork(description: NetworkDescription): Promise<void>;
  removeNetwork(name: string): Promise<void>;
  close(): Promise<void>;
}
