/** Starts a hypervisor: in this thread for programs that drive guests themselves, in a thread of its own for a daemon. */
import type { Hypervisor, HypervisorEvents } from "../domain/hypervisor.ts";
import { type HypervisorOptions, LocalHypervisor } from "./localHypervisor.ts";
import { ThreadHypervisor } from "./threadHypervisor.ts";

export type { HypervisorOptions } from "./localHypervisor.ts";

/** @param place  `here`: guests run in this thread, between its other work */
export function startHypervisor(
  place: "here" | "thread",
  options: HypervisorOptions,
  events: HypervisorEvents,
): Hypervisor {
  return place === "here" ? new LocalHypervisor(options, events) : new ThreadHypervisor(options, events);
}
