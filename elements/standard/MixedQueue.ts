import { Packet } from "../kernel/packet";
import { NotifyingStorage } from "./notifyingStorage";

/**
 * A queue with two inputs: first in, first out, and last in, first out.
 *
 * A packet that comes to input 0 goes behind all others, and is dropped when the queue is full. One that comes to input 1 goes in front
 * of all others, and the last one in the queue is dropped for it.
 *
 * @input  0  packets, pushed, for the end of the queue
 * @input  1  packets, pushed, for its front
 * @output 0  packets, pulled
 * @output 1  packets that found no room, pushed; dropped where nothing is connected
 * @see Queue, FrontDropQueue
 */
@element("2/1-2", "h/lh")
export class MixedQueue extends NotifyingStorage {
  push(port: i32, p: Packet): void {
    if (port == 0) this.pushBehind(p);
    else this.pushInFront(p);
  }

  private pushBehind(p: Packet): void {
    const length = this.length;
    if (length >= this.capacity) {
      this.refuse(p);
      return;
    }
    this.append(p, length);
    this.nonempty.wake();
  }

  private pushInFront(p: Packet): void {
    if (this.capacity == 0) {
      this.refuse(p);
      return;
    }
    const displaced = this.length >= this.capacity ? this.removeLast() : null;
    this.prepend(p);
    this.nonempty.wake();
    if (displaced) this.refuse(displaced);
  }

  pull(port: i32): Packet | null {
    return this.head == this.tail ? this.findNothing() : this.takeFirst();
  }

  takeState(old: MixedQueue): void {
    this.adopt(old);
  }
}
