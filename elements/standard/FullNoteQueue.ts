import { Packet } from "../kernel/packet";
import { FullNotifyingStorage } from "./fullNotifyingStorage";

/**
 * Stores packets, first in, first out, and tells tasks around it when it is empty or full: another name of Queue.
 *
 * @input  0  packets, pushed
 * @output 0  the same packets, pulled
 * @output 1  packets that found it full, pushed; dropped where nothing is connected
 * @see Queue
 */
@element("1/1-2", "h/lh")
export class FullNoteQueue extends FullNotifyingStorage {
  push(port: i32, p: Packet): void {
    this.pushNotifying(p);
  }

  pull(port: i32): Packet | null {
    return this.pullNotifying();
  }

  takeState(old: FullNoteQueue): void {
    this.adopt(old);
  }
}
