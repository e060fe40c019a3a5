import { Packet } from "../kernel/packet";
import { NotifyingStorage } from "./notifyingStorage";

/**
 * A Queue that tells when it is empty, but not when it is full.
 *
 * @input  0  packets, pushed
 * @output 0  the same packets, pulled
 * @output 1  packets that found it full, pushed; dropped where nothing is connected
 * @see Queue, SimpleQueue
 */
@element("1/1-2", "h/lh")
export class NotifierQueue extends NotifyingStorage {
  push(port: i32, p: Packet): void {
    const length = this.length;
    if (length >= this.capacity) {
      this.refuse(p);
      return;
    }
    this.append(p, length);
    this.nonempty.wake();
  }

  pull(port: i32): Packet | null {
    return this.head == this.tail ? this.findNothing() : this.takeFirst();
  }

  takeState(old: NotifierQueue): void {
    this.adopt(old);
  }
}
