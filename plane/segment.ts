/**
 * Segmentation offload in software: a TCP or UDP frame that is longer than a link can carry is cut into frames with headers of their own, for receivers that
 * cannot do so. What a device would do: virtio 1.2 §5.1.6.2; the checksums are computed while the payload is copied.
 */
import { fold, sumBytes } from "../elements/net/checksum";
import { IP_PROTO_TCP, IP_PROTO_UDP } from "../elements/net/ip4";
import { TCP_FIN, TCP_PSH } from "../elements/net/tcp";
import { copySummed, UDP_ZERO_CHECKSUM } from "./checksum";
import { Entry, GSO_ECN, GSO_TCP4, GSO_TCP6, GSO_UDP } from "./entry";
import { Headers, TRANSPORT } from "./headers";

/** Why a frame was not cut: it is not what its entry says, or there are too few entries or bytes. Nothing was written then. */
export const MALFORMED: i32 = -1;
export const NO_ROOM: i32 = -2;

/** Frames are laid out at multiples of a cache line. */
const ALIGNMENT: u64 = 64;

/** Congestion window reduced: said once for each window, so it stays with the first segment (RFC 3168 §6.1.2). */
const TCP_CWR: u8 = 0x80;

/** Of the frame that is being cut; then of the segment that is being made. */
const headers = changetype<Headers>(memory.data(offsetof<Headers>(), 8));

@inline
function aligned(offset: u64): u64 {
  return (offset + (ALIGNMENT - 1)) & ~(ALIGNMENT - 1);
}

/** Whether the headers are those of the frames that `gsoType` names. */
@inline
function matchesType(gsoType: u8): bool {
  const type = gsoType & ~GSO_ECN;
  if (headers.protocol == IP_PROTO_UDP) return type == GSO_UDP;
  return type == (headers.version == 4 ? GSO_TCP4 : GSO_TCP6);
}

/**
 * How many frames `segment` makes of one. Its `headerLength` and `checksumStart` are not looked at: the frame itself tells.
 *
 * @returns 1 to 65535, or MALFORMED
 */
export function segmentCount(entry: Entry): i32 {
  const size: u32 = entry.segmentSize;
  if (size == 0 || headers.find(entry.data, entry.length) != TRANSPORT || !matchesType(entry.gsoType)) return MALFORMED;
  const payload = headers.end - headers.payload;
  return payload <= size ? 1 : <i32>((payload + size - 1) / size);
}

/**
 * Cuts a frame into segments of `segmentSize` bytes of payload. Bytes behind the IP packet are left out; the frame itself stays as it is.
 *
 * @param out  entries for the segments
 * @param room  how many there are
 * @param buffers  where the segments go: the first at the next multiple of 64, and so on. They must not overlap the frame.
 * @param limit  first byte behind the room for them
 * @returns how many segments there are; MALFORMED or NO_ROOM when nothing was written
 */
export function segment(entry: Entry, out: Entry, room: u32, buffers: u32, limit: u32): i32 {
  const count = segmentCount(entry);
  if (count < 0) return count;
  const size: u32 = entry.segmentSize;
  const headerLength = headers.payload;
  const last = <u32>count - 1;
  const lastLength = headers.end - headerLength - last * size;
  const stride = aligned(headerLength + size);
  const start = aligned(buffers);
  if (<u32>count > room || start + last * stride + headerLength + lastLength > limit) return NO_ROOM;

  const frame = headers.frame;
  let from = frame + headerLength;
  let to = <usize>start;
  for (let index: u32 = 0; index <= last; index++, from += size, to += <usize>stride) {
    const length = index == last ? lastLength : size;
    memory.copy(to, frame, headerLength);
    const payloadSum = copySummed(to + headerLength, from, length);
    headers.frame = to;
    finishNetwork(index, length);
    if (headers.protocol == IP_PROTO_TCP) finishTcp(index * size, index == last, payloadSum, length);
    else finishUdp(payloadSum, length);
    out.at(index).setFrame(<u32>to, headerLength + length);
  }
  return count;
}

/** The IP header of segment `index`: identifications count up (RFC 6864 §4.3 needs them to differ where a segment may be fragmented). */
@inline
function finishNetwork(index: u32, payload: u32): void {
  if (headers.version == 4) headers.ip4.identificationBE = bswap<u16>(<u16>(headers.ip4.identification + index));
  headers.setTransportLength(headers.payload - headers.transport + payload);
}

/** The TCP header of the segment that begins `offset` bytes behind the first. */
@inline
function finishTcp(offset: u32, isLast: bool, payloadSum: u64, payload: u32): void {
  const tcp = headers.tcp;
  tcp.sequence += offset;
  if (!isLast) tcp.flags &= ~(TCP_FIN | TCP_PSH);
  if (offset > 0) tcp.flags &= ~TCP_CWR;
  tcp.checksum = 0;
  tcp.checksum = transportChecksum(payloadSum, payload);
}

@inline
function finishUdp(payloadSum: u64, payload: u32): void {
  const udp = headers.udp;
  udp.length = headers.payload - headers.transport + payload;
  udp.checksum = 0;
  const checksum = transportChecksum(payloadSum, payload);
  udp.checksum = checksum == 0 ? UDP_ZERO_CHECKSUM : checksum;
}

/** Checksum of the segment, in whose header the checksum is zero. */
@inline
function transportChecksum(payloadSum: u64, payload: u32): u16 {
  const headerLength = headers.payload - headers.transport;
  const headerSum = sumBytes(headers.frame + headers.transport, headerLength);
  return ~fold(headerSum + payloadSum + headers.pseudoHeaderSum(headerLength + payload));
}
