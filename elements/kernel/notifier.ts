/**
 * Notification of activity: a queue tells the tasks that pull from it whether it has packets, and those that push to it whether
 * it has room, so that an idle guest sleeps. The host finds out who listens to whom, along the graph, before the guest runs.
 */
import { Task } from "./task";

export class Notifier {
  /** Whether there is (probably) something to do. */
  active: bool = true;
  /** Tasks that are woken when it becomes active: addresses, and how many. */
  @constant listeners: usize = 0;
  @constant listenerCount: u32 = 0;
  /** Notifiers that wake with it: those of elements that listen here and have no task of their own. */
  @constant dependents: usize = 0;
  @constant dependentCount: u32 = 0;

  @inline
  wake(): void {
    if (!this.active) this.wakeListeners();
  }

  @inline
  sleep(): void {
    this.active = false;
  }

  /** Becomes active or not. */
  @inline
  setActive(active: bool): void {
    if (active) this.wake();
    else this.active = false;
  }

  private wakeListeners(): void {
    this.active = true;
    for (let i: u32 = 0; i < this.listenerCount; i++) changetype<Task>(<usize>load<u32>(this.listeners + (i << 2))).reschedule();
    for (let i: u32 = 0; i < this.dependentCount; i++) {
      const dependent = notifierAt(this.dependents + (i << 2));
      if (!dependent.active) dependent.wakeListeners();
    }
  }
}

/** What one port of an element listens to: active when any of its notifiers is, and always when there is none. */
@unmanaged
export class Signal {
  /** Array of the notifiers' addresses, and how many. None: the signal is always active. The host makes both. */
  notifiers: usize;
  notifierCount: u32;

  @inline
  get active(): bool {
    if (this.notifierCount == 1) return notifierAt(this.notifiers).active;
    return this.notifierCount == 0 || this.anyActive();
  }

  private anyActive(): bool {
    for (let i: u32 = 0; i < this.notifierCount; i++) if (notifierAt(this.notifiers + (i << 2)).active) return true;
    return false;
  }
}

@inline
function notifierAt(entry: usize): Notifier {
  return changetype<Notifier>(<usize>load<u32>(entry));
}

/** The signal of port `port` in the array that the host made for an element that listens on all its inputs. */
@inline
export function signalAt(signals: usize, port: i32): Signal {
  return changetype<Signal>(signals + <usize>port * offsetof<Signal>());
}
