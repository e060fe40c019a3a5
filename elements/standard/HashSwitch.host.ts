/** HashSwitch: which bytes there can be. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

export const hostHalf: HostHalf = {
  configure(element) {
    if (Number(element.get("count")) <= 0) element.error("length must be > 0");
    if (Number(element.get("offset")) < 0) element.error("offset must be >= 0");
  },
};
