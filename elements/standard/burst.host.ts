/** TimedUnqueue and Burster: the number of packets in a burst. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

export const burstHalf: HostHalf = {
  configure(element) {
    if (Number(element.get("burst")) <= 0) element.error("bad BURST");
  },
};
