/** What a hypervisor's thread and those who use it say to each other. */
import type { Hypervisor } from "../domain/hypervisor.ts";
import type { ToolstackErrorCode } from "../domain/toolstack.ts";
import type { HypervisorOptions } from "./localHypervisor.ts";

/** Calls that give one answer, and those that give a stream. */
export type CallName = Exclude<keyof Hypervisor, StreamName>;
export type StreamName = "trace" | "capture";

/** Items of a stream that may be on their way, unacknowledged: a slow reader holds its writer up. */
export const STREAM_WINDOW = 64;

export interface Fault {
  readonly message: string;
  /** Absent = not a ToolstackError: a bug. */
  readonly code?: ToolstackErrorCode;
  readonly messages?: readonly string[];
}

export type ToThread =
  | { readonly kind: "call"; readonly number: number; readonly name: CallName; readonly parameters: readonly unknown[] }
  | {
      readonly kind: "open";
      readonly number: number;
      readonly name: StreamName;
      readonly parameters: readonly unknown[];
    }
  | { readonly kind: "taken"; readonly number: number }
  | { readonly kind: "abort"; readonly number: number };

export type FromThread =
  | { readonly kind: "answer"; readonly number: number; readonly result: unknown }
  | { readonly kind: "item"; readonly number: number; readonly item: unknown }
  | { readonly kind: "end"; readonly number: number }
  | { readonly kind: "fault"; readonly number: number; readonly fault: Fault }
  | { readonly kind: "console"; readonly id: number; readonly text: string }
  | { readonly kind: "stopped"; readonly id: number; readonly crashed: boolean; readonly reason: string }
  | { readonly kind: "notice"; readonly text: string };

/** Options of the hypervisor; and a counter of messages to the thread, by which it sees between two messages that another one waits. */
export interface ThreadData {
  readonly options: Omit<HypervisorOptions, "notice" | "isWanted">;
  readonly sent: Int32Array;
}
