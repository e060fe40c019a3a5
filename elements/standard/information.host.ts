/** Elements that put names into a database before other elements look for them. */
import type { NameDatabases } from "../../src/library/arguments/index.ts";
import type { HostHalf } from "../../src/library/hostHalf.ts";

/** Click's CONFIGURE_PHASE_INFO. */
const PHASE_INFO = 20;

export function informationHalf(define: "defineAddresses" | "definePorts"): HostHalf {
  return {
    phase: PHASE_INFO,
    configure(element, _values, rest) {
      const databases: NameDatabases = element.nameDatabases;
      for (const message of databases[define](element.name, rest)) element.error(message);
    },
  };
}
