/** RoundRobinIPMapper: patterns with outputs. The rewriters that name it look at them when all elements are configured. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { configureMapper } from "./mapper.host.ts";

export const hostHalf: HostHalf = {
  configure(element, _values, rest) {
    if (rest.length === 0) return element.error("no patterns given");
    if (rest.length === 1) element.warning("only one pattern given");
    configureMapper(element, rest);
  },
};
