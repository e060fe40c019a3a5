/**
 * The state of the guest kernel: one structure at a fixed address, so that the host can read and write it by name, a
 * snapshot of memory contains it, and a linked image that takes over a running guest finds it where it was.
 */
@unmanaged
export class KernelState {
  /** Nanoseconds since 1970 UTC. The host sets it before each `run`; under simulated time each query adds one. */
  now: u64;
  /** State of the random number generator; never zero. */
  random: u64;
  /** Head of the list of free packet buffers; 0 = empty. */
  freePackets: usize;
  /** The part of the pool that was never used yet: first buffer and end. Untouched buffers cost the host no memory. */
  freshPackets: usize;
  freshPacketsEnd: usize;
  /** Distance between two packet buffers in bytes. */
  bufferStride: u32;
  /** Buffers in the pool, and how many of them are free. */
  packets: u32;
  packetsFree: u32;
  /** Requests for a buffer that found the pool dry. */
  packetsRefused: u32;
  /** Scheduled tasks, a ring sorted by pass; these two words are its sentinel (see task.ts). */
  firstTask: usize;
  lastTask: usize;
  /** Pass of the task that ran last: where the virtual time of the schedule stands when no task is in it. */
  lastPass: u32;
  /** Binary heap of pending timers: array of addresses, entries in use, room. */
  timerHeap: usize;
  timersPending: u32;
  timerHeapSize: u32;
  /** Timers that exist. */
  timers: u32;
  /** How often elements asked the driver to stop since the host last looked. */
  stopRequests: i32;
  /** Set by elements that want `run` to return to the host after the current task. */
  yieldRequested: bool;
  /** An element asked for the time since the host last looked: slices should be short. */
  clockRead: bool;
  /** An element has nothing to do until the clock has moved on a little: `run` should return after the current round. */
  clockAwaited: bool;
  /** Time is simulated: every query of the clock advances it by one nanosecond. */
  simulated: bool;
  /** Address of the console's stream (stream.ts) and of the buffer for handler texts (text.ts). */
  console: usize;
  handlerText: usize;
  /** Handler calls that elements asked the host to make: a stream of call numbers. */
  calls: usize;
  /** First of the rings that lead to the host, a list (ring.ts). */
  rings: usize;
  /** What observes packets (observe.ts): the trace and the first capture, 0 = none; and the number of the last trace, modulo 2^16. */
  trace: usize;
  captures: usize;
  traceEpoch: u16;
}

/** The kernel state. 256 bytes leave room for growth without moving what follows. */
export const kernel: KernelState = changetype<KernelState>(memory.data(256, 64));

/** Called once, before anything else. */
export function initializeState(seed: u64): void {
  kernel.random = seed != 0 ? seed : 0x9e3779b97f4a7c15;
  const sentinel = changetype<usize>(kernel) + offsetof<KernelState>("firstTask");
  kernel.firstTask = sentinel;
  kernel.lastTask = sentinel;
}

/** Asks `run` to return to the host once the current task is done. */
@inline
export function yieldToHost(): void {
  kernel.yieldRequested = true;
}

/** Asks the driver to stop, as Click's `please_stop_driver`. */
export function stopDriver(): void {
  kernel.stopRequests++;
  kernel.yieldRequested = true;
}

/** Memory for tables that live as long as their element; zeroed. Only used before the guest runs, and by write handlers. */
export function allocate(bytes: usize): usize {
  const address = heap.alloc(bytes);
  memory.fill(address, 0, bytes);
  return address;
}

/** Gives back what `allocate` gave. The bytes are zeroed, so that they do not linger in snapshots. */
export function release(address: usize, bytes: usize): void {
  memory.fill(address, 0, bytes);
  heap.free(address);
}
