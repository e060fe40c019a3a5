/** Runs guests: those that have packets, pending tasks or a timer that is due. What they send is taken at once, and forwarded in batches. */
import { forwardAll } from "./bridge";
import { clearBit, Fabric, Frame, FRAMES_LEFT, Guest, Lane, MOVED, RING_WAS_FULL, setBit } from "./state";
import { NEVER, wakeAt, wakeDue } from "./timers";

/** Nanoseconds, from any origin: to time a guest. */
@external("host", "clock")
declare function clock(): f64;

/** What a guest's `run` returns (elements/kernel/scheduler.ts). */
const RUN_PENDING: i32 = 1;
const RUN_WANTS_HOST: i32 = 4;
const RUN_TIMED: i32 = 8;

/** Tasks that a guest may run in one turn, and frames that are taken from it at once. */
const TASKS_PER_TURN: i32 = 64;
const FRAMES_PER_TURN: u32 = 64;
/** Forward when so many frames or bytes are waiting: they should still be in the L2 cache when they are copied out. */
const FRAMES_TO_FORWARD: usize = 256 * offsetof<Frame>();
const BYTES_TO_FORWARD: usize = 128 << 10;
/** Every so often a guest's turn is timed. Looking at the clock costs about as much as a short turn. */
const RUNS_PER_SAMPLE: u32 = 64;
/** After so many runs a guest has shown that it works: the host may want to link it. */
const RUNS_TO_SHOW: u64 = 32;
/** `slowdown` of a guest that may take all there is. */
export const NO_SLOWDOWN: u32 = 1024;
/** Nanoseconds of processor time that a guest may be ahead of its share. */
const SHARE_BURST: u64 = 2_000_000;

/**
 * One turn for each guest that has something to do.
 * @returns how many had
 */
export function runActive(fabric: Fabric, guests: usize): u32 {
  wakeDue(fabric);
  let turns: u32 = 0;
  const words = fabric.activeWords;
  for (let word: u32 = 0; word < words; word++) {
    const at = fabric.active + (<usize>word << 2);
    // Those that are woken behind the one that runs have their turn in the same round: frames go down a chain while they are in the cache.
    let behind: u32 = ~0;
    for (let bits = load<u32>(at); bits; bits = load<u32>(at) & behind) {
      const bit = ctz(bits);
      const number = (word << 5) + bit;
      behind = bit == 31 ? 0 : ~0 << (bit + 1);
      // One bit at a time: when a guest traps, the others keep theirs.
      clearBit(fabric.active, number);
      const guest = changetype<Guest>(load<usize>(guests + (<usize>number << 2)));
      if (changetype<usize>(guest) != 0 && guest.runnable) {
        turns++;
        turn(fabric, guest);
        if (
          fabric.framesEnd - fabric.frames >= FRAMES_TO_FORWARD ||
          fabric.poolEnd - fabric.pool >= BYTES_TO_FORWARD
        )
          forwardPending(fabric);
      }
    }
  }
  if (fabric.framesEnd != fabric.frames || fabric.touched) forwardPending(fabric);
  return turns;
}

/** Forwards what was taken in, and makes its room free again. */
export function forwardPending(fabric: Fabric): void {
  forwardAll(fabric);
  fabric.unfinished = false;
  fabric.framesEnd = fabric.frames;
  fabric.forwarded = fabric.frames;
  fabric.poolEnd = fabric.pool;
}

/** Lets a guest run, and takes what it sends. */
export function turn(fabric: Fabric, guest: Guest): void {
  if (guest.allowedFrom > fabric.now + SHARE_BURST) {
    wakeAt(fabric, guest, guest.allowedFrom - SHARE_BURST);
    return;
  }
  if (++guest.runs == RUNS_TO_SHOW) setBit(fabric.wanting, guest.number);
  const sampled = (++fabric.runs & (RUNS_PER_SAMPLE - 1)) == 0;
  const result =
    guest.slowdown != NO_SLOWDOWN || sampled ? runTimed(fabric, guest, sampled) : runGuest(fabric, guest);
  if (guest.waiting) wakeWaiting(fabric, guest);
  if (guest.hosted || (result & RUN_WANTS_HOST) != 0) setBit(fabric.wanting, guest.number);
  const again = takeFrames(fabric, guest) || (result & RUN_PENDING) != 0;
  if (again) setBit(fabric.active, guest.number);
  else if (result & RUN_TIMED) wakeAt(fabric, guest, expiry(fabric, guest));
  else if (guest.place) wakeAt(fabric, guest, NEVER);
}

@inline
function runGuest(fabric: Fabric, guest: Guest): i32 {
  fabric.current = changetype<usize>(guest);
  const result = call_indirect<i32>(guest.run, fabric.now, TASKS_PER_TURN);
  fabric.current = 0;
  return result;
}

@inline
function expiry(fabric: Fabric, guest: Guest): u64 {
  fabric.current = changetype<usize>(guest);
  const due = call_indirect<u64>(guest.nextExpiry);
  fabric.current = 0;
  return due;
}

function runTimed(fabric: Fabric, guest: Guest, sampled: bool): i32 {
  const start = clock();
  const result = runGuest(fabric, guest);
  const taken = <u64>max<f64>(clock() - start, 0);
  if (guest.slowdown != NO_SLOWDOWN) {
    guest.nanoseconds += taken;
    guest.allowedFrom = max(guest.allowedFrom, fabric.now) + ((taken * guest.slowdown) >> 10);
  } else if (sampled) guest.nanoseconds += taken * RUNS_PER_SAMPLE;
  return result;
}

/** Takes what the guest sends. @returns whether it should run again: frames are left, or it may be waiting for room */
function takeFrames(fabric: Fabric, guest: Guest): bool {
  let again = false;
  for (let at = guest.lanes; at != 0; at = changetype<Lane>(at).next) {
    const lane = changetype<Lane>(at);
    let taken: u32;
    const receiver = lane.wireTo;
    if (receiver != 0 && changetype<Lane>(receiver).guest.runnable) {
      taken = call_indirect<u32>(lane.wireMove, lane, receiver, FRAMES_PER_TURN);
      if (taken & MOVED) setBit(fabric.active, changetype<Lane>(receiver).guest.number);
      else if (taken & FRAMES_LEFT) {
        awaitRoom(lane, changetype<Lane>(receiver).guest);
        continue;
      }
    } else taken = call_indirect<u32>(guest.pull, fabric, lane, FRAMES_PER_TURN);
    if (taken & (RING_WAS_FULL | FRAMES_LEFT)) again = true;
  }
  return again;
}

/** Has the lane's guest wait for the receiver's next turn: it would look in vain before. */
function awaitRoom(lane: Lane, receiver: Guest): void {
  if (lane.waits) return;
  lane.waits = true;
  lane.nextWaiting = receiver.waiting;
  receiver.waiting = changetype<usize>(lane);
}

/** Gives guests that wait for room in this one's rings a turn. */
export function wakeWaiting(fabric: Fabric, receiver: Guest): void {
  for (let at = receiver.waiting; at != 0; at = changetype<Lane>(at).nextWaiting) {
    const lane = changetype<Lane>(at);
    lane.waits = false;
    setBit(fabric.active, lane.guest.number);
  }
  receiver.waiting = 0;
}
