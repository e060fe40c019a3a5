/**
 * Lets a fabric run in this thread: as fast as there is work, and asleep when there is none. A guest that traps or does not come back is taken out, and the others
 * go on.
 */
import { Waiter } from "../device/poll.ts";
import type { Fabric, FabricGuest } from "../fabric/fabric.ts";
import { runWatched, WatchdogError } from "./watchdog.ts";

export interface LoopCallbacks {
  /** Guests have text, calls or a stop for the host. @param number  the guest's */
  readonly onWanting: (number: number) => void;
  /** @param error  what the guest threw, or the watchdog */
  readonly onFault: (guest: FabricGuest, error: unknown) => void;
  /** Milliseconds until the host has something to do for a guest; infinity = nothing. Does what is due. */
  readonly attend: () => number;
}

export interface LoopOptions {
  /** Milliseconds that guests may take without coming back. */
  readonly watchdog?: number;
  /** Never sleep: the least delay, for a core of its own. */
  readonly busyPolling?: boolean;
  /** Whether somebody waits for this thread's event loop. Absent = nobody can tell, and it gets a turn often. */
  readonly isWanted?: (() => boolean) | undefined;
}

export const WATCHDOG = 1000;
/** Milliseconds of work between two turns of the event loop, and where one can tell when it is wanted. Setting up the watchdog for each takes about 0.12. */
const ROUND = 10;
const LONG_ROUND = 100;
/** Milliseconds without any frame before the thread sleeps, which takes about 0.1 to wake from; until then it naps in one system call. */
const PATIENCE = 10;
const NAP = 1;
/** Milliseconds of the longest sleep: links of devices are looked at in between. */
const LONGEST_SLEEP = 1000;
/** Milliseconds within which new guests are put together. */
const SOON = 5;
/** Below so many milliseconds the thread's timers are too coarse: it polls. */
const TIMER_GRAIN = 1;

const NO_GUEST = -1;

export class Loop {
  readonly #fabric: Fabric;
  readonly #callbacks: LoopCallbacks;
  readonly #watchdog: number;
  readonly #busyPolling: boolean;
  readonly #isWanted: () => boolean;
  readonly #roundLength: number;
  #waiter: Waiter | undefined;
  readonly #descriptors = new Set<number>();
  #wake: () => void = () => undefined;
  #woken = false;
  #closed = false;
  #lastActive = 0;
  /** Ends when the loop has. */
  readonly ended: Promise<void>;

  constructor(
    fabric: Fabric,
    callbacks: LoopCallbacks,
    { watchdog = WATCHDOG, busyPolling = false, isWanted }: LoopOptions = {},
  ) {
    this.#fabric = fabric;
    this.#callbacks = callbacks;
    this.#watchdog = watchdog;
    this.#busyPolling = busyPolling;
    this.#isWanted = isWanted ?? (() => false);
    this.#roundLength = isWanted ? LONG_ROUND : ROUND;
    fabric.onDevices = () => this.#followDevices();
    this.ended = this.#run();
  }

  /** Something outside gave a guest work, or changed what is to be done. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** As `wake`, for what can wait for others of its kind: a round costs more than many guests' first turns. */
  wakeSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.wake();
    }, SOON);
  }
  #soon: NodeJS.Timeout | undefined;

  /** The set of devices has changed. */
  #followDevices(): void {
    const devices = [...this.#fabric.devices];
    const present = new Set(devices.map(({ device }) => device.descriptor).filter((each) => each >= 0));
    this.#polled = devices.length > 0;
    for (const descriptor of this.#descriptors) {
      if (present.has(descriptor)) continue;
      this.#descriptors.delete(descriptor);
      this.#waiter?.remove(descriptor);
    }
    for (const descriptor of present) {
      if (this.#descriptors.has(descriptor)) continue;
      this.#waiter ??= new Waiter();
      this.#waiter.add(descriptor);
      this.#descriptors.add(descriptor);
    }
    this.wake();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#soon);
    this.wake();
  }

  async #run(): Promise<void> {
    // Whoever made the loop has something to do first.
    await new Promise((resolve) => setImmediate(resolve));
    while (!this.#closed) {
      this.#woken = false;
      const worked = this.#round();
      const left = Math.min(this.#callbacks.attend(), this.#guestTimeLeft());
      if (worked) this.#lastActive = performance.now();
      // A round that gave way at once has done nothing, and may have left all there is to do.
      if (worked || this.#woken || this.#isWanted() || left < TIMER_GRAIN || this.#isPatient()) await turnOfEventLoop();
      else await this.#sleep(Math.min(left, LONGEST_SLEEP));
    }
    this.#fabric.onDevices = () => undefined;
    this.#waiter?.close();
  }

  /** @returns whether there was anything to do */
  #round(): boolean {
    if (!this.#hasWork()) return false;
    try {
      return runWatched(this.#work, this.#watchdog);
    } catch (error) {
      this.#fault(error);
      return true;
    }
  }

  /** Whether to look again soon although there was nothing. */
  #isPatient(): boolean {
    return this.#polled && (this.#busyPolling || performance.now() - this.#lastActive < PATIENCE);
  }

  /** Whether there are devices: what they have shows only when they are asked. */
  #polled = false;

  #hasWork(): boolean {
    return this.#polled || this.#fabric.plane.isBusy() !== 0 || this.#guestTimeLeft() <= 0;
  }

  /** Milliseconds until a guest's timer is due. The plane counts from its last step on. */
  #guestTimeLeft(): number {
    return this.#fabric.plane.timeLeft() / 1e6 - (performance.now() - this.#lastStep);
  }
  #lastStep = performance.now();

  /** Steps until nothing is left to do or the round is over; when busy polling, until the round is over. */
  readonly #work = (): boolean => {
    const fabric = this.#fabric;
    const start = performance.now();
    let worked = false;
    let lastWork = start;
    for (let now = start; now - start < this.#roundLength && !this.#isWanted(); now = performance.now()) {
      const received = fabric.receive(now);
      const turns = fabric.step(now);
      this.#lastStep = now;
      const wanting = this.#serveWanting();
      if (received > 0 || turns > 0 || wanting) {
        worked = true;
        lastWork = now;
      } else if (!this.#waitsHere(now - lastWork)) break;
    }
    return worked;
  };

  /**
   * Waits a moment for devices that were busy just now, without the cost of going to sleep, and without taking the processor from those who make the frames.
   * @returns whether to look again
   */
  #waitsHere(idle: number): boolean {
    if (!this.#polled) return false;
    if (this.#busyPolling) return true;
    if (!this.#waiter || idle >= PATIENCE) return false;
    if (this.#guestTimeLeft() > NAP) this.#waiter.waitHere(NAP);
    return true;
  }

  /** The guest whose host half is at work. */
  #attending: number | undefined;

  #serveWanting(): boolean {
    const { plane } = this.#fabric;
    let any = false;
    for (let number = plane.takeWanting(0); number >= 0; number = plane.takeWanting(number + 1)) {
      this.#attending = number;
      this.#callbacks.onWanting(number);
      any = true;
    }
    this.#attending = undefined;
    return any;
  }

  /** @throws errors that no guest caused */
  #fault(error: unknown): void {
    const guest = this.#fabric.takeCurrent() ?? this.#fabric.guest(this.#attending ?? NO_GUEST);
    this.#attending = undefined;
    if (guest) this.#callbacks.onFault(guest, error);
    // Time may run out between guests, when there are many of them, none of which takes long.
    else if (!(error instanceof WatchdogError)) throw error;
  }

  async #sleep(milliseconds: number): Promise<void> {
    if (this.#waiter) {
      this.#wake = () => this.#waiter?.wake();
      await this.#waiter.wait(milliseconds);
    } else
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#wake = () => undefined;
  }
}

function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
