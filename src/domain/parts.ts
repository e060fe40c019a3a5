/** What the toolstack is made of: its pieces share these. */
import type { Domain } from "./domain.ts";
import type { EventLog } from "./eventLog.ts";
import type { Hypervisor } from "./hypervisor.ts";
import type { Placement } from "./placement.ts";
import type { Registry } from "./registry.ts";
import type { Store } from "./store.ts";

export interface Parts {
  /** One a worker. */
  readonly hypervisors: readonly Hypervisor[];
  readonly store: Store;
  readonly registry: Registry;
  readonly placement: Placement;
  readonly events: EventLog;
  /** Told what went wrong where nobody waits for an answer; one line. */
  readonly notice: (text: string) => void;
}

export function hypervisorOf({ hypervisors }: Parts, { worker }: Domain): Hypervisor {
  return hypervisors[worker]!;
}
