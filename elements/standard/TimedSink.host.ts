/** TimedSink: its interval can be changed. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { intervalHandler } from "./interval.host.ts";

export const hostHalf: HostHalf = { handlers: { interval: intervalHandler } };
