/** The embeddable library: domains in this process, without a daemon. */
import { openToolstack, type ToolstackOptions } from "./domain/localToolstack.ts";
import { type Toolstack, ToolstackError } from "./domain/toolstack.ts";
import { type HypervisorOptions, startHypervisor } from "./hypervisor/start.ts";

export type { ChainDescription, ChainInformation } from "./domain/chain.ts";
export type { DomainDescription, DomainState, NetworkDescription, VifDescription } from "./domain/description.ts";
export type {
  DomainEvent,
  DomainInformation,
  DomainStatistics,
  HandlerInformation,
  NetworkInformation,
  TraceStep,
} from "./domain/information.ts";
export { readChainDescription, readDomainDescription, readNetworkDescription } from "./domain/read.ts";
export type { CaptureRequest, MigrationTarget, Toolstack, TraceRequest } from "./domain/toolstack.ts";
export { ToolstackError };

export interface CosmosOptions extends HypervisorOptions {
  /** Where domains are kept, so that the next one that opens it has them again; absent = nowhere. */
  readonly stateDirectory?: string;
  /** Threads that run guests; 0 = this one, between its other work. Default 1. */
  readonly workers?: number;
  /** Reaches another daemon, for `migrate`; absent = nothing migrates. */
  readonly connect?: ToolstackOptions["connect"];
}

/** @throws ToolstackError when the state cannot be read, or somebody else has it open */
export function openCosmos({
  stateDirectory,
  workers = 1,
  connect,
  ...options
}: CosmosOptions = {}): Promise<Toolstack> {
  const place = workers === 0 ? "here" : "thread";
  return openToolstack({
    stateDirectory,
    workers: Math.max(workers, 1),
    startHypervisor: async (_worker, events) => startHypervisor(place, options, events),
    ...(connect ? { connect } : {}),
    ...(options.notice ? { notice: options.notice } : {}),
  });
}
