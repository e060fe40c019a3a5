/** TimedSource: its default data, and handlers that check what is written. */
import { parseTimestamp } from "../../src/library/arguments/time.ts";
import { HandlerError, type HostHalf } from "../../src/library/hostHalf.ts";
import { dataHandler, supplyData } from "./sourceData.host.ts";

export const hostHalf: HostHalf = {
  configure: supplyData,
  handlers: {
    data: dataHandler,
    interval: {
      flags: "w",
      documentation: "Time between two packets.",
      write(element, text) {
        const interval = parseTimestamp(text, "unsigned");
        if (!interval.ok || interval.value === 0n) throw new HandlerError("bad interval");
        element.call("setInterval", interval.value);
      },
    },
  },
};
