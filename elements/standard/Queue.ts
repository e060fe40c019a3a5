import { Packet } from "../kernel/packet";
import { FullNotifyingStorage } from "./fullNotifyingStorage";

/**
 * Stores packets, first in, first out; packets that find it full are dropped.
 *
 * It tells tasks that pull from it when it is empty, and tasks that push to it when it is full, so that they sleep. It says that it is
 * empty only after ten pulls in vain, so that tasks need not be woken for each packet. The first drop is reported on the console.
 *
 * @input  0  packets, pushed
 * @output 0  the same packets, pulled
 * @output 1  packets that found it full, pushed; dropped where nothing is connected
 * @see SimpleQueue, NotifierQueue, QuickNoteQueue, MixedQueue, FrontDropQueue, Unqueue
 */
@element("1/1-2", "h/lh")
export class Queue extends FullNotifyingStorage {
  push(port: i32, p: Packet): void {
    this.pushNotifying(p);
  }

  pull(port: i32): Packet | null {
    return this.pullNotifying();
  }

  takeState(old: Queue): void {
    this.adopt(old);
  }
}
