/**
 * Moves frames between one guest's rings and the switch's memory: a copy each way. `from` and `to` are the guest's memory. All that the guest wrote is
 * checked, each slot is read once, and exactly a frame's bytes are copied: nothing of a neighbour's, nothing of an older frame's.
 */
import { copyFrame, From, Own, To } from "./copy";
import { fromLoad64, fromPages, fromStore32, toLoad32, toPages, toStore32 } from "./memories";
import { freeSlots, readyFrames } from "./lanes";
import { CONSUMER, SLOTS } from "./rings";
import {
  Fabric,
  Frame,
  FRAMES_LEFT,
  hasRoom,
  Lane,
  LOST_FAULTY,
  LOST_NO_BUFFER,
  LOST_TOO_LONG,
  RING_WAS_FULL,
  SHORTEST_FRAME,
  wholeLines,
} from "./state";

/**
 * Takes frames out of a ring that the guest sends to, into the fabric's pool.
 * @param limit  frames to take, at most
 * @returns how many, RING_WAS_FULL and FRAMES_LEFT
 */
export function pull(fabric: Fabric, lane: Lane, limit: u32): u32 {
  const ring = lane.ring;
  const start = lane.index;
  const ready = readyFrames(lane);
  if (ready == 0) return 0;
  const port = lane.port;
  const mask = lane.mask;
  const full = ready > mask ? RING_WAS_FULL : 0;
  const end = start + min(ready, limit);
  const size = fromPages() << 16;
  let bytes: u64 = 0;
  let taken: u32 = 0;
  let index = start;
  // Local, so that they stay in registers: the compiler cannot know that no store changes them.
  let framesEnd = fabric.framesEnd;
  let poolEnd = fabric.poolEnd;
  for (; index != end && hasRoom(fabric, framesEnd, poolEnd); index++) {
    const slot = fromLoad64(ring + SLOTS + ((index & mask) << 3));
    const data = <u32>slot;
    const length = <u32>(slot >> 32) & 0xffff;
    // Address 0 holds no packets; a slot that names it is empty.
    if (data == 0 || data > size - length || length < SHORTEST_FRAME) {
      port.lose(LOST_FAULTY);
      continue;
    }
    const frame = changetype<Frame>(framesEnd);
    framesEnd += offsetof<Frame>();
    frame.data = poolEnd;
    frame.length = length;
    frame.port = port;
    frame.header = 0;
    frame.headerRest = 0;
    frame.vlan = 0;
    frame.shared = false;
    copyFrame<Own, From>(poolEnd, data, length);
    poolEnd += wholeLines(length);
    bytes += length;
    taken++;
  }
  fabric.framesEnd = framesEnd;
  fabric.poolEnd = poolEnd;
  lane.index = index;
  fromStore32(ring + CONSUMER, index);
  port.packetsIn += taken;
  port.bytesIn += bytes;
  return taken | full | (index - start < ready ? FRAMES_LEFT : 0);
}

/**
 * Puts a list of frames into a ring that the guest receives from.
 * @returns the first one that found no room; 0 = all went in
 */
export function push(lane: Lane, first: Frame): usize {
  const ring = lane.ring;
  const port = lane.port;
  const mask = lane.mask;
  const capacity = lane.capacity;
  let room = freeSlots(lane);
  const size = toPages() << 16;
  let index = lane.index;
  let pushed: u32 = 0;
  let bytes: u64 = 0;
  let frame: Frame | null = first;
  for (; frame && room; frame = frame.next) {
    const length = frame.length;
    if (length > capacity) {
      port.lose(LOST_TOO_LONG);
      continue;
    }
    const slot = ring + SLOTS + ((index & mask) << 3);
    const data = toLoad32(slot);
    if (data == 0 || data > size - length) {
      // The guest named no buffer. The slot is passed over, so that a later one can work again.
      toStore32(slot + 4, 0);
      port.lose(LOST_NO_BUFFER);
    } else {
      copyFrame<To, Own>(data, frame.data, length);
      toStore32(slot + 4, length);
      bytes += length;
      pushed++;
    }
    index++;
    room--;
  }
  lane.index = index;
  toStore32(ring, index);
  port.packetsOut += pushed;
  port.bytesOut += bytes;
  return changetype<usize>(frame);
}
