/** What elements that hold packets for a time share: one packet that waits, and how precisely to wait. */
import { awaitClock, MICROSECOND, now, SECOND } from "../kernel/clock";
import { Element } from "../kernel/element";
import { kill, Packet } from "../kernel/packet";
import { kernel } from "../kernel/state";
import { Timer } from "../kernel/timer";

/** How much earlier than needed a timer is set, for timers may be late by so much. Simulated time is never late. */
const LATENESS: i64 = <i64>(500 * MICROSECOND);

/**
 * Sets a timer that fires in time for work at `end`. @returns false when that is too near for a timer: the element then goes on asking for the time,
 * so that the end is met exactly
 */
export function timerTakes(timer: Timer, end: i64, time: i64): bool {
  const expiry = kernel.simulated ? end : end - LATENESS;
  if (expiry > time) {
    timer.scheduleAt(expiry);
    return true;
  }
  awaitClock();
  return false;
}

export abstract class Delaying extends Element {
  /** Address of the packet that waits, its timestamp the time at which it may go; 0 = none. */
  protected waiting: usize = 0;

  /** Pulls a packet unless one waits already, to wait for `delay`. @returns whether one waits now */
  protected awaitPacket(delay: i64): bool {
    if (this.waiting) return true;
    const p = this.fetch(0);
    if (!p) return false;
    if (p.timestamp < <i64>SECOND) p.timestamp = <i64>now();
    p.timestamp += delay;
    this.waiting = changetype<usize>(p);
    return true;
  }

  protected takeWaiting(old: Delaying): void {
    this.waiting = old.waiting;
    old.waiting = 0;
  }

  packetsHeld(): u32 {
    return 1;
  }

  cleanup(): void {
    if (this.waiting) kill(changetype<Packet>(this.waiting));
  }
}
