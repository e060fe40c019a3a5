/** RoundRobinIPMapper: patterns with outputs. It is configured before the rewriters that name it. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { configureMapper } from "./mapper.host.ts";

/** Just before Click's CONFIGURE_PHASE_DEFAULT, in which rewriters are configured. */
const PHASE_MAPPER = 99;

export const hostHalf: HostHalf = {
  phase: PHASE_MAPPER,
  configure(element, _values, rest) {
    if (rest.length === 0) return element.error("no patterns given");
    if (rest.length === 1) element.warning("only one pattern given");
    configureMapper(element, rest);
  },
};
