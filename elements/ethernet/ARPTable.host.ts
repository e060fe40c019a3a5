/** ARPTable: what its arguments' types do not check, and handlers with several words. */
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { arpHandlers } from "./arpHandlers.host.ts";

export const hostHalf: HostHalf = {
  configure: checkSlimFactor,
  reconfigure(element) {
    if (checkSlimFactor(element)) element.call("configured");
  },
  handlers: arpHandlers,
};

/** @returns whether the factor is good; otherwise the fault was reported */
function checkSlimFactor(element: HostedElement): boolean {
  if (element.get("slimFactor") !== 0) return true;
  element.error("CAPACITY_SLIM_FACTOR cannot be zero");
  return false;
}
