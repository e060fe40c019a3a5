/** Brings back the domains that were there when the toolstack was closed, or killed. */
import { checkpointState } from "./checkpoints.ts";
import { Domain } from "./domain.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { DomainRecord } from "./store.ts";
import { messageOf, undoable } from "./undoable.ts";

export async function recoverDomains(
  parts: Parts,
  lifecycle: Lifecycle,
  records: readonly DomainRecord[],
): Promise<void> {
  await Promise.all(records.map((record) => recoverDomain(parts, lifecycle, record)));
}

async function recoverDomain(parts: Parts, lifecycle: Lifecycle, record: DomainRecord): Promise<void> {
  const domain = new Domain({ ...record, worker: recoveredWorker(parts, record) });
  await undoable(async (undo) => lifecycle.settle(domain, undo));
  parts.registry.admit(domain);
  if (!domain.active) return;
  await domain.exclusively(async () => {
    try {
      await bootAsItWas(parts, lifecycle, domain);
      parts.events.add("started", domain, "recovered");
    } catch (error) {
      // What should run is kept: the next start of the toolstack tries again.
      Object.assign(domain, { state: "crashed", reason: `could not be started: ${messageOf(error)}` });
      parts.events.add("crashed", domain, domain.reason);
      parts.notice(`domain '${domain.name}' ${domain.reason}`);
    }
  });
}

/** What shared a worker goes on sharing one, also when there are fewer of them now. */
export function recoveredWorker({ hypervisors }: Parts, { worker }: { readonly worker: number }): number {
  return worker % hypervisors.length;
}

async function bootAsItWas(parts: Parts, lifecycle: Lifecycle, domain: Domain): Promise<void> {
  const paused = domain.state === "paused";
  const state = checkpointState(parts, domain);
  try {
    await lifecycle.boot(domain, domain.description, { paused, state });
  } catch (error) {
    if (!state) throw error;
    parts.notice(`domain '${domain.name}': its checkpoint is lost: ${messageOf(error)}`);
    await lifecycle.boot(domain, domain.description, { paused });
  }
}
