/** Timers: a binary heap by expiry. Its room is allocated before the guest runs; a timer is in it at most once. */

import { now, recentNow } from "./clock";
import { Element } from "./element";
import { kernel } from "./state";

@external("link", "onTimer")
declare function linkOnTimer(element: Element, timer: Timer): void;

/** `run` reports this when no timer is pending. */
export const NEVER: u64 = u64.MAX_VALUE;

export class Timer {
  /** When it fires, nanoseconds since 1970 UTC. */
  expiry: u64 = 0;
  /** Place in the heap plus one; 0 = not pending. */
  private place: u32 = 0;
  element: Element;

  constructor(element: Element) {
    this.element = element;
    kernel.timers++;
  }

  @inline get scheduled(): bool { return this.place != 0; }

  /** Fires at `time`, instead of whenever it was to fire before. */
  scheduleAt(time: u64): void {
    this.expiry = time;
    if (this.place == 0) {
      store<u32>(kernel.timerHeap + (kernel.timersPending << 2), changetype<u32>(this));
      this.place = ++kernel.timersPending;
    }
    siftUp(this.place - 1);
    siftDown(this.place - 1);
  }

  /** Fires `delay` nanoseconds from now. */
  scheduleAfter(delay: u64): void {
    this.scheduleAt(now() + delay);
  }

  /** Fires `delay` nanoseconds after the time it last fired: keeps a period exact. */
  rescheduleAfter(delay: u64): void {
    this.scheduleAt(this.expiry + delay);
  }

  unschedule(): void {
    if (this.place == 0) return;
    const hole = this.place - 1;
    const last = --kernel.timersPending;
    this.place = 0;
    if (hole == last) return;
    put(hole, at(last));
    siftUp(hole);
    siftDown(at(hole).place - 1);
  }

  /** For the heap: the timer stands at `place`. */
  @inline moveTo(place: u32): void { this.place = place + 1; }
}

/** Makes room in the heap for every timer there is. Called by the host before the guest runs. */
export function reserveTimers(): void {
  if (kernel.timers <= kernel.timerHeapSize) return;
  const heap2 = heap.alloc(kernel.timers << 2);
  memory.fill(heap2, 0, kernel.timers << 2);
  if (kernel.timerHeap) {
    memory.copy(heap2, kernel.timerHeap, kernel.timersPending << 2);
    heap.free(kernel.timerHeap);
  }
  kernel.timerHeap = heap2;
  kernel.timerHeapSize = kernel.timers;
}

/** When the next timer fires; NEVER when none is pending. */
@inline
export function nextExpiry(): u64 {
  return kernel.timersPending ? at(0).expiry : NEVER;
}

/** Fires the timers that are due, each at most once for one that reschedules itself into the past (at most 64 firings a call, as Click). */
export function runTimers(): void {
  if (kernel.timersPending == 0) return;
  const deadline = now();
  let left = 64;
  while (kernel.timersPending && at(0).expiry <= deadline && left-- > 0 && kernel.stopRequests == 0) {
    const timer = at(0);
    timer.unschedule();
    linkOnTimer(timer.element, timer);
  }
}

/** Whether a timer is due by the clock's last reading. */
@inline
export function timerIsDue(): bool {
  return nextExpiry() <= recentNow();
}

@inline
function at(place: u32): Timer {
  return changetype<Timer>(<usize>load<u32>(kernel.timerHeap + (place << 2)));
}

@inline
function put(place: u32, timer: Timer): void {
  store<u32>(kernel.timerHeap + (place << 2), changetype<u32>(timer));
  timer.moveTo(place);
}

function siftUp(start: u32): void {
  let place = start;
  const timer = at(place);
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (at(parent).expiry <= timer.expiry) break;
    put(place, at(parent));
    place = parent;
  }
  put(place, timer);
}

function siftDown(start: u32): void {
  let place = start;
  const timer = at(place);
  const pending = kernel.timersPending;
  for (;;) {
    let child = (place << 1) + 1;
    if (child >= pending) break;
    if (child + 1 < pending && at(child + 1).expiry < at(child).expiry) child++;
    if (at(child).expiry >= timer.expiry) break;
    put(place, at(child));
    place = child;
  }
  put(place, timer);
}

/** Takes a timer out of the heap for good; for the host, when its element goes. */
export function retireTimer(timer: Timer): void {
  timer.unschedule();
}
