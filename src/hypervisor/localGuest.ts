/** A guest of this thread, whatever it was made from. */
import type { GuestInformation, GuestPlan, GuestStatistics } from "../domain/hypervisor.ts";
import type { HandlerInformation, TraceStep } from "../domain/information.ts";
import type { ElementCaptureRequest, TraceRequest } from "../domain/toolstack.ts";
import type { FabricGuest } from "../fabric/fabric.ts";
import type { FabricMember, MemberHost } from "./fabricMember.ts";

/** What all guests of a hypervisor share. */
export interface GuestHost extends MemberHost {
  /** Milliseconds that a guest may take without coming back. */
  readonly watchdog: number;
  readonly onConsole: (id: number, text: string) => void;
  readonly onStopped: (id: number, why: { readonly crashed: boolean; readonly reason: string }) => void;
}

/** Methods throw ToolstackError; a call that fails changes nothing. */
export interface LocalGuest {
  readonly plan: GuestPlan;
  readonly member: FabricMember;
  readonly fabricGuest: FabricGuest;
  /** Whether it has something to do on the host at certain times: see `nextWake`. */
  readonly isTimed: boolean;
  readonly information: GuestInformation;
  readonly statistics: GuestStatistics;
  /** Carries out what the guest asked for in its last runs. */
  attend(): void;
  /** When it has something to do on the host; undefined = never. Nanoseconds since 1970. */
  nextWake(): bigint | undefined;
  /** @param error  what the guest threw, or the watchdog */
  crash(error: unknown): void;
  /** @throws ToolstackError when the new configuration has a fault: the old one goes on */
  swap(configuration: GuestPlan["configuration"], parameters: Readonly<Record<string, string>>): void;
  handlers(): readonly HandlerInformation[];
  readHandler(text: string): string;
  writeHandler(text: string, value: string): void;
  /** The guest's state between two runs. */
  save(): Uint8Array;
  trace(request: TraceRequest, signal: AbortSignal): AsyncGenerator<TraceStep>;
  capture(request: ElementCaptureRequest, signal: AbortSignal): AsyncGenerator<Uint8Array>;
  destroy(): void;
}
