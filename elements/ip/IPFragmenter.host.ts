/** IPFragmenter: checks the MTU. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

/** A fragment carries at least one unit of data, RFC 791 §2.3. */
const SMALLEST_MTU = 8;

export const hostHalf: HostHalf = {
  configure(element) {
    if (Number(element.get("mtu")) < SMALLEST_MTU) element.error("MTU must be at least 8");
  },
};
