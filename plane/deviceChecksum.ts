/**
 * Checksums that a sender left to its device, in frames that come without a header which says so: AF_XDP hands over what a veth peer sent as it lies in memory,
 * with nothing but the sum of the pseudo-header in the field.
 */
import { fold } from "../elements/net/checksum";
import { IP_PROTO_TCP } from "../elements/net/ip4";
import { Entry, NEEDS_CHECKSUM } from "./entry";
import { Headers, TRANSPORT } from "./headers";
import { completeChecksum } from "./offload";

/** Where the checksum is in a TCP header (RFC 9293 §3.1) and in a UDP header (RFC 768). */
const TCP_CHECKSUM: u16 = 16;
const UDP_CHECKSUM: u16 = 6;

const headers = changetype<Headers>(memory.data(offsetof<Headers>(), 8));

/**
 * Completes the checksum of a TCP segment or UDP datagram that has the sum of the pseudo-header in its place. A frame with a right checksum may look so by chance:
 * it is not changed, since the same sum comes out.
 */
export function finishChecksum(entry: Entry): void {
  if (headers.find(entry.data, entry.length) != TRANSPORT) return;
  const offset = headers.protocol == IP_PROTO_TCP ? TCP_CHECKSUM : UDP_CHECKSUM;
  const stored = load<u16>(entry.data + headers.transport + offset);
  if (stored != fold(headers.pseudoHeaderSum(headers.end - headers.transport))) return;
  entry.flags = NEEDS_CHECKSUM;
  entry.checksumStart = <u16>headers.transport;
  entry.checksumOffset = offset;
  completeChecksum(entry);
  entry.setFrame(entry.data, entry.length);
}
