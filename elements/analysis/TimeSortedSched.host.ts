/** TimeSortedSched: checks its arguments. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

/** Packets that may wait in all: more do not fit a guest's memory. */
const LARGEST_BUFFER = 1 << 20;

export const hostHalf: HostHalf = {
  configure(element) {
    const buffer = Number(element.get("buffer"));
    if (buffer <= 0) element.error("BUFFER must be at least 1");
    else if (buffer * element.nInputs > LARGEST_BUFFER) element.error("out of memory!");
  },
};
