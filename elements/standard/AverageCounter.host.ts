/** AverageCounter: the rates as texts. */
import { formatHandlerValue } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

const MILLISECONDS_PER_SECOND = 1000;

export const hostHalf: HostHalf = {
  handlers: {
    rate: rateHandler("Packets per second.", "count"),
    byte_rate: rateHandler("Bytes per second.", "byteCount"),
  },
};

function rateHandler(documentation: string, field: string) {
  return {
    flags: "r",
    documentation,
    read(element: HostedElement) {
      const [count, first, last, ignored] = [field, "first", "last", "ignoredSeconds"].map((name) =>
        Number(element.get(name)),
      ) as [number, number, number, number]; // one for each name
      const milliseconds = (last - first - ignored * MILLISECONDS_PER_SECOND) >>> 0;
      return formatHandlerValue("double", (count * MILLISECONDS_PER_SECOND) / Math.max(milliseconds, 1));
    },
  };
}
