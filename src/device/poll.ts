/** Waits for frames of any device, without holding up Node's event loop. */
import { EFD_CLOEXEC, EFD_NONBLOCK, EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLLIN } from "./linux/headers.ts";
import { checked, systemCalls } from "./linux/system.ts";

/** Milliseconds: a worker that is terminated does not end before the thread that waits for it. */
const LONGEST_WAIT = 1000;
/** Bytes of the longest struct epoll_event (linux/eventpoll.h): 12 on x86-64, where it is packed, 16 elsewhere. */
const EVENT = 16;

/**
 * Waits in a thread, since Node cannot watch descriptors of any kind. The descriptors are in an epoll set, so that they may come and go while it waits;
 * an eventfd in the same set wakes it.
 */
export class Waiter {
  readonly #resources = new DisposableStack();
  readonly #set: number;
  readonly #bell: number;
  /** Which of the descriptors are ready does not matter: one place is enough. */
  readonly #event = new Uint8Array(EVENT);
  #waiting = false;
  #closing = false;

  /** @throws SystemError when there are no descriptors left */
  constructor() {
    const { close, epoll_create1, eventfd } = systemCalls();
    this.#set = this.#resources.adopt(checked("epoll_create1", epoll_create1(EPOLL_CLOEXEC)), close);
    this.#bell = this.#resources.adopt(checked("eventfd", eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), close);
    this.add(this.#bell);
    // a process does not end before the thread has
    const wake = () => this.wake();
    process.once("exit", wake);
    this.#resources.defer(() => process.off("exit", wake));
  }

  /** @param descriptor  of a device; negative ones are always ready and not waited for @throws SystemError when it is added already */
  add(descriptor: number): void {
    this.#control(EPOLL_CTL_ADD, descriptor);
  }

  /** To be called before the descriptor is closed. @throws SystemError when it was not added */
  remove(descriptor: number): void {
    this.#control(EPOLL_CTL_DEL, descriptor);
  }

  /**
   * Waits until a descriptor is readable, for `wake`, or for `milliseconds`, rounded up, and a second at most; returns at once when one of the first two
   * was before. One wait at a time.
   */
  async wait(milliseconds: number): Promise<void> {
    if (this.#waiting) throw new Error("this waiter is waiting already");
    if (this.#resources.disposed) return;
    this.#waiting = true;
    await new Promise<void>((resolve) => {
      const limit = Math.min(Math.ceil(milliseconds), LONGEST_WAIT);
      // a failed call is one that a signal interrupted: the caller looks, and waits again
      systemCalls().epollWaitElsewhere(this.#set, this.#event, 1, limit, () => resolve());
    });
    this.#waiting = false;
    if (this.#closing) this.#resources.dispose();
    else this.#silence();
  }

  /** Waits here and now, until a descriptor is readable, for `wake`, or for some milliseconds: for moments in which this thread has nothing else to do. */
  waitHere(milliseconds: number): void {
    if (!this.#resources.disposed) systemCalls().epoll_wait(this.#set, this.#event, 1, milliseconds);
  }

  /** Ends the present wait; when there is none, the next one. */
  wake(): void {
    if (this.#resources.disposed) return;
    const one = new Uint8Array(8);
    one[0] = 1;
    systemCalls().write(this.#bell, one, one.length);
  }

  /** Ends the present wait, and gives the descriptors back. */
  close(): void {
    this.#closing = true;
    if (this.#waiting) this.wake();
    else this.#resources.dispose();
  }

  /** Takes what `wake` wrote. When there is nothing, the call fails and nothing is wrong. */
  #silence(): void {
    const count = new Uint8Array(8);
    systemCalls().read(this.#bell, count, count.length);
  }

  #control(operation: number, descriptor: number): void {
    if (descriptor < 0) return;
    const event = new Uint8Array(EVENT);
    event[0] = EPOLLIN;
    checked("epoll_ctl", systemCalls().epoll_ctl(this.#set, operation, descriptor, event));
  }
}
