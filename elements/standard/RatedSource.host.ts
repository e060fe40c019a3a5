/** RatedSource: its default data, and the handler that changes it. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { dataHandler, lengthHandler, supplyData } from "./sourceData.host.ts";

export const hostHalf: HostHalf = {
  configure: supplyData,
  handlers: {
    data: dataHandler,
    length: lengthHandler("", "syntax error"),
    datasize: lengthHandler("D", "syntax error"),
  },
};
