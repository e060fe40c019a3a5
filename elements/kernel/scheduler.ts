/** The guest's driver: `run` interleaves tasks and timers as Click's driver does, until its budget is spent or nothing is left to do. */
import { lookAtRings } from "./ring";
import { initializeState, kernel } from "./state";
import { makeStream, Stream } from "./stream";
import { runNextTask, taskIsPending } from "./task";
import { makeText } from "./text";
import { runTimers } from "./timer";

/** Tasks between two looks at the timers: Click's default `tasks_per_iter`. */
const TASKS_PER_ROUND: i32 = 128;

/** What `run` returns: bit 0, tasks are pending; bit 1, an element asked for the host, or for another time; bit 2, there is text or a call for the host, or it should stop;
 * bit 3, timers are pending. */
export const RUN_PENDING: i32 = 1;
export const RUN_YIELDED: i32 = 2;
export const RUN_WANTS_HOST: i32 = 4;
export const RUN_TIMED: i32 = 8;

/** Console ring in bytes: holds several of the longest lines. */
const CONSOLE_SIZE: u32 = 65536;
/** Ring of handler calls: 4 bytes a call. */
const CALLS_SIZE: u32 = 1024;

/** Makes the kernel's own structures. Called once by the host, before any element exists. */
export function initialize(seed: u64, simulated: bool): void {
  initializeState(seed);
  kernel.simulated = simulated;
  // The small one first: each run looks at both, and finds them on one page.
  kernel.calls = changetype<usize>(makeStream(CALLS_SIZE));
  kernel.console = changetype<usize>(makeStream(CONSOLE_SIZE));
  kernel.handlerText = changetype<usize>(makeText());
}

/**
 * Runs tasks and timers.
 * @param now  nanoseconds since 1970 UTC
 * @param budget  tasks to run before returning
 * @returns RUN_PENDING, RUN_YIELDED, RUN_WANTS_HOST, RUN_TIMED; no RUN_PENDING: the guest is idle until `nextExpiry` or until its rings have news
 */
export function run(now: u64, budget: i32): i32 {
  if (now > kernel.now) kernel.now = now;
  kernel.yieldRequested = false;
  kernel.clockAwaited = false;
  lookAtRings();
  let left = budget;
  do {
    let round = min(left, TASKS_PER_ROUND);
    left -= round;
    while (round-- > 0 && taskIsPending() && !kernel.yieldRequested) runNextTask();
    if (kernel.yieldRequested) break;
    runTimers();
  } while (left > 0 && taskIsPending() && !kernel.yieldRequested && !kernel.clockAwaited);
  return (
    (taskIsPending() ? RUN_PENDING : 0) |
    (kernel.yieldRequested || kernel.clockAwaited ? RUN_YIELDED : 0) |
    (wantsHost() ? RUN_WANTS_HOST : 0) |
    (kernel.timersPending ? RUN_TIMED : 0)
  );
}

@inline
function wantsHost(): bool {
  return (
    changetype<Stream>(kernel.console).readable != 0 ||
    changetype<Stream>(kernel.calls).readable != 0 ||
    kernel.stopRequests != 0
  );
}
