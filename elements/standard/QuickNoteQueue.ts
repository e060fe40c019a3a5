import { Packet } from "../kernel/packet";
import { FullNotifyingStorage } from "./fullNotifyingStorage";

/**
 * A Queue that says at once when its last packet was taken.
 *
 * Good where tasks downstream have better to do than to pull in vain, as with many queues of little traffic.
 *
 * @input  0  packets, pushed
 * @output 0  the same packets, pulled
 * @output 1  packets that found it full, pushed; dropped where nothing is connected
 * @see Queue, NotifierQueue
 */
@element("1/1-2", "h/lh")
export class QuickNoteQueue extends FullNotifyingStorage {
  push(port: i32, p: Packet): void {
    this.pushNotifying(p);
  }

  pull(port: i32): Packet | null {
    if (this.head == this.tail) {
      this.nonempty.sleep();
      return null;
    }
    const p = this.removeFirst();
    this.nonfull.wake();
    if (this.head == this.tail) this.nonempty.sleep();
    return p;
  }

  takeState(old: QuickNoteQueue): void {
    this.adopt(old);
  }
}
