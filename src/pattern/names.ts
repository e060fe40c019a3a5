/** Names that may stand for numbers in a pattern, and the ones that every configuration knows. */

/**
 * Where patterns look up names. Each method answers for what the configuration defines, then the built-in names, then the
 * system's files, or undefined.
 */
export interface Names {
  /** An IPv4 address, first byte highest. */
  address(name: string): number | undefined;
  /** An IPv4 address with a mask. */
  prefix(name: string): { readonly address: number; readonly mask: number } | undefined;
  /** The six bytes of an Ethernet address. */
  etherAddress(name: string): readonly number[] | undefined;
  port(name: string, protocol: "tcp" | "udp"): number | undefined;
  /** An IP protocol number, or one of the pseudo protocols tcpudp, transp and payload. */
  protocol(name: string): number | undefined;
}

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_IGMP = 2;
export const PROTOCOL_IPIP = 4;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_DCCP = 33;
/** Pseudo protocols, above all real ones. */
export const PROTOCOL_TCP_OR_UDP = 256;
export const PROTOCOL_TRANSPORT = 258;
export const PROTOCOL_PAYLOAD = 259;

const PROTOCOLS = new Map([
  ["dccp", PROTOCOL_DCCP],
  ["gre", 47],
  ["icmp", PROTOCOL_ICMP],
  ["igmp", PROTOCOL_IGMP],
  ["ipip", PROTOCOL_IPIP],
  ["payload", PROTOCOL_PAYLOAD],
  ["sctp", 132],
  ["tcp", PROTOCOL_TCP],
  ["tcpudp", PROTOCOL_TCP_OR_UDP],
  ["transp", PROTOCOL_TRANSPORT],
  ["udp", PROTOCOL_UDP],
]);

const PORTS = new Map([
  ["auth", 113],
  ["bootpc", 68],
  ["bootps", 67],
  ["chargen", 19],
  ["daytime", 13],
  ["discard", 9],
  ["dns", 53],
  ["domain", 53],
  ["echo", 7],
  ["finger", 79],
  ["ftp", 21],
  ["ftp-data", 20],
  ["https", 443],
  ["imap3", 220],
  ["imaps", 993],
  ["irc", 194],
  ["netbios-dgm", 138],
  ["netbios-ns", 137],
  ["netbios-ssn", 139],
  ["nntp", 119],
  ["ntp", 123],
  ["pop3", 110],
  ["pop3s", 995],
  ["pptp", 1723],
  ["rip", 520],
  ["route", 520],
  ["smtp", 25],
  ["snmp", 161],
  ["snmp-trap", 162],
  ["ssh", 22],
  ["sunrpc", 111],
  ["telnet", 23],
  ["tftp", 69],
  ["www", 80],
]);

/** Names when the configuration defines none. */
export const builtInNames: Names = {
  address: () => undefined,
  prefix: () => undefined,
  etherAddress: () => undefined,
  port: (name) => PORTS.get(name),
  protocol: (name) => PROTOCOLS.get(name),
};

/** ICMP types (RFC 792, 950, 1256) by the names that `icmp type` takes. */
export const ICMP_TYPES: ReadonlyMap<string, number> = new Map([
  ["echo", 8],
  ["echo-reply", 0],
  ["inforeq", 15],
  ["inforeq-reply", 16],
  ["maskreq", 17],
  ["maskreq-reply", 18],
  ["parameterproblem", 12],
  ["redirect", 5],
  ["routeradvert", 9],
  ["routersolicit", 10],
  ["sourcequench", 4],
  ["timeexceeded", 11],
  ["timestamp", 13],
  ["timestamp-reply", 14],
  ["unreachable", 3],
]);

/** TCP flags (RFC 9293 §3.1) by name. */
export const TCP_FLAGS: ReadonlyMap<string, number> = new Map([
  ["fin", 1],
  ["syn", 2],
  ["rst", 4],
  ["psh", 8],
  ["ack", 16],
  ["urg", 32],
]);
