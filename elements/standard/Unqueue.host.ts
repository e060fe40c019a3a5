/** Unqueue: a burst of nothing is allowed, but hardly meant. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

export const hostHalf: HostHalf = {
  initialize(element) {
    if (Number(element.get("burst")) === 0) element.warning("BURST size 0, no packets will be pulled");
  },
};
