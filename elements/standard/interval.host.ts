/** TimedSource and TimedSink: the handler that changes the interval. */
import { parseTimestamp } from "../../src/library/arguments/time.ts";
import { HandlerError, type HostHandler } from "../../src/library/hostHalf.ts";

export const intervalHandler: HostHandler = {
  flags: "w",
  documentation: "Time from one packet to the next.",
  write(element, text) {
    const interval = parseTimestamp(text, "unsigned");
    if (!interval.ok || interval.value === 0n) throw new HandlerError("bad interval");
    element.call("setInterval", interval.value);
  },
};
