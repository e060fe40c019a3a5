/** TimedSource: its default data, and handlers that check what is written. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { intervalHandler } from "./interval.host.ts";
import { dataHandler, supplyData } from "./sourceData.host.ts";

export const hostHalf: HostHalf = {
  configure: supplyData,
  handlers: { data: dataHandler, interval: intervalHandler },
};
