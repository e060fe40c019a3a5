/** Numbers of the protocols that dumps look into. */

/** IP protocol numbers (IANA). */
export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, dccp: 33, udpLite: 136 } as const;

/** Header lengths without options, in bytes. */
export const HEADER_LENGTH = { ethernet: 14, ip: 20, tcp: 20, udp: 8, dccp: 12, icmp: 8, icmpTimestamp: 20 } as const;

/** EtherType values (IEEE). */
export const ETHERTYPE = { ip: 0x0800, ip6: 0x86dd } as const;

/** Flags and offset in the IPv4 fragment word (RFC 791 §3.1); the offset counts eight bytes. */
export const FRAGMENT = { dont: 0x4000, more: 0x2000, offsetMask: 0x1fff } as const;

/** ICMP types with an identifier and a sequence number: echo, timestamp, information (RFC 792). */
export const SEQUENCED_ICMP_TYPES: ReadonlySet<number> = new Set([0, 8, 13, 14, 15, 16]);

/** ICMP timestamp messages have the longer header. */
export const TIMESTAMP_ICMP_TYPES: ReadonlySet<number> = new Set([13, 14]);

/** Destination unreachable, fragmentation needed (RFC 1191). */
export const ICMP_UNREACHABLE = 3;
export const ICMP_NEED_FRAGMENTATION = 4;

/** Whether the transport header starts with two 16-bit ports. */
export function hasPorts(protocol: number): boolean {
  return (
    protocol === PROTOCOL.tcp ||
    protocol === PROTOCOL.udp ||
    protocol === PROTOCOL.dccp ||
    protocol === PROTOCOL.udpLite
  );
}
