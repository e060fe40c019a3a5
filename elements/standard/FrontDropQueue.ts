import { Packet } from "../kernel/packet";
import { NotifyingStorage } from "./notifyingStorage";

/**
 * Stores packets, first in, first out; when it is full, the oldest packet is dropped for the new one.
 *
 * It tells tasks that pull from it when it is empty.
 *
 * @input  0  packets, pushed
 * @output 0  the same packets, pulled
 * @output 1  packets that had to go, pushed; dropped where nothing is connected
 * @see Queue, MixedQueue
 */
@element("1/1-2", "h/lh")
export class FrontDropQueue extends NotifyingStorage {
  push(port: i32, p: Packet): void {
    if (this.length < this.capacity) this.append(p, this.length);
    else if (this.capacity == 0) this.refuse(p);
    else this.displace(p);
    this.nonempty.wake();
  }

  private displace(p: Packet): void {
    const oldest = this.removeFirst();
    this.append(p, this.length);
    this.refuse(oldest);
  }

  pull(port: i32): Packet | null {
    return this.head == this.tail ? this.findNothing() : this.takeFirst();
  }

  surplus(): Packet {
    return this.removeFirst();
  }

  takeState(old: FrontDropQueue): void {
    this.adopt(old);
  }
}
