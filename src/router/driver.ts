/**
 * Runs a router: lets the guest work in slices, and between them carries its text out, makes the handler calls it asked for, and serves the elements
 * that are active on the host. Sleeps when there is nothing to do. Under simulated time the clock jumps instead.
 */
import { structureOffset } from "../library/catalogue.ts";
import { NEVER, RUN_PENDING, RUN_YIELDED } from "../library/guestAbi.ts";
import type { HostActivity } from "../library/hostHalf.ts";
import { type GuestFunction, GuestTrap } from "../machine/guest.ts";
import { GuestStream, streamLayout } from "../machine/stream.ts";
import type { GuestElement } from "./guestElement.ts";
import { latin1 } from "./guestElement.ts";
import { forgetObservations } from "./observation.ts";
import type { Router } from "./router.ts";
import type { Swap } from "./swap.ts";

/** Tasks a slice at first, and at most; in between it is fitted so that a slice takes about SLICE_TIME. */
const FIRST_BUDGET = 256;
const LARGEST_BUDGET = 1 << 16;
/** Under simulated time slices do not depend on how fast the machine is. */
const SIMULATED_BUDGET = 1024;
/** Nanoseconds: long enough that the host's work between slices does not show ... */
const LONG_SLICE = 1_000_000n;
/** ... or, when elements look at the clock or wait for timers, short: time stands still within a slice. A turn costs about 3 us. */
const SHORT_SLICE = 50_000n;
/** Nanoseconds after which Node's event loop gets a turn while the guest is busy: signals, sockets, the linker's answer. */
const EVENT_LOOP_INTERVAL = 10_000_000n;
/** Milliseconds below which the host's timers are too coarse. */
const TIMER_GRAIN = 2;
/** Longest sleep in milliseconds; setTimeout takes no more than 2^31 - 1. */
const LONGEST_SLEEP = 3_600_000;

export class Driver {
  #router: Router;
  #swap: Swap | undefined;
  readonly #console: GuestStream;
  readonly #calls: GuestStream;
  readonly #clockReadAt: number;
  readonly #timersPendingAt: number;
  readonly #stopRequestsAt: number;
  #run: GuestFunction;
  /** What the elements do on the host; only those that do anything. */
  #activities: readonly HostActivity[] = [];
  #budget = FIRST_BUDGET;
  #wakeSleeper: () => void = () => undefined;
  #eventsAwaited = false;
  /** Called after another router took over. */
  onSwap: (router: Router) => void = () => undefined;
  /** Called at each turn of the event loop: the place where the guest's code may be replaced. */
  onPause: () => void = () => undefined;
  /** Called after the guest's code was replaced: whoever calls its functions directly must look them up again. */
  onCodeReplaced: () => void = () => undefined;

  constructor(router: Router) {
    const { guest, library } = router.world;
    const stream = (field: string): GuestStream =>
      new GuestStream(guest, streamLayout(library.catalogue), guest.view.getUint32(router.kernelField(field), true));
    this.#router = router;
    this.#console = stream("console");
    this.#calls = stream("calls");
    this.#clockReadAt = router.kernelField("clockRead");
    this.#timersPendingAt = router.kernelField("timersPending");
    this.#stopRequestsAt = router.kernelField("stopRequests");
    this.#run = guest.function("run");
    this.#listenTo(router);
  }

  /** The guest's code was replaced: use its functions. */
  codeReplaced(): void {
    this.#run = this.#router.world.guest.function("run");
    this.onCodeReplaced();
  }

  #listenTo(router: Router): void {
    this.#activities = router.elements.flatMap(({ activity }) => activity ?? []);
    router.onActivity = () => this.#wakeSleeper();
    router.onAwaitEvents = () => {
      this.#eventsAwaited = true;
    };
  }

  /** The router that runs. */
  get router(): Router {
    return this.#router;
  }

  /** Lets another router take over before the next slice. A swap that is still waiting is given up. */
  scheduleSwap(swap: Swap): void {
    this.#swap = swap;
    this.#wakeSleeper();
  }

  #takeOver(swap: Swap): void {
    this.#swap = undefined;
    this.#router.constantsChanged();
    this.#router = swap.commit();
    this.#listenTo(this.#router);
    this.onSwap(this.#router);
  }

  /**
   * Runs until the driver is stopped: by an element, a script, the `stop` handler, or `stop()`.
   * @throws GuestTrap when the guest faults
   */
  async run(): Promise<void> {
    let lastPause = process.hrtime.bigint();
    this.#afterSlice();
    for (;;) {
      const state = this.#turn();
      if (state === "stopped") return;
      if (state === "idle") await this.#sleep();
      else if (this.#eventsAwaited || process.hrtime.bigint() - lastPause > EVENT_LOOP_INTERVAL)
        await new Promise((resolve) => setImmediate(resolve));
      else continue;
      this.#eventsAwaited = false;
      lastPause = process.hrtime.bigint();
      this.onPause();
    }
  }

  /** Stops the driver, from a signal handler for instance. */
  stop(): void {
    this.#router.runCount = 0;
    this.#wakeSleeper();
  }

  /** The guest was put back to an earlier moment (src/machine/snapshot.ts): what it had said since is unsaid. */
  guestRestored(): void {
    this.#console.resume("consumed");
    this.#calls.resume("consumed");
    forgetObservations(this.#router);
    for (const activity of this.#activities) activity.restored?.();
  }

  /** Carries out what the guest has left to say: after handlers were called outside `run`. */
  flush(): void {
    this.#afterSlice();
  }

  /** Whether elements do something on the host after every run of the guest. */
  get isHosted(): boolean {
    return this.#activities.some(({ service, wakeTime }) => service !== undefined || wakeTime !== undefined);
  }

  /** When an element's host half is to be woken next; undefined = never. Nanoseconds since 1970. */
  nextWake(): bigint | undefined {
    let next: bigint | undefined;
    for (const activity of this.#activities) {
      const time = activity.wakeTime?.();
      if (time !== undefined && (next === undefined || time < next)) next = time;
    }
    return next;
  }

  /**
   * For whoever runs the guest instead of `run`: between two runs, carries out what the guest asked for, wakes host halves, and lets a swapped
   * configuration take over.
   * @returns whether the driver goes on
   */
  attend(): boolean {
    if (this.#swap) this.#takeOver(this.#swap);
    this.#afterSlice();
    this.#wakeHost();
    return this.#router.runCount > 0 || this.#goesOn();
  }

  /** Says whose task was running when the guest trapped. */
  describeTrap(error: unknown): unknown {
    return this.#describeTrap(this.#router.world.guest.asTrap(error));
  }

  /** One slice, and what follows from it. */
  #turn(): "busy" | "idle" | "stopped" {
    if (this.#swap) this.#takeOver(this.#swap);
    const router = this.#router;
    if (router.runCount <= 0 && !this.#goesOn()) return "stopped";
    const pending = (this.#slice() & RUN_PENDING) !== 0;
    const served = this.#afterSlice();
    // After the guest's tasks, as Click runs timers after tasks.
    const woke = this.#wakeHost();
    if (router.runCount <= 0 || pending || served || woke) return "busy";
    return this.#advance() ? "busy" : "idle";
  }

  #slice(): number {
    const router = this.#router;
    const start = router.simulated ? router.kernelTime : router.now();
    try {
      const result = Number(this.#run(start, router.simulated ? SIMULATED_BUDGET : this.#budget));
      if (!router.simulated) this.#fitBudget(router.now() - start, (result & RUN_YIELDED) !== 0);
      return result;
    } catch (error) {
      throw this.describeTrap(error);
    }
  }

  /** Says whose task was running. */
  #describeTrap(error: unknown): unknown {
    if (!(error instanceof GuestTrap) || !error.frames.some((frame) => frame.endsWith("runNextTask"))) return error;
    const { world, elements } = this.#router;
    const task = world.guest.view.getUint32(this.#router.kernelField("firstTask"), true);
    const owner = world.guest.view.getUint32(task + structureOffset(world.library.catalogue, "Task", "element"), true);
    const element = elements.find(({ address }) => address === owner);
    return element
      ? new GuestTrap(`${error.message}, in a task of '${element.name} :: ${element.className}'`, error.frames, error)
      : error;
  }

  /** A slice that ended early says nothing about how many tasks would fill it. */
  #fitBudget(elapsed: bigint, endedEarly: boolean): void {
    const view = this.#router.world.guest.view;
    const timed = view.getUint8(this.#clockReadAt) !== 0 || view.getUint32(this.#timersPendingAt, true) !== 0;
    view.setUint8(this.#clockReadAt, 0);
    const goal = timed ? SHORT_SLICE : LONG_SLICE;
    if (elapsed < goal / 2n && !endedEarly) this.#budget = Math.min(this.#budget * 2, LARGEST_BUDGET);
    else if (elapsed > goal * 2n) this.#budget = Math.max(this.#budget >> 1, 1);
  }

  /** @returns whether the host did anything that may have given the guest work */
  #afterSlice(): boolean {
    const router = this.#router;
    const text = this.#console.read();
    if (text.length > 0) router.options.printMessage(latin1(text));
    // What was written out before a handler call comes out before it, and what the call caused right after it.
    let served = this.#serve();
    if (this.#executeCalls()) {
      this.#serve();
      served = true;
    }
    const at = this.#stopRequestsAt;
    const view = router.world.guest.view;
    router.runCount -= view.getInt32(at, true);
    view.setInt32(at, 0, true);
    return served;
  }

  /** Lets the activities move their data. @returns whether there was any */
  #serve(): boolean {
    let served = false;
    for (const activity of this.#activities) if (activity.service?.()) served = true;
    return served;
  }

  #executeCalls(): boolean {
    const bytes = this.#calls.read();
    const numbers = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength & ~3);
    for (let at = 0; at < numbers.byteLength; at += 4) {
      const call = this.#router.world.call(numbers.getUint32(at, true));
      if (call) this.#router.executeCall(call.owner as GuestElement, call.text); // elements alone register calls
    }
    return numbers.byteLength > 0;
  }

  /** Wakes the activities whose time has come. */
  #wakeHost(): boolean {
    let woke = false;
    for (const activity of this.#activities) {
      if (this.#router.runCount <= 0) break;
      const time = activity.wakeTime?.();
      if (time === undefined || time > this.#currentTime()) continue;
      activity.wake?.();
      woke = true;
    }
    return woke;
  }

  #currentTime(): bigint {
    return this.#router.simulated ? this.#router.kernelTime : this.#router.now();
  }

  /** A DRIVER script may use up the stop, and the driver goes on. */
  #goesOn(): boolean {
    for (const activity of this.#activities) if (activity.driverStops?.()) return true;
    return false;
  }

  /** When something is to happen next; undefined = never, unless something outside happens. */
  #nextEvent(): bigint | undefined {
    const next = this.nextWake();
    const expiry = BigInt.asUintN(64, BigInt(this.#router.world.guest.call("nextExpiry")));
    return expiry !== NEVER && (next === undefined || expiry < next) ? expiry : next;
  }

  /** Under simulated time: moves the clock to the next event. @returns whether there is one */
  #advance(): boolean {
    if (!this.#router.simulated) return false;
    const next = this.#nextEvent();
    if (next === undefined) return false;
    if (next > this.#router.kernelTime) this.#router.kernelTime = next;
    return true;
  }

  /**
   * Sleeps until the next event. The last two milliseconds are waited out in turns of the event loop: timers of the host are no finer than one.
   */
  async #sleep(): Promise<void> {
    const next = this.#nextEvent();
    const left = next === undefined ? LONGEST_SLEEP : this.#router.realTime.wait(next);
    if (left < TIMER_GRAIN) {
      await new Promise((resolve) => setImmediate(resolve));
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(Math.floor(left) - 1, LONGEST_SLEEP));
      this.#wakeSleeper = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeSleeper = () => undefined;
  }
}
