/** A queue that also tells those who push to it whether it has room. */
import { Notifier } from "../kernel/notifier";
import { Packet } from "../kernel/packet";
import { NotifyingStorage } from "./notifyingStorage";
import { Storage } from "./storage";

export abstract class FullNotifyingStorage extends NotifyingStorage {
  @notifies("input") nonfull: Notifier = new Notifier();

  // Not `push` and `pull` themselves: what a subclass overrides is called through a table.

  @inline
  protected pushNotifying(p: Packet): void {
    const length = this.length;
    if (length >= this.capacity) {
      this.refuse(p);
      return;
    }
    this.append(p, length);
    this.nonempty.wake();
    if (length + 1 == this.capacity) this.nonfull.sleep();
  }

  @inline
  protected pullNotifying(): Packet | null {
    if (this.head == this.tail) return this.findNothing();
    const p = this.takeFirst();
    this.nonfull.wake();
    return p;
  }

  madeRoom(): void {
    if (this.length < this.capacity) this.nonfull.wake();
  }

  adopt(old: Storage): void {
    super.adopt(old);
    if (this.capacity != 0 && this.length == this.capacity) this.nonfull.sleep();
  }
}
