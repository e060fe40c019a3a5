/** SetTimestampDelta: what timestamps become relative to. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

/** By the guest's numbers. */
const KINDS = ["RANGE", "NOW", "FIRST"];

export const hostHalf: HostHalf = {
  configure(element, values) {
    const kind = KINDS.indexOf(String(values.get("TYPE") ?? "RANGE"));
    if (kind < 0) element.error("bad TYPE");
    else element.set("kind", kind);
  },
};
