/** SetTimestampDelta: what TYPE means. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

/** As in the guest. */
const KINDS: Readonly<Record<string, number>> = { RANGE: 0, NOW: 1, FIRST: 2 };

export const hostHalf: HostHalf = {
  configure(element, values) {
    const type = String(values.get("TYPE") ?? "RANGE");
    const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
    if (kind === undefined) element.error("bad TYPE");
    else element.set("kind", kind);
  },
};
