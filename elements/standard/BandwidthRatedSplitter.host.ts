/** BandwidthRatedSplitter: a bucket of bytes. */
export { byteRateHalf as hostHalf } from "./rated.host.ts";
