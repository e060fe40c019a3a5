/** SetTimestamp: an argument that an element of its own has taken over. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

export const hostHalf: HostHalf = {
  configure(element, values) {
    if (values.get("DELTA") === true)
      element.error("SetTimestamp(DELTA) is deprecated, use SetTimestampDelta(TYPE FIRST)");
  },
};
