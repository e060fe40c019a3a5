/** Discard: what its arguments may be depends on whether it pulls. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

export const hostHalf: HostHalf = {
  configure(element, values) {
    const pulls = Number(element.get("pullInputs")) !== 0;
    if (values.get("ACTIVE") === false && !pulls) element.error("ACTIVE is meaningless in push context");
  },
};
