/** TimedUnqueue: a burst must be one. */
export { burstHalf as hostHalf } from "./burst.host.ts";
