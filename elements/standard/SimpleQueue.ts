import { Packet } from "../kernel/packet";
import { Storage } from "./storage";

/**
 * A Queue that tells nobody when it is empty or full: tasks around it never sleep.
 *
 * @input  0  packets, pushed
 * @output 0  the same packets, pulled
 * @output 1  packets that found it full, pushed; dropped where nothing is connected
 * @see Queue, NotifierQueue
 */
@element("1/1-2", "h/lh")
export class SimpleQueue extends Storage {
  push(port: i32, p: Packet): void {
    const length = this.length;
    if (length >= this.capacity) this.refuse(p);
    else this.append(p, length);
  }

  pull(port: i32): Packet | null {
    return this.head == this.tail ? null : this.removeFirst();
  }

  takeState(old: SimpleQueue): void {
    this.adopt(old);
  }
}
