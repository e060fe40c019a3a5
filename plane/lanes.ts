/** What a guest says of its rings, checked: the host's own index tells how much of it can be. */
import { fromLoad32, fromStore32, toLoad32 } from "./memories";
import { CONSUMER } from "./rings";
import { Lane, LOST_FAULTY } from "./state";

/** Frames that wait in a ring that the guest sends to. An impossible index counts as none: all that it names is passed over. */
@inline
export function readyFrames(lane: Lane): u32 {
  const ready = fromLoad32(lane.ring) - lane.index;
  if (ready <= lane.mask + 1) return ready;
  lane.index += ready;
  fromStore32(lane.ring + CONSUMER, lane.index);
  lane.port.lose(LOST_FAULTY);
  return 0;
}

/** Slots that are free in a ring that the guest receives from. An impossible index counts as a full ring. */
@inline
export function freeSlots(lane: Lane): u32 {
  const waiting = lane.index - toLoad32(lane.ring + CONSUMER);
  return waiting > lane.mask + 1 ? 0 : lane.mask + 1 - waiting;
}
