/** Changes packets as their flows say. Checksums are updated, not computed: a wrong one stays wrong (RFC 1624). */
import { Packet } from "../kernel/packet";
import { Ip4Header, IP_PROTO_TCP, IP_PROTO_UDP } from "../net/ip4";
import { TCP_FIN, TCP_RST, TCP_SYN, TcpHeader } from "../net/tcp";
import { UdpHeader } from "../net/udp";
import {
  FLOW_BOTH_DONE,
  FLOW_ESTABLISHED,
  FLOW_FORWARD_DATA,
  FLOW_FORWARD_DONE,
  FLOW_PACKET,
  FLOW_REPLY,
  FLOW_THREE_PACKETS,
  Flow,
} from "./flow";
import { FlowTable } from "./flowTable";

/** Bytes of a TCP header up to its checksum's end: what of it must be there to be changed. */
export const TCP_THROUGH_CHECKSUM: u32 = 18;

/** Bits of `annotations`: set the destination annotation; copy the reply annotation; above these its offset. */
export const ANNOTATE_DESTINATION: u32 = 1;
export const ANNOTATE_REPLY: u32 = 2;
export const ANNOTATION_SHIFT: u32 = 2;

/** What a changed 32-bit word adds to the complement of a checksum: RFC 1624 equation 3, not folded. */
@inline
export function wordChange(before: u32, after: u32): u64 {
  return <u64>~before + <u64>after;
}

/** A checksum after `delta`, a folded sum of complements of old and of new words; 0 = nothing changed. */
@inline
export function changedChecksum(checksum: u16, delta: u32): u16 {
  const sum = <u32>(checksum ^ 0xffff) + delta;
  return <u16>((sum & 0xffff) + (sum >> 16)) ^ 0xffff;
}

/** Addresses in the IP header, its checksum, and annotations. */
@inline
export function rewriteAddresses(p: Packet, ip: Ip4Header, flow: Flow, direction: usize, annotations: u32): void {
  const addresses = flow.newAddressesOf(direction);
  store<u64>(ip.address, addresses, offsetof<Ip4Header>("source"));
  ip.checksum = changedChecksum(ip.checksum, flow.ipDeltaOf(direction));
  if (annotations & ANNOTATE_DESTINATION) p.destinationAnno = <u32>(addresses >> 32);
  if (direction && annotations & ANNOTATE_REPLY) p.setAnno8(annotations >> ANNOTATION_SHIFT, flow.replyAnnotation);
}

/** Keeps the annotation of a new flow's first packet for its replies, if that is asked for. */
@inline
export function keepReplyAnnotation(p: Packet, flow: Flow, annotations: u32): void {
  if (annotations & ANNOTATE_REPLY) flow.replyAnnotation = p.anno8(annotations >> ANNOTATION_SHIFT);
}

/**
 * The checksum of a TCP or UDP header whose ports or pseudo header change. `room`: bytes from the header to the
 * packet's end.
 */
@inline
export function rewriteTransportChecksum(protocol: u8, header: usize, room: u32, delta: u32): void {
  if (protocol == IP_PROTO_TCP) {
    const tcp = changetype<TcpHeader>(header);
    if (room >= TCP_THROUGH_CHECKSUM) tcp.checksum = changedChecksum(tcp.checksum, delta);
  } else if (protocol == IP_PROTO_UDP) {
    rewriteUdpChecksum(changetype<UdpHeader>(header), delta);
  }
}

/** Zero means that there is no checksum; a computed one that comes out as zero is sent as all ones (RFC 768). */
@inline
export function rewriteUdpChecksum(udp: UdpHeader, delta: u32): void {
  if (udp.checksum == 0) return;
  const changed = changedChecksum(udp.checksum, delta);
  udp.checksum = changed ? changed : 0xffff;
}

/** Both ports. */
@inline
export function rewritePorts(header: usize, flow: Flow, direction: usize): void {
  store<u32>(header, flow.newPortsOf(direction));
}

/** Notes what a TCP packet says about its connection. */
@inline
export function trackTcp(table: FlowTable, flow: Flow, direction: usize, ip: Ip4Header, tcp: TcpHeader): void {
  const flags = tcp.flags;
  const carriesData = ip.headerLength + tcp.headerLength < ip.totalLength;
  let state = flow.state;
  if (flags & TCP_RST) state |= FLOW_BOTH_DONE;
  else if (flags & TCP_FIN) state |= FLOW_FORWARD_DONE << <u8>direction;
  else if (flags & TCP_SYN || carriesData) state &= ~(FLOW_FORWARD_DONE << <u8>direction);
  if (carriesData) state |= FLOW_FORWARD_DATA << <u8>direction;
  if (state != flow.state) table.changeState(flow, state);
}

/** Notes a packet of a flow without connections: three packets, one of them a reply, make a stream. */
@inline
export function trackUdp(table: FlowTable, flow: Flow, direction: usize): void {
  if ((flow.state & FLOW_ESTABLISHED) != FLOW_ESTABLISHED) advanceUdp(table, flow, direction);
}

function advanceUdp(table: FlowTable, flow: Flow, direction: usize): void {
  let state = flow.state;
  if (direction) state |= FLOW_REPLY;
  if ((state & FLOW_THREE_PACKETS) != FLOW_THREE_PACKETS) state += FLOW_PACKET;
  if ((state & FLOW_THREE_PACKETS) == FLOW_THREE_PACKETS && state & FLOW_REPLY) {
    table.changeState(flow, state | FLOW_ESTABLISHED);
    return;
  }
  flow.state = state;
}
