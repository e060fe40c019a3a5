/** The project's own traffic, for the demo, the benchmarks and tests. */

export type { Kind } from "./conversation.ts";
export type { Side } from "./hosts.ts";
export {
  type CapturedPacket,
  decodePcap,
  encodePcap,
  LINK_TYPE,
  PcapError,
  type PcapOptions,
  writePcap,
} from "./pcap.ts";
export {
  DEFAULT_MIX,
  DEFAULT_SIDES,
  type Mix,
  makeTraffic,
  type TrafficOptions,
  type TrafficPacket,
} from "./traffic.ts";
