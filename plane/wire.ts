/**
 * Moves frames from one guest's ring to another's: one copy, for two guests at the ends of a wire. A frame that finds the receiver's ring full stays where it is,
 * so that a chain of guests loses nothing between them.
 */
import { copyFrame, From, To } from "./copy";
import { fromLoad64, fromPages, fromStore32, toLoad32, toPages, toStore32 } from "./memories";
import { freeSlots, readyFrames } from "./lanes";
import { CONSUMER, SLOTS } from "./rings";
import { FRAMES_LEFT, Lane, LOST_FAULTY, LOST_NO_BUFFER, LOST_TOO_LONG, RING_WAS_FULL, SHORTEST_FRAME } from "./state";

/**
 * @param limit  frames to move, at most
 * @returns slots that the receiver got, RING_WAS_FULL and FRAMES_LEFT
 */
export function move(sender: Lane, receiver: Lane, limit: u32): u32 {
  const source = sender.ring;
  const start = sender.index;
  const ready = readyFrames(sender);
  if (ready == 0) return 0;
  const port = sender.port;
  const mask = sender.mask;
  const target = receiver.ring;
  const targetMask = receiver.mask;
  const capacity = receiver.capacity;
  const room = freeSlots(receiver);
  const fromSize = fromPages() << 16;
  const toSize = toPages() << 16;
  let taken: u32 = 0;
  let bytesTaken: u64 = 0;
  let delivered: u32 = 0;
  let bytesDelivered: u64 = 0;
  const end = start + min(min(ready, limit), room);
  let placed = receiver.index;
  for (let index = start; index != end; index++) {
    const slot = fromLoad64(source + SLOTS + ((index & mask) << 3));
    const data = <u32>slot;
    const length = <u32>(slot >> 32) & 0xffff;
    const place = target + SLOTS + ((placed & targetMask) << 3);
    const buffer = toLoad32(place);
    if (data == 0 || data > fromSize - length || length < SHORTEST_FRAME) {
      port.lose(LOST_FAULTY);
      continue;
    }
    taken++;
    bytesTaken += length;
    if (length > capacity) receiver.port.lose(LOST_TOO_LONG);
    else if (buffer == 0 || buffer > toSize - length) {
      toStore32(place + 4, 0);
      receiver.port.lose(LOST_NO_BUFFER);
      placed++;
    } else {
      copyFrame<To, From>(buffer, data, length);
      toStore32(place + 4, length);
      placed++;
      delivered++;
      bytesDelivered += length;
    }
  }
  const moved = placed - receiver.index;
  sender.index = end;
  fromStore32(source + CONSUMER, end);
  receiver.index = placed;
  toStore32(target, placed);
  port.packetsIn += taken;
  port.bytesIn += bytesTaken;
  receiver.port.packetsOut += delivered;
  receiver.port.bytesOut += bytesDelivered;
  return moved | (ready > mask ? RING_WAS_FULL : 0) | (end - start < ready ? FRAMES_LEFT : 0);
}
