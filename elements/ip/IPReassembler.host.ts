/** IPReassembler: datagrams may be as long as IPv4 allows. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

/** RFC 791 §3.1: the total length field has 16 bits. */
const LONGEST_PACKET = 65535;

export const hostHalf: HostHalf = { configure: (element) => element.expectPacketLength(LONGEST_PACKET) };
