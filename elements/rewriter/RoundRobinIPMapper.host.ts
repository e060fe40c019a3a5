/**
 * RoundRobinIPMapper: patterns with outputs. The rewriters that name it look at them when all elements are configured.
 */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { parsePatterns, putMapper } from "./mapper.host.ts";

export const hostHalf: HostHalf = {
  configure(element, _values, rest) {
    if (rest.length === 0) element.error("no patterns given");
    if (rest.length === 1) element.warning("only one pattern given");
    putMapper(element, parsePatterns(element, rest));
  },
};
