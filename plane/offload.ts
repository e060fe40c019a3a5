/** Offloads in software: what one side of the fabric leaves to a device, and the other side's device cannot do. */
import { fold } from "../elements/net/checksum";
import { sumFrame, UDP_ZERO_CHECKSUM } from "./checksum";
import { Entry, NEEDS_CHECKSUM } from "./entry";
import { UDP_CHECKSUM_OFFSET } from "./headers";

export { coalesce } from "./coalesce";
export { MALFORMED, NO_ROOM, segment, segmentCount } from "./segment";

/**
 * Computes the checksum that whoever made the frame left open (virtio 1.2 §5.1.6.2): from `checksumStart` to the end, where the field itself already holds the
 * pseudo-header's sum. The frame is changed in place.
 *
 * @returns false when the field lies outside the frame: nothing was changed then
 */
export function completeChecksum(entry: Entry): bool {
  if ((entry.flags & NEEDS_CHECKSUM) == 0) return true;
  const start: u32 = entry.checksumStart;
  const field = start + entry.checksumOffset;
  if (field + sizeof<u16>() > entry.length) return false;
  const sum = ~fold(sumFrame(entry.data + start, entry.length - start));
  // The offset tells UDP from TCP.
  const isZero = sum == 0 && entry.checksumOffset == UDP_CHECKSUM_OFFSET;
  store<u16>(entry.data + field, isZero ? UDP_ZERO_CHECKSUM : sum);
  entry.flags &= ~NEEDS_CHECKSUM;
  return true;
}
