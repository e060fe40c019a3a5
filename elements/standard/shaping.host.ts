/** Shaper and BandwidthShaper: their rate, and the handlers that read and change it. */
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { rateHandlers } from "./rated.host.ts";

/** As in gapRate.ts. */
const MAX_RATE = 1_000_000 * 2 ** 12;

export function shaperHalf(type: "u32" | "bandwidth"): HostHalf {
  return {
    configure,
    reconfigure: configure,
    handlers: rateHandlers(type, (element) => Number(element.call("currentRate")) >>> 0),
  };
}

function configure(element: HostedElement): void {
  if (Number(element.get("configuredRate")) > MAX_RATE) element.error(`rate too large; lowered to ${MAX_RATE}`);
  element.call("assignRate");
}
