/** RatedSource: its default data, and the handler that changes it. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { dataHandler, supplyData } from "./sourceData.host.ts";

export const hostHalf: HostHalf = {
  configure: supplyData,
  handlers: { data: dataHandler },
};
