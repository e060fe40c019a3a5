/** RatedSplitter: a bucket of packets. */
export { packetRateHalf as hostHalf } from "./rated.host.ts";
