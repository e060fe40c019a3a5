/** DRRSched: inputs must gain something in each round. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

export const hostHalf: HostHalf = {
  configure(element) {
    if (Number(element.get("quantum")) <= 0) element.error("bad QUANTUM");
  },
};
