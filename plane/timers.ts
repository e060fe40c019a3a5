/** Guests that wait for a time: a binary heap by when they are due. A guest is in it at most once. */
import { Fabric, Guest, setBit } from "./state";

/** A guest waits for nothing. */
export const NEVER: u64 = u64.MAX_VALUE;

/** Has a guest woken at `due`, instead of whenever it was to be woken before; NEVER = not at all. */
export function wakeAt(fabric: Fabric, guest: Guest, due: u64): void {
  if (guest.place == 0) {
    if (due == NEVER) return;
    guest.due = due;
    fabric.timersPending++;
    put(fabric, fabric.timersPending - 1, guest);
    siftUp(fabric, guest);
    return;
  }
  if (due == NEVER) {
    remove(fabric, guest);
    return;
  }
  guest.due = due;
  siftUp(fabric, guest);
  siftDown(fabric, guest);
}

function remove(fabric: Fabric, guest: Guest): void {
  const hole = guest.place - 1;
  const last = at(fabric, --fabric.timersPending);
  guest.place = 0;
  guest.due = NEVER;
  if (last == guest) return;
  put(fabric, hole, last);
  siftUp(fabric, last);
  siftDown(fabric, last);
}

/** Puts the guests that are due on the schedule. */
export function wakeDue(fabric: Fabric): void {
  while (fabric.timersPending && at(fabric, 0).due <= fabric.now) {
    const guest = at(fabric, 0);
    remove(fabric, guest);
    setBit(fabric.active, guest.number);
  }
}

/** When the next guest is due; NEVER when none is. */
export function nextDue(fabric: Fabric): u64 {
  return fabric.timersPending ? at(fabric, 0).due : NEVER;
}

@inline
function at(fabric: Fabric, place: u32): Guest {
  return changetype<Guest>(load<usize>(fabric.timers + (<usize>place << 2)));
}

@inline
function put(fabric: Fabric, place: u32, guest: Guest): void {
  store<usize>(fabric.timers + (<usize>place << 2), changetype<usize>(guest));
  guest.place = place + 1;
}

function siftUp(fabric: Fabric, guest: Guest): void {
  let place = guest.place - 1;
  while (place > 0) {
    const parent = at(fabric, (place - 1) >> 1);
    if (parent.due <= guest.due) break;
    put(fabric, place, parent);
    place = (place - 1) >> 1;
  }
  put(fabric, place, guest);
}

function siftDown(fabric: Fabric, guest: Guest): void {
  let place = guest.place - 1;
  for (;;) {
    let child = (place << 1) + 1;
    if (child >= fabric.timersPending) break;
    if (child + 1 < fabric.timersPending && at(fabric, child + 1).due < at(fabric, child).due) child++;
    const below = at(fabric, child);
    if (below.due >= guest.due) break;
    put(fabric, place, below);
    place = child;
  }
  put(fabric, place, guest);
}
