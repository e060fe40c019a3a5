export { CaptureInput } from "./captureInput.ts";
export { CaptureOutput } from "./captureOutput.ts";
export { canonicalLinkType, ETHERNET, formatLinkType, mayHoldIp, parseLinkType, RAW_IP } from "./linkTypes.ts";
export {
  FILE_HEADER,
  formatFileHeader,
  longestPacket,
  MAXIMUM_CAPTURE,
  type PcapHeader,
  parseFileHeader,
} from "./pcap.ts";
