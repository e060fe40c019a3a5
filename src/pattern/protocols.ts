/** Protocol numbers that patterns treat specially, and the names of TCP's flags. */

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_IGMP = 2;
export const PROTOCOL_IPIP = 4;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_DCCP = 33;
/** Pseudo protocols, above all real ones. */
export const PROTOCOL_TCP_OR_UDP = 256;
export const PROTOCOL_TRANSPORT = 258;

/** TCP flags (RFC 9293 §3.1) by name. */
export const TCP_FLAGS: ReadonlyMap<string, number> = new Map([
  ["fin", 1],
  ["syn", 2],
  ["rst", 4],
  ["psh", 8],
  ["ack", 16],
  ["urg", 32],
]);
