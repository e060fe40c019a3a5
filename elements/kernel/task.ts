/**
 * Tasks and their stride scheduling (Waldspurger & Weihl 1995), as Click has it: each task carries a pass; the one with the
 * smallest runs next and advances by a stride inversely proportional to its tickets.
 */
import { Element } from "./element";
import { KernelState, kernel } from "./state";

/** Stride of a task with one ticket, and the default and largest number of tickets: Click's figures. */
export const STRIDE1: u32 = 1 << 16;
export const DEFAULT_TICKETS: u32 = 1 << 10;
export const MAX_TICKETS: u32 = 1 << 15;

@external("link", "runTask")
declare function linkRunTask(element: Element): bool;

export class Task {
  /** Neighbours in the ring of scheduled tasks; 0 = not in it. Must stay the first two fields: the sentinel has no others. */
  next: usize = 0;
  previous: usize = 0;
  pass: u32 = 0;
  stride: u32 = STRIDE1 / DEFAULT_TICKETS;
  tickets: u32 = DEFAULT_TICKETS;
  scheduled: bool = false;
  element: Element;

  constructor(element: Element) {
    this.element = element;
  }

  /** Schedules the task; it runs when its turn comes. */
  @inline
  reschedule(): void {
    this.scheduled = true;
    if (this.next == 0) this.enter();
  }

  /** Takes the task off the schedule. */
  @inline
  unschedule(): void {
    this.scheduled = false;
  }

  /** Sets the share of the processor: 1 to MAX_TICKETS. */
  setTickets(tickets: u32): void {
    const bounded = min(max<u32>(tickets, 1), MAX_TICKETS);
    this.tickets = bounded;
    this.stride = STRIDE1 / bounded;
  }

  /** Joins the ring one stride behind its head. */
  private enter(): void {
    const sentinel = taskSentinel();
    const head = kernel.firstTask;
    this.pass = (head == sentinel ? kernel.lastPass : changetype<Task>(head).pass) + this.stride;
    this.insertAfterEquals(head);
  }

  /** Links this task in before the first of those from `at` on whose pass is larger. */
  insertAfterEquals(at: usize): void {
    const sentinel = taskSentinel();
    let n = at;
    while (n != sentinel && <i32>(changetype<Task>(n).pass - this.pass) <= 0) n = changetype<TaskLink>(n).next;
    const following = changetype<TaskLink>(n);
    this.next = n;
    this.previous = following.previous;
    changetype<TaskLink>(following.previous).next = changetype<usize>(this);
    following.previous = changetype<usize>(this);
  }

  /** Leaves the ring. */
  leave(): void {
    if (this.next == 0) return;
    changetype<TaskLink>(this.previous).next = this.next;
    changetype<TaskLink>(this.next).previous = this.previous;
    this.next = 0;
    this.previous = 0;
  }
}

/** The two first words of a task, which the sentinel in the kernel state has too. */
@unmanaged
class TaskLink {
  next: usize;
  previous: usize;
}

@inline
function taskSentinel(): usize {
  return changetype<usize>(kernel) + offsetof<KernelState>("firstTask");
}

@inline
export function taskIsPending(): bool {
  return kernel.firstTask != taskSentinel();
}

/** Runs the task whose turn it is. The caller has checked that there is one. */
export function runNextTask(): void {
  const task = changetype<Task>(kernel.firstTask);
  if (!task.scheduled) {
    task.leave();
    return;
  }
  task.scheduled = false;
  const worked = linkRunTask(task.element);
  kernel.lastPass = task.pass;
  if (!task.scheduled) {
    task.leave();
    return;
  }
  requeue(task, worked);
}

/** Moves a task that wants to run again to its place. One that found no work lets the next one go first. */
function requeue(task: Task, worked: bool): void {
  const sentinel = taskSentinel();
  task.pass += task.stride;
  const following = task.next;
  if (following == sentinel) return;
  if (!worked) {
    const nextPass = changetype<Task>(following).pass;
    if (<i32>(nextPass - task.pass) > 0) task.pass = nextPass;
  }
  if (<i32>(changetype<Task>(following).pass - task.pass) > 0) return;
  task.leave();
  task.insertAfterEquals(following);
}

/** Takes a task off the schedule for good; for the host, when its element goes. */
export function retireTask(task: Task): void {
  task.unschedule();
  task.leave();
}

/** Schedules a task; for the host. */
export function wakeTask(task: Task): void {
  task.reschedule();
}
