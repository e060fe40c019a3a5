/** AddressInfo: puts its names into the database before other elements look for them. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

/** Click's CONFIGURE_PHASE_INFO. */
const PHASE_INFO = 20;

export const hostHalf: HostHalf = {
  phase: PHASE_INFO,
  configure(element, _values, rest) {
    for (const message of element.nameDatabases.defineAddresses(element.name, rest)) element.error(message);
  },
};
